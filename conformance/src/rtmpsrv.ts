/**
 * rtmpsrv, the server that comes with rtmpdump: librtmp's side of a handshake, and answers to connect and play.
 *
 * It listens on port 1935 of all addresses and takes no other, so it gets a network of its own, and one connection is
 * carried there and back. That needs Linux and the right to make such a network.
 */

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

const maxRunMs = 60_000;
// When the first process of the namespace goes, all others of it do.
const alone = ["--map-root-user", "--net", "--pid", "--fork", "--kill-child"];
const carry = `
  ip link set lo up
  tail -f /dev/null | rtmpsrv -z >&2 &
  until { exec 3<>/dev/tcp/127.0.0.1/1935; } 2>/dev/null; do sleep 0.05; done
  exec 4<&0
  cat <&4 >&3 &
  cat <&3
`;

/** Whether rtmpsrv takes part; nobody has to be able to run it. */
export const rtmpsrv = { takesPart: canRun(), note: canRun() ? "" : " (not run: cannot be alone)" };

function canRun(): boolean {
  const script = "command -v ip && command -v rtmpsrv && ip link set lo up";
  const { status } = spawnSync("unshare", [...alone, "bash", "-c", script], { timeout: 10_000 });
  return status === 0;
}

/** A port that leads to an rtmpsrv, for one connection. */
export class Rtmpsrv {
  /** Where it listens, such as `127.0.0.1:40000`. */
  readonly host: string;
  /** What it wrote, as far as it came. */
  log = "";
  readonly #server: Server;
  readonly #folder: string;
  #child: ChildProcessWithoutNullStreams | undefined;

  private constructor(server: Server, host: string, folder: string) {
    this.#server = server;
    this.#folder = folder;
    this.host = host;
    server.on("connection", (socket) => this.#carry(socket));
  }

  /**
   * Opens the port; rtmpsrv is started by the connection.
   *
   * @param folder  where the rtmpdump that it starts for each play writes
   */
  static async open(folder: string): Promise<Rtmpsrv> {
    const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const bound = server.address();
    if (bound === null || typeof bound === "string") throw new Error("no port");
    return new Rtmpsrv(server, `127.0.0.1:${bound.port}`, folder);
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.#server.close();
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  #carry(socket: Socket): void {
    const options = { cwd: this.#folder, timeout: maxRunMs };
    const child = spawn("unshare", [...alone, "bash", "-c", carry], options);
    this.#child = child;
    socket.pipe(child.stdin);
    child.stdout.pipe(socket);
    child.stderr.on("data", (bytes) => (this.log += String(bytes)));
    // Either end may go first.
    for (const stream of [socket, child.stdin]) stream.on("error", () => {});
  }
}
