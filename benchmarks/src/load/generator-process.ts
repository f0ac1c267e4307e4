/**
 * The load generator in a process of its own, so that its work is not taken for the server's.
 *
 *   coordinator ──{ id, method, args }──► generator        one call at a time or several
 *   coordinator ◄──{ id, result | error }── generator
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import type { Generator } from "./generator.ts";
import { pinned } from "./pinning.ts";

type Methods = {
  [K in keyof Generator]: Generator[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

/** What the coordinator asks for. */
export interface GeneratorCall {
  readonly id: number;
  readonly method: keyof Generator;
  readonly args: readonly unknown[];
}

/** What the generator answers. */
export type GeneratorAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };

const entry = fileURLToPath(new URL("generator-entry.js", import.meta.url));

/** A running load generator. */
export class GeneratorProcess {
  /** Its methods, over there. */
  readonly load: Methods;
  readonly #child: ChildProcess;
  readonly #open = new Map<
    number,
    { resolve: (value: never) => void; reject: (e: Error) => void }
  >();
  #calls = 0;

  /** @param core  the core that it runs on, where the system can do that */
  constructor(core: number) {
    const [command, args] = pinned(core, process.execPath, [entry]);
    this.#child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#child.on("message", (answer) => this.#onAnswer(answer as GeneratorAnswer));
    this.#child.on("exit", (code) => this.#onExit(code));
    this.load = new Proxy({} as Methods, {
      get:
        (_, method) =>
        (...args: unknown[]) =>
          this.#call(method as keyof Generator, args),
    });
  }

  /** Ends it. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGKILL");
    await once(this.#child, "exit");
  }

  #call(method: keyof Generator, args: readonly unknown[]): Promise<never> {
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject });
      this.#child.send({ id, method, args } satisfies GeneratorCall);
    });
  }

  #onAnswer(answer: GeneratorAnswer): void {
    const call = this.#open.get(answer.id);
    this.#open.delete(answer.id);
    if ("error" in answer) call?.reject(new Error(answer.error));
    else call?.resolve(answer.result as never);
  }

  #onExit(code: number | null): void {
    for (const { reject } of this.#open.values()) {
      reject(new Error(`the load generator ended with ${code}`));
    }
    this.#open.clear();
  }
}
