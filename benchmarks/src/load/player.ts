/** A player of the load generator: counts what comes, and how late. */

import { MessageTypeId } from "@rtmp/chunk";
import {
  type Command,
  createStreamCommand,
  encodeCommand,
  playCommand,
  readCreateStreamResult,
} from "@rtmp/message";

import { bareChunkSize } from "./bare-wire.ts";
import { ChunkWalker } from "./chunk-walker.ts";
import type { Delays } from "./delays.ts";
import { connectTo, LoadConnection } from "./load-connection.ts";
import { type LoadSocket, openSocket, type Target } from "./socket.ts";
import { hasStamp, stampedMicroseconds, stampedSequence } from "./stamp.ts";
import { stampOffset } from "./stamped-stream.ts";

/** What all players of one measurement count together. */
export interface PlayCounts {
  /** Messages with a stamp, and bytes of everything that came. */
  messages: number;
  bytes: number;
  /** Messages that were skipped, or came twice or too late. */
  missing: number;
  misordered: number;
  /** Messages whose timestamp lies before that of one of the same kind that came earlier. */
  timestampsBack: number;
  /** Connections that ended by themselves. */
  lost: number;
}

/** What a player needs. */
export interface PlayerOptions {
  readonly target: Target;
  readonly app: string;
  readonly streamName: string;
  /** Speaks no RTMP but what a bare server sends: chunks, from the first byte on. */
  readonly bare: boolean;
  readonly counts: PlayCounts;
  /** Delays of the messages that were sent since this time, in microseconds. */
  readonly delays: Delays;
  readonly since: () => number;
  /** The time in microseconds that the player goes by while it reads. */
  readonly now: () => number;
  /** The first keyframe is there, this long after the connection was begun. */
  readonly onFirstKeyframe: (milliseconds: number) => void;
  readonly onClose: () => void;
  /** Bytes that it reads in a second once it has a keyframe. @default as many as there are */
  readonly bytesPerSecond?: number;
}

const playStreamId = 1;

/** One player. */
export class Player {
  readonly #options: PlayerOptions;
  readonly #begunAt: number;
  readonly #connection: Pick<LoadConnection, "reset" | "slowDown">;
  // By kind: the next number that is expected, or -1, and the last timestamp.
  readonly #next = { audio: -1, video: -1 };
  readonly #timestamps = { audio: 0, video: 0 };
  #hasKeyframe = false;
  #left = false;

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#begunAt = options.now();
    this.#connection = options.bare ? this.#openBare() : this.#open();
  }

  /** Leaves without a word. */
  leave(): void {
    this.#left = true;
    this.#connection.reset();
  }

  onMessage(
    typeId: number,
    timestamp: number,
    _length: number,
    bytes: Uint8Array,
    offset: number,
  ): void {
    const isVideo = typeId === MessageTypeId.Video;
    if (!isVideo && typeId !== MessageTypeId.Audio) return;
    const kind = isVideo ? "video" : "audio";
    const stamp = offset + stampOffset[kind];
    if (!hasStamp(bytes, stamp)) return;

    const { counts } = this.#options;
    this.#checkOrder(kind, stampedSequence(bytes, stamp), timestamp);
    counts.messages++;
    const sentAt = stampedMicroseconds(bytes, stamp);
    const now = this.#options.now();
    if (sentAt >= this.#options.since()) this.#options.delays.add((now - sentAt) / 1_000);
    if (isVideo && !this.#hasKeyframe && bytes[offset] === 0x17) {
      this.#hasKeyframe = true;
      const { bytesPerSecond, onFirstKeyframe } = this.#options;
      onFirstKeyframe((now - this.#begunAt) / 1_000);
      if (bytesPerSecond !== undefined) this.#connection.slowDown(bytesPerSecond);
    }
  }

  #checkOrder(kind: "audio" | "video", sequence: number, timestamp: number): void {
    const { counts } = this.#options;
    const expected = this.#next[kind];
    if (expected !== -1) {
      if (sequence > expected) counts.missing += sequence - expected;
      else if (sequence < expected) counts.misordered++;
      if (timestamp < this.#timestamps[kind]) counts.timestampsBack++;
    }
    this.#next[kind] = sequence + 1;
    this.#timestamps[kind] = timestamp;
  }

  #openBare(): LoadSocket {
    const walker = new ChunkWalker(this, bareChunkSize);
    return openSocket(this.#options.target, {
      onOpen: () => {},
      onBytes: (bytes) => {
        this.#options.counts.bytes += bytes.length;
        walker.push(bytes);
      },
      onClose: () => this.#onClose(),
    });
  }

  #open(): LoadConnection {
    const { target, app, counts } = this.#options;
    const connection: LoadConnection = new LoadConnection(target, {
      onOpen: () => connection.command(0, connectTo(target, app)),
      onCommand: (command) => this.#onCommand(connection, command),
      onMessage: (typeId, timestamp, length, bytes, offset) =>
        this.onMessage(typeId, timestamp, length, bytes, offset),
      onReceived: (count) => (counts.bytes += count),
      onClose: () => this.#onClose(),
    });
    return connection;
  }

  #onCommand(connection: LoadConnection, command: Command): void {
    if (command.name !== "_result") return;
    if (command.transactionId === 1) {
      connection.command(0, encodeCommand(createStreamCommand(2)));
    } else if (command.transactionId === 2) {
      const id = readCreateStreamResult(command) ?? playStreamId;
      const { streamName } = this.#options;
      connection.command(id, encodeCommand(playCommand(0, { streamName })));
    }
  }

  #onClose(): void {
    if (this.#left) return;
    this.#left = true;
    this.#options.counts.lost++;
    this.#options.onClose();
  }
}
