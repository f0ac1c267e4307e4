/** Node-Media-Server, which npm brings, as a process of its own. */

import { mkdtemp, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

import { Child } from "./child.ts";
import { PeerServer } from "./peer-server.ts";

const require = createRequire(import.meta.url);
const cli = require.resolve("node-media-server/bin/app.js");
const maxRunMs = 60_000;

/**
 * Starts Node-Media-Server; its configuration and what it stores go into a folder of its own within a folder.
 *
 * @throws Error when it does not listen in time
 */
export async function startNodeMediaServer(folder: string): Promise<PeerServer> {
  const own = await mkdtemp(join(folder, "node-media-server-"));
  const config = join(own, "config.json");
  return PeerServer.start(async (port) => {
    const store = { path: join(own, "data") };
    const record = { auto: false, path: join(own, "record") };
    const values = {
      bind: "127.0.0.1",
      rtmp: { port },
      store,
      record,
      webadmin: { enable: false },
    };
    await writeFile(config, JSON.stringify(values));
    return new Child(process.execPath, [cli, "--config", config], maxRunMs);
  });
}
