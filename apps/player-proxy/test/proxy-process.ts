import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

import { onTestFinished } from "vitest";

const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));

/** What the ready line says. */
export interface ReadyLine {
  readonly event: string;
  readonly pid: number;
  readonly rtmp: string;
}

/** The built proxy as a process of its own; it is killed when the test ends. */
export class ProxyProcess {
  stdout = "";
  stderr = "";
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #closed: Promise<unknown[]>;

  /** @param args  the arguments of the command */
  constructor(...args: string[]) {
    this.child = spawn(process.execPath, [cli, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    onTestFinished(() => void this.child.kill("SIGKILL"));
    this.child.stdout.on("data", (bytes) => (this.stdout += String(bytes)));
    this.child.stderr.on("data", (bytes) => (this.stderr += String(bytes)));
    this.#closed = once(this.child, "close");
  }

  /** The ready line as soon as it is there; rejects when the process ends before. */
  async ready(): Promise<ReadyLine> {
    const ended = this.#closed.then(() => {
      throw new Error(`the proxy ended before it was ready: ${this.stderr}`);
    });
    while (!this.stdout.includes("\n")) {
      await Promise.race([once(this.child.stdout, "data"), ended]);
    }
    ended.catch(() => {});
    return JSON.parse(this.stdout);
  }

  /** The exit code, or the signal that ended the process, once all output is there. */
  async exit(): Promise<unknown> {
    const [code, signal] = await this.#closed;
    return code ?? signal;
  }
}
