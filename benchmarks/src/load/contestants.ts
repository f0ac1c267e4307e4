/** The servers that are measured: ours, those of others as far as they are installed, and the floor of the machine. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { ServerAddress } from "./generator.ts";
import { cores } from "./pinning.ts";
import { freePort, ServerProcess } from "./server-process.ts";
import type { LoadScheme } from "./socket.ts";

/** How a server is to be run. */
export interface ContestOptions {
  /** Milliseconds that media is gathered for; ours only, and the bare servers. @default the server's own */
  readonly mergeWindowMs?: number | undefined;
  /** Options of node, such as those that write profiles; servers in Node only. */
  readonly nodeOptions?: readonly string[];
  /** Whether our own servers write of every connection to their log, as JSON. @default false: only warnings */
  readonly verbose?: boolean;
  /** The core to run on. @default the server's */
  readonly core?: number;
}

/** A running contestant. */
export interface RunningContestant {
  readonly process: ServerProcess;
  readonly address: ServerAddress;
}

/** A server that can be measured. */
export interface Contestant {
  readonly name: string;
  /** Why it takes no part here; undefined when it does. */
  readonly absence?: string | undefined;
  start(options?: ContestOptions): Promise<RunningContestant>;
}

const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "rtmp-load-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

async function startNode(
  script: string,
  args: readonly string[],
  { core = cores.server, nodeOptions = [] }: ContestOptions,
  port?: number,
): Promise<ServerProcess> {
  return ServerProcess.start({
    command: process.execPath,
    args: [...nodeOptions, script, ...args],
    core,
    ...(port === undefined ? {} : { port }),
  });
}

function running(process: ServerProcess, bare = false): RunningContestant {
  return { process, address: { host: "127.0.0.1", port: process.port, app: "live", bare } };
}

async function startApp(
  app: string,
  flags: readonly string[],
  options: ContestOptions,
): Promise<RunningContestant> {
  const { mergeWindowMs, verbose = false } = options;
  const log = ["--log-format", "json", "--log-level", verbose ? "info" : "warn"];
  const window = mergeWindowMs === undefined ? [] : ["--merge-window-ms", String(mergeWindowMs)];
  const script = here(`../../../apps/${app}/dist/cli.js`);
  return running(
    await startNode(script, ["--rtmp-port", "0", ...log, ...window, ...flags], options),
  );
}

/** The reference server. */
export const server: Contestant = {
  name: "ours",
  start: (options = {}) => startApp("server", [], options),
};

/** The reference server as players of one scheme see it; its publishers speak plain RTMP. */
export function serverBy(scheme: LoadScheme): Contestant {
  return {
    name: scheme,
    async start(options = {}) {
      const { process, address } = await startApp("server", ["--tls-dev"], options);
      return { process, address: { ...address, scheme } };
    },
  };
}

/** A server with other options of node. */
export function withNodeOptions(
  contestant: Contestant,
  nodeOptions: readonly string[],
): Contestant {
  return {
    ...contestant,
    start: (options = {}) => contestant.start({ ...options, nodeOptions }),
  };
}

/** The player-proxy in front of other servers. */
export function proxyOf(...origins: readonly ServerAddress[]): Contestant {
  const urls = origins.flatMap(({ host, port }) => ["--origin", `rtmp://${host}:${port}`]);
  return {
    name: "player-proxy",
    start: (options = {}) => startApp("player-proxy", urls, options),
  };
}

/** Node-Media-Server of npm. */
export const nodeMediaServer: Contestant = {
  name: "Node-Media-Server",
  async start(options = {}) {
    const port = await freePort();
    const config = join(folder, `node-media-server-${port}.json`);
    const store = { path: join(folder, `${port}-data`) };
    const record = { auto: false, path: join(folder, `${port}-record`) };
    const values = { bind: "127.0.0.1", rtmp: { port }, store, record };
    writeFileSync(config, JSON.stringify({ ...values, webadmin: { enable: false } }));
    const script = require.resolve("node-media-server/bin/app.js");
    return running(await startNode(script, ["--config", config], options, port));
  },
};

const nginxModule = "/usr/lib/nginx/modules/ngx_rtmp_module.so";
const nginxPath = "/usr/sbin/nginx";

/** nginx with Debian's RTMP module. */
export const nginxRtmp: Contestant = {
  name: "nginx-rtmp",
  absence:
    existsSync(nginxModule) && existsSync(nginxPath) ? undefined : "nginx-rtmp is not installed",
  async start({ core = cores.server } = {}) {
    const port = await freePort();
    const file = join(folder, `nginx-${port}.conf`);
    writeFileSync(
      file,
      `
      daemon off;
      master_process off;
      worker_rlimit_nofile 16384;
      load_module ${nginxModule};
      error_log stderr error;
      pid ${join(folder, `nginx-${port}.pid`)};
      events { worker_connections 8192; }
      rtmp { access_log off; server { listen 127.0.0.1:${port}; application live { live on; } } }
      `,
    );
    const args = ["-e", "stderr", "-p", folder, "-c", file];
    return running(await ServerProcess.start({ command: nginxPath, args, core, port }));
  },
};

/** A bare program in Node. */
export const bareNode: Contestant = bareNodeFor(1, 0);

/** The same with several streams, whose messages it gathers itself. */
export function bareNodeFor(streams: number, gatherMs: number): Contestant {
  const args = [String(streams), String(gatherMs)];
  return {
    name: "bare Node",
    async start(options = {}) {
      return running(await startNode(here("../../dist/load/bare-server.js"), args, options), true);
    },
  };
}

const compiler = ["cc", "gcc", "clang"].find((name) => spawnSync(name, ["--version"]).status === 0);

/** A bare program in C. */
export const bareC: Contestant = {
  name: "bare C",
  absence: compiler === undefined ? "there is no C compiler" : undefined,
  async start({ core = cores.server } = {}) {
    const program = join(folder, "bare-server");
    const source = here("../../src/load/bare-server.c");
    const { status, stderr } = spawnSync(compiler ?? "cc", ["-O2", "-o", program, source]);
    if (status !== 0) throw new Error(`bare-server.c: ${String(stderr)}`);
    return running(await ServerProcess.start({ command: program, args: [], core }), true);
  },
};
