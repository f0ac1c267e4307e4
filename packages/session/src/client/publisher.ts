/**
 * A stream that a client publishes.
 *
 * RTMP §7.2.2.6
 */

import {
  type AmfValue,
  encodeData,
  type PublishRequest,
  setDataFrame,
  type Status,
  StatusCode,
} from "@rtmp/message";
import type { RtmpError } from "@rtmp/wire";
import { SessionError } from "../errors.ts";
import type { ClientStream } from "./client-stream.ts";
import type { Link } from "./link.ts";
import { type FrameHint, type PublishedMedia, typeIdOf } from "./media.ts";
import { StreamMemory } from "./stream-memory.ts";

// What may wait while a publisher moves to another connection; beyond, it waits for a later keyframe.
const maxHeldBytes = 8 * 1024 * 1024;

const refusals: ReadonlySet<string> = new Set([
  StatusCode.PublishBadName,
  StatusCode.PublishDenied,
]);

/** How to publish. */
export interface PublisherOptions {
  /** What the server is to do with the media besides. @default "live" */
  readonly type?: PublishRequest["publishType"];
  /** Is told every status of the stream. */
  readonly onStatus?: (status: Status) => void;
}

/** A connection's stream that publishes. */
interface Outlet {
  readonly link: Link;
  readonly stream: ClientStream;
}

/** A move to another connection that is under way. */
interface Move {
  readonly link: Link;
  /** What waits to be sent there, from a keyframe on; undefined while the old connection still serves. */
  held: PublishedMedia[] | undefined;
  /** What is to be sent in front of that. */
  configurations: readonly PublishedMedia[];
  /** Whether the server has taken the stream there. */
  arrived: boolean;
  readonly onMoved: () => void;
  readonly onFailed: (error: unknown) => void;
}

/** A stream that is published. */
export class Publisher {
  /** The name that is published. */
  readonly streamName: string;
  readonly #options: PublisherOptions;
  readonly #onClose: (publisher: Publisher) => void;
  readonly #memory = new StreamMemory();
  #outlet: Outlet | undefined;
  #move: Move | undefined;
  #heldBytes = 0;
  // Resolves when nothing is under way to another connection; never rejects.
  #settled: Promise<void> = Promise.resolve();
  #ended = false;
  #error: RtmpError | undefined;

  /** For the client alone: `RtmpClient.publish` makes publishers. */
  constructor(
    streamName: string,
    options: PublisherOptions,
    onClose: (publisher: Publisher) => void,
  ) {
    this.streamName = streamName;
    this.#options = options;
    this.#onClose = onClose;
  }

  /** Whether the stream is over: closed, ended by the server, or its connection lost. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Why the server ended it or the connection was lost; undefined while it is not, or when it was closed in order. */
  get error(): RtmpError | undefined {
    return this.#error;
  }

  /** Bytes that the server has not taken yet. */
  get queuedBytes(): number {
    return this.#heldBytes + (this.#outlet?.link.driver.queuedBytes ?? 0);
  }

  /**
   * Sends a message; all of one turn of the event loop leave in one write.
   *
   * @param media  its body must not change any more when its frames say that it configures a codec, or while the publisher
   *   moves to another connection; otherwise it is copied
   * @returns false when the stream is over; nothing was sent
   */
  send(media: PublishedMedia): boolean {
    if (this.#ended) return false;
    this.#memory.remember(media);
    const move = this.#move;
    if (move === undefined || (move.held === undefined && !this.#memory.isBoundary(media))) {
      this.#write(media);
      return true;
    }
    this.#hold(move, media);
    if (move.arrived) this.#goOn(move);
    return true;
  }

  /** Sends onMetaData by `@setDataFrame`, which servers keep for late players (RTMP §7.1.2). */
  sendMetadata(metadata: AmfValue): boolean {
    const body = encodeData(setDataFrame("onMetaData", metadata));
    return this.send({ kind: "data", timestamp: 0, body, frames: [metadataHint] });
  }

  /** Resolves when everything that was sent has left, or the stream is over. */
  async drained(): Promise<void> {
    await this.#settled;
    await this.#outlet?.link.drained();
  }

  /** Says that the stream ends, and ends it. */
  close(): void {
    this.#outlet?.stream.close();
    this.#end(undefined);
  }

  /** Where it publishes; for the client alone. */
  get link(): Link | undefined {
    return this.#outlet?.link;
  }

  /**
   * Publishes over a link; for the client alone.
   *
   * @throws SessionError `RTMP_ERR_PUBLISH_REJECTED` or an error of a call, as the rejection
   */
  async start(link: Link): Promise<void> {
    this.#outlet = this.#outletOn(link);
    await this.#publishing(this.#outlet.stream);
  }

  /**
   * Goes on over another link, from the next keyframe on; for the client alone.
   *
   * Without frames in what is sent there is no telling keyframes: it goes over at once. Resolves when the old link is of
   * no use to the publisher any more.
   *
   * @throws as `start`; the publisher then stays where it is, unless it had to leave that first: then it is over
   */
  moveTo(link: Link): Promise<void> {
    if (this.#ended) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const isBetween = this.#move?.held !== undefined;
      const move: Move = {
        link,
        held: undefined,
        configurations: [],
        arrived: false,
        onMoved: resolve,
        onFailed: reject,
      };
      this.#move = move;
      // It still waits for a keyframe to begin with where it is.
      if (isBetween) this.#leave(move);
    });
  }

  #outletOn(link: Link): Outlet {
    const stream: ClientStream = link.session.stream({
      onStatus: (status) => {
        this.#options.onStatus?.(status);
        if (outlet === this.#outlet) this.#onStatus(status);
      },
      onEnd: (cause) => {
        if (outlet === this.#outlet) this.#onLost(cause);
      },
    });
    const outlet: Outlet = { link, stream };
    return outlet;
  }

  #publishing(stream: ClientStream): Promise<void> {
    return new Promise((resolve, reject) => {
      stream.publish(this.streamName, this.#options.type ?? "live", (answer) => {
        if (answer.ok) {
          resolve();
          return;
        }
        stream.close();
        reject(answer.error);
      });
    });
  }

