/** A server under test: a process on a core of its own, and what it costs. Linux tells that in /proc. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { pinned } from "./pinning.ts";

const startMs = 10_000;
const pollMs = 50;
// Of what it wrote to stderr.
const maxLogChars = 1_000_000;

// None is left behind, however the bench ends.
const open = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of open) child.kill("SIGKILL");
});

/** What a process has cost so far. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

/** How to start a server. */
export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** The core that it runs on. */
  readonly core: number;
  /** Where it listens, where it was told so; without it the server's first line of output tells. */
  readonly port?: number;
}

/** A running server. */
export class ServerProcess {
  /** Where it listens on 127.0.0.1. */
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #errors: () => string;

  private constructor(child: ChildProcess, port: number, errors: () => string) {
    this.#child = child;
    this.port = port;
    this.#errors = errors;
  }

  /**
   * Starts a server; resolves when it listens.
   *
   * @throws Error when it ends or does not listen within 10 s, as the rejection
   */
  static async start({ command, args, core, port }: ServerCommand): Promise<ServerProcess> {
    const [program, all] = pinned(core, command, args);
    const child = spawn(program, all, { stdio: ["ignore", "pipe", "pipe"] });
    open.add(child);
    child.once("exit", () => open.delete(child));
    let errors = "";
    child.stderr.on("data", (text) => (errors = `${errors}${String(text)}`.slice(-maxLogChars)));
    // What it writes is read, lest it waits.
    const lines = child.stdout.setEncoding("utf8");
    try {
      const listening = port === undefined ? firstLine(lines).then(readyPort) : accepting(port);
      const bound = await Promise.race([listening, ended(child)]);
      lines.resume();
      return new ServerProcess(child, bound, () => errors);
    } catch (error) {
      child.kill("SIGKILL");
      throw new Error(`${command} does not listen: ${String(error)} ${errors}`, { cause: error });
    }
  }

  /** What it wrote to stderr, the last megabyte of it. */
  get log(): string {
    return this.#errors();
  }

  /** What it has cost so far. */
  get usage(): Usage {
    const { pid } = this.#child;
    let nanoseconds = 0;
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const [onCpu = ""] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
      nanoseconds += Number(onCpu);
    }
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const rssKb = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
    return { cpuSeconds: nanoseconds / 1e9, rssBytes: rssKb * 1_024 };
  }

  /** Ends it in order, or by force after 5 s. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    const force = setTimeout(() => this.#child.kill("SIGKILL"), 5_000);
    await exit;
    clearTimeout(force);
  }

  /** Ends it at once, as a crash does. */
  async kill(): Promise<void> {
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exit;
  }
}

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no address");
  return address.port;
}

async function ended(child: ChildProcess): Promise<never> {
  const [code] = await once(child, "exit");
  throw new Error(`it ended with ${code}`);
}

function firstLine(output: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`it says nothing for ${startMs} ms`)), startMs);
    let text = "";
    const take = (more: string | Buffer): void => {
      text += String(more);
      if (!text.includes("\n")) return;
      clearTimeout(timer);
      output.off("data", take);
      resolve(text.slice(0, text.indexOf("\n")));
    };
    output.on("data", take);
  });
}

/** Reads the ready line of our apps, or that of the bare servers. */
function readyPort(line: string): number {
  const ready: { port?: number; rtmp?: string } = JSON.parse(line);
  const port = ready.port ?? Number(ready.rtmp && new URL(ready.rtmp).port);
  if (!(port > 0)) throw new Error(`no port in ${line}`);
  return port;
}

async function accepting(port: number): Promise<number> {
  const deadline = performance.now() + startMs;
  while (performance.now() < deadline) {
    const socket = connect(port, "127.0.0.1");
    try {
      await once(socket, "connect");
      return port;
    } catch {
      await sleep(pollMs);
    } finally {
      socket.destroy();
    }
  }
  throw new Error(`nothing on port ${port} after ${startMs} ms`);
}
