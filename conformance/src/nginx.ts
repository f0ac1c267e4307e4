/** nginx with nginx-rtmp-module, one process in the foreground with a configuration of its own. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { Child } from "./child.ts";
import { PeerServer } from "./peer-server.ts";
import { nginxRtmpModule, optionalTool } from "./tools.ts";

const maxRunMs = 60_000;

/** Whether and how nginx takes part. */
export const nginx = optionalTool("nginx");

/** The directives of each application, behind `live on`. */
export type NginxApplications = Readonly<Record<string, readonly string[]>>;

/**
 * Starts nginx; what it needs goes into a folder.
 *
 * @throws Error when it is not installed, or does not listen in time
 */
export function startNginx(folder: string, applications: NginxApplications): Promise<PeerServer> {
  const { path } = nginx;
  if (path === undefined) throw new Error("nginx with its RTMP module is not installed");

  return PeerServer.start(async (port) => {
    const file = join(folder, `nginx-${port}.conf`);
    await writeFile(file, configuration(folder, port, applications));
    return new Child(path, ["-e", "stderr", "-p", folder, "-c", file], maxRunMs);
  });
}

function configuration(folder: string, port: number, applications: NginxApplications): string {
  const blocks = Object.entries(applications).map(
    ([name, directives]) =>
      `application ${name} { live on; ${directives.map((line) => `${line}; `).join("")}}`,
  );
  return `
    daemon off;
    master_process off;
    load_module ${nginxRtmpModule};
    error_log stderr info;
    pid ${join(folder, `nginx-${port}.pid`)};
    events { }
    rtmp { access_log off; server { listen 127.0.0.1:${port}; ${blocks.join(" ")} } }
  `;
}
