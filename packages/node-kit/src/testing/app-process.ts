import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

/** What the ready line of an app says. */
export interface ReadyLine {
  readonly event: string;
  readonly pid: number;
  readonly rtmp: string;
  /** Undefined when nothing listens for TLS alone. */
  readonly rtmps?: string;
}

/** How to run an app. */
export interface AppProcessOptions {
  /** The arguments of the command. @default none */
  readonly args?: readonly string[];
  /** Environment variables besides those of this process. @default none */
  readonly env?: Readonly<Record<string, string>>;
  /** Takes what kills the process when the test is over, such as `onTestFinished` of vitest. */
  readonly onTestFinished: (end: () => void) => void;
}

/** A built app as a process of its own; the test's own time limit bounds every wait. */
export class AppProcess {
  /** What it wrote, as far as it came. */
  stdout = "";
  /** What it wrote, as far as it came. */
  stderr = "";
  /** The process. */
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #closed: Promise<unknown[]>;

  /** @param cli  the script to run */
  constructor(cli: URL, { args = [], env = {}, onTestFinished }: AppProcessOptions) {
    this.child = spawn(process.execPath, [fileURLToPath(cli), ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    onTestFinished(() => void this.child.kill("SIGKILL"));
    this.child.stdout.on("data", (bytes) => (this.stdout += String(bytes)));
    this.child.stderr.on("data", (bytes) => (this.stderr += String(bytes)));
    this.#closed = once(this.child, "close");
  }

  /** The ready line as soon as it is there; rejects when the process ends before. */
  async ready(): Promise<ReadyLine> {
    const ended = this.#closed.then(() => {
      throw new Error(`the app ended before it was ready: ${this.stderr}`);
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