  /** A server that takes a stream back says so by the status with which it refuses one. */
  #onStatus(status: Status): void {
    if (this.#outlet?.stream.state !== "publishing" || !refusals.has(status.code)) return;
    const text = `the server ended the stream: ${status.description || status.code}`;
    const error = new SessionError("RTMP_ERR_PUBLISH_REJECTED", text, { status });
    this.#outlet.stream.close();
    this.#end(error);
  }

  /** The connection broke: with a new one at hand there is nothing to wait for. */
  #onLost(cause: RtmpError | undefined): void {
    if (this.#move === undefined || this.#move.arrived) this.#end(cause);
    else if (this.#move.held === undefined) this.#leave(this.#move);
  }

  #leave(move: Move): void {
    move.held = [];
    this.#settled = this.#arrive(move);
  }

  async #arrive(move: Move): Promise<void> {
    const old = this.#outlet;
    let outlet: Outlet;
    try {
      outlet = await this.#publishOn(move.link, old);
    } catch (error) {
      this.#stay(move, error);
      return;
    }
    if (this.#ended) {
      outlet.stream.close();
      return;
    }
    this.#outlet = outlet;
    old?.stream.close();
    move.arrived = true;
    this.#goOn(move);
    move.onMoved();
  }

  #stay(move: Move, error: unknown): void {
    if (this.#ended) return;
    if (this.#outlet?.stream.state === "publishing") {
      this.#move = undefined;
      this.#heldBytes = 0;
      for (const media of move.held ?? []) this.#write(media);
    } else {
      this.#end(error instanceof SessionError ? error : undefined);
    }
    move.onFailed(error);
  }

  /** The name may be taken by the old connection, where both lead to one server. */
  async #publishOn(link: Link, old: Outlet | undefined): Promise<Outlet> {
    const outlet = this.#outletOn(link);
    try {
      await this.#publishing(outlet.stream);
      return outlet;
    } catch (error) {
      const isTaken =
        error instanceof SessionError && error.status?.code === StatusCode.PublishBadName;
      if (!isTaken || this.#ended) throw error;
    }
    old?.stream.close();
    // The server must hear of that before it is asked again.
    await old?.link.drained();
    const again = this.#outletOn(link);
    await this.#publishing(again.stream);
    return again;
  }

  /** What is held begins with a keyframe; when nothing is, that has yet to come. */
  #goOn({ held: [first, ...others] = [], configurations }: Move): void {
    if (first === undefined) return;
    this.#move = undefined;
    this.#heldBytes = 0;
    for (const media of configurations) this.#write({ ...media, timestamp: first.timestamp });
    for (const media of [first, ...others]) this.#write(media);
  }

  #hold(move: Move, media: PublishedMedia): void {
    if (move.held === undefined || this.#heldBytes > maxHeldBytes) {
      this.#heldBytes = 0;
      if (move.held === undefined) this.#leave(move);
      move.held = [];
    }
    if (move.held.length === 0) {
      if (!this.#memory.isBoundary(media)) return;
      move.configurations = this.#memory.configurations.filter((known) => known !== media);
    }
    move.held.push(media);
    this.#heldBytes += media.body.length;
  }

  #write({ kind, timestamp, body }: PublishedMedia): void {
    this.#outlet?.stream.write(typeIdOf(kind), timestamp, body);
  }

  #end(cause: RtmpError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = cause;
    this.#heldBytes = 0;
    const move = this.#move;
    this.#move = undefined;
    move?.onMoved();
    this.#onClose(this);
  }
}

const metadataHint: FrameHint = { track: 0, role: "metadata", keyframe: false, codec: "" };
