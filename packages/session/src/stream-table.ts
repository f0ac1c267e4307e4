/**
 * The message streams of one connection: which there are, and which of them an id means.
 *
 * Some encoders send with an id that was never given out, or 0; they mean the only stream that can be meant.
 *
 * RTMP §7.2.1.3
 */

import type { ServerStream } from "./server-stream.ts";

/** Message streams by their ids. */
export class StreamTable {
  readonly #streams = new Map<number, ServerStream>();

  /** How many streams there are. */
  get size(): number {
    return this.#streams.size;
  }

  /** The streams in the order in which they were made. */
  get all(): Iterable<ServerStream> {
    return this.#streams.values();
  }

  /** The only stream; undefined where there is none, or another one. */
  get only(): ServerStream | undefined {
    if (this.#streams.size !== 1) return undefined;
    return this.#streams.values().next().value;
  }

  /** The smallest id from 1 on that no stream has. */
  get freeId(): number {
    let id = 1;
    while (this.#streams.has(id)) id++;
    return id;
  }

  /** Whether any stream publishes, plays or waits for an answer. */
  get anyActive(): boolean {
    return this.some(isBusy);
  }

  /** Entries of the playlists of all streams. */
  get playlistEntries(): number {
    let entries = 0;
    for (const { playlist } of this.#streams.values()) entries += playlist.length;
    return entries;
  }

  /** The first stream that publishes. */
  get firstPublishing(): ServerStream | undefined {
    for (const stream of this.#streams.values()) if (stream.state === "publishing") return stream;
    return undefined;
  }

  /** Whether any stream meets the condition. */
  some(condition: (stream: ServerStream) => boolean): boolean {
    for (const stream of this.#streams.values()) if (condition(stream)) return true;
    return false;
  }

  /** Returns the stream that has the id. */
  get(id: number): ServerStream | undefined {
    return this.#streams.get(id);
  }

  /** Whether a stream is still there. */
  holds(stream: ServerStream): boolean {
    return this.#streams.get(stream.id) === stream;
  }

  /** Adds a stream under its id. */
  add(stream: ServerStream): void {
    this.#streams.set(stream.id, stream);
  }

  /** Takes a stream out. */
  delete(stream: ServerStream): void {
    this.#streams.delete(stream.id);
  }

  /** Takes all streams out and returns them. */
  deleteAll(): readonly ServerStream[] {
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    return streams;
  }

  /** Finds the stream that a media message belongs to, and counts the message as dropped where that takes none. */
  publishing(messageStreamId: number): ServerStream | undefined {
    const stream = this.#streams.get(messageStreamId) ?? this.only ?? this.#onlyPublishing();
    if (stream?.state === "publishing") return stream;
    if (stream !== undefined) stream.droppedMessages++;
    return undefined;
  }

  #onlyPublishing(): ServerStream | undefined {
    const [first, second] = [...this.#streams.values()].filter(
      ({ state }) => state === "publishing",
    );
    return second === undefined ? first : undefined;
  }
}

function isBusy(stream: ServerStream): boolean {
  return stream.active || stream.pending || stream.playlist.length > 0;
}
