/**
 * The message streams of a client session: which there are, and which of them a message is for.
 *
 * RTMP §7.2.1.3
 */

import type { ClientStream } from "./client-stream.ts";

/** All streams of one connection that are not closed. */
export class ClientStreams {
  // Those that the server has given an id, by it, and all.
  readonly #byId = new Map<number, ClientStream>();
  readonly #all = new Set<ClientStream>();

  /** How many streams there are. */
  get size(): number {
    return this.#all.size;
  }

  /** Adds a stream. */
  add(stream: ClientStream): void {
    this.#all.add(stream);
  }

  /** Notes the id that the server has given to a stream. */
  onCreated(stream: ClientStream): void {
    if (stream.id !== undefined) this.#byId.set(stream.id, stream);
  }

  /** Takes a stream out. */
  delete(stream: ClientStream): void {
    this.#all.delete(stream);
    const { id } = stream;
    // A broken server may have given the id to another stream as well.
    if (id !== undefined && this.#byId.get(id) === stream) this.#byId.delete(id);
  }

  /** Takes all streams out and returns them. */
  deleteAll(): readonly ClientStream[] {
    const streams = [...this.#all];
    this.#all.clear();
    this.#byId.clear();
    return streams;
  }

  /** Returns the stream that has the id. */
  get(messageStreamId: number): ClientStream | undefined {
    return this.#byId.get(messageStreamId);
  }

  /** Finds the stream of a message; one without a stream's id is for the only stream that is in use. */
  find(messageStreamId: number): ClientStream | undefined {
    if (messageStreamId !== 0) return this.#byId.get(messageStreamId);
    const [first, second] = [...this.#all].filter(({ state }) => state !== "idle");
    return second === undefined ? first : undefined;
  }

  /** Finds the stream of a status; one without its id is for the one that waits for an answer, else for the only one. */
  findOfStatus(messageStreamId: number): ClientStream | undefined {
    if (messageStreamId !== 0) return this.#byId.get(messageStreamId);
    const waiting = [...this.#all].filter(({ state }) => state.endsWith("-pending"));
    return waiting.length === 1 ? waiting[0] : this.find(0);
  }
}
