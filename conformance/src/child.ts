/** Programs that the tests start, and end by their process id. */

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";

/** How a program ended. */
export interface ChildExit {
  /** The exit code; null when a signal ended it. */
  readonly code: number | null;
  /** The signal that ended it; null when it ended by itself. */
  readonly signal: NodeJS.Signals | null;
}

/** One running program; it is killed when its time is over. */
export class Child {
  /** What it wrote, as far as it came. */
  stdout = "";
  /** What it wrote, as far as it came. */
  stderr = "";
  /** Resolves once it has ended and all of its output is there; rejects when it could not be started. */
  readonly exited: Promise<ChildExit>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #listeners = new Set<() => void>();

  /** @param timeoutMs  how long it may run before it is killed */
  constructor(command: string, args: readonly string[], timeoutMs: number) {
    this.#child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    const timer = setTimeout(() => this.kill("SIGKILL"), timeoutMs);
    this.#child.stdout.on("data", (bytes) => this.#on(() => (this.stdout += String(bytes))));
    this.#child.stderr.on("data", (bytes) => this.#on(() => (this.stderr += String(bytes))));
    this.exited = this.#untilClosed().finally(() => {
      clearTimeout(timer);
      this.#on(() => {});
    });
    // Nobody may be waiting for it.
    this.exited.catch(() => {});
  }

  /** Whether it still runs. */
  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Sends a signal, as long as it runs. */
  kill(signal: NodeJS.Signals): void {
    if (this.running) this.#child.kill(signal);
  }

  /**
   * Waits until `find` returns something; it is called again after each piece of output.
   *
   * @throws Error when the program ends before, or the time is over
   */
  async waitFor<T>(what: string, find: () => T | undefined, timeoutMs: number): Promise<T> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      const left = deadline - performance.now();
      if (!this.running || left <= 0) {
        const reason = this.running ? `within ${timeoutMs} ms` : "before it ended";
        throw new Error(`no ${what} ${reason}; stdout: ${this.stdout} stderr: ${this.stderr}`);
      }
      await this.#change(left);
    }
  }

  async #untilClosed(): Promise<ChildExit> {
    const [code, signal] = await once(this.#child, "close");
    return { code, signal };
  }

  #on(take: () => void): void {
    take();
    for (const listener of this.#listeners) listener();
  }

  #change(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#listeners.add(done);
    });
  }
}
