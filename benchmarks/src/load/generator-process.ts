/**
 * The load generator in a process of its own, so that its work is not taken for the server's.
 *
 *   coordinator ──{ id, call }──────────► generator        one call at a time or several, as JSON
 *   coordinator ◄──{ id, result | error }── generator
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import type {
  ChurnRequest,
  LoadFigures,
  PlayRequest,
  PublishRequest,
  ServerAddress,
} from "./generator.ts";
import { pinned } from "./pinning.ts";
import type { SetUpRate } from "./set-ups.ts";

/** What the coordinator asks for: a method of the generator and what it takes. */
export type GeneratorCall =
  | { readonly method: "publish"; readonly request: PublishRequest }
  | { readonly method: "play"; readonly request: PlayRequest }
  | { readonly method: "churn"; readonly request: ChurnRequest }
  | { readonly method: "openIdle"; readonly server: ServerAddress; readonly count: number }
  | {
      readonly method: "setUps";
      readonly server: ServerAddress;
      readonly streamName: string;
      readonly seconds: number;
    }
  | { readonly method: "cutPublishers" | "begin" | "figures" | "leaveAll" };

/** A call on its way. */
export interface GeneratorRequest {
  readonly id: number;
  readonly call: GeneratorCall;
}

/** What the generator answers. */
export type GeneratorAnswer =
  | { readonly id: number; readonly result?: unknown }
  | { readonly id: number; readonly error: string };

interface OpenCall {
  readonly resolve: (answer: string) => void;
  readonly reject: (error: Error) => void;
}

const entry = fileURLToPath(new URL("../../dist/load/generator-entry.js", import.meta.url));

/** A running load generator; its methods are those of `Generator`. */
export class GeneratorProcess {
  readonly #child: ChildProcess;
  readonly #open = new Map<number, OpenCall>();
  #calls = 0;

  /** @param core  the core that it runs on, where the system can do that */
  constructor(core: number) {
    const [command, args] = pinned(core, process.execPath, [entry]);
    this.#child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#child.on("message", (text: string) => this.#onAnswer(text));
    this.#child.on("exit", (code) => this.#onExit(code));
  }

  publish(request: PublishRequest): Promise<void> {
    return this.#call({ method: "publish", request });
  }

  play(request: PlayRequest): Promise<void> {
    return this.#call({ method: "play", request });
  }

  churn(request: ChurnRequest): Promise<void> {
    return this.#call({ method: "churn", request });
  }

  openIdle(server: ServerAddress, count: number): Promise<number> {
    return this.#call({ method: "openIdle", server, count });
  }

  setUps(server: ServerAddress, streamName: string, seconds: number): Promise<SetUpRate> {
    return this.#call({ method: "setUps", server, streamName, seconds });
  }

  cutPublishers(): Promise<void> {
    return this.#call({ method: "cutPublishers" });
  }

  begin(): Promise<void> {
    return this.#call({ method: "begin" });
  }

  figures(): Promise<LoadFigures> {
    return this.#call({ method: "figures" });
  }

  leaveAll(): Promise<void> {
    return this.#call({ method: "leaveAll" });
  }

  /** Ends it. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGKILL");
    await once(this.#child, "exit");
  }

  async #call<T>(call: GeneratorCall): Promise<T> {
    const id = ++this.#calls;
    const text = await new Promise<string>((resolve, reject) => {
      this.#open.set(id, { resolve, reject });
      this.#child.send(JSON.stringify({ id, call } satisfies GeneratorRequest));
    });
    return JSON.parse(text).result;
  }

  #onAnswer(text: string): void {
    const answer: GeneratorAnswer = JSON.parse(text);
    const call = this.#open.get(answer.id);
    this.#open.delete(answer.id);
    if ("error" in answer) call?.reject(new Error(answer.error));
    else call?.resolve(text);
  }

  #onExit(code: number | null): void {
    for (const { reject } of this.#open.values()) {
      reject(new Error(`the load generator ended with ${code}`));
    }
    this.#open.clear();
  }
}
