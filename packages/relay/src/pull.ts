/**
 * A stream that is played at another server and published into the hub.
 *
 *   hub ◄── RtmpIngest ◄── ClientStream ◄── one of the sources
 *
 * RTMP §7.2.2.1
 */

import { MessageTypeId } from "@rtmp/chunk";
import { HubError, type PublicationEnd } from "@rtmp/hub";
import { splitSetDataFrame, type Status, StatusCode, UserControlEvent } from "@rtmp/message";
import type { ClientStream, Link } from "@rtmp/session";
import { type Cancel, type Clock, RtmpError, systemClock } from "@rtmp/wire";
import { RelayError, stoppedBy } from "./errors.ts";
import { type RelayLimits, resolveRelayLimits } from "./limits.ts";
import type { RelayObserver, RelayOptions } from "./relay-options.ts";
import { RtmpIngest } from "./rtmp-ingest.ts";
import type { PublishedTrack } from "./track-watch.ts";
import { Uplink, type UplinkState } from "./uplink.ts";

// What a server tells its player in data messages; it is no part of the stream.
const saidToPlayers: ReadonlySet<string | undefined> = new Set([
  "|RtmpSampleAccess",
  "onStatus",
  "onPlayStatus",
]);

// How long after Stream EOF the status may come that says whether the stream ended or its publisher was lost.
const endStatusMs = 1_000;

/** Is told what happens to a pull; every method is optional and must not throw. */
export interface PullObserver extends RelayObserver {
  /** The first media of a publication arrived; `server` is its source's place in `urls`. */
  onPublish?(server: number): void;
  /** The stream has this track, or the track another codec configuration from here on; at most 100 times a publication. */
  onTrack?(track: PublishedTrack): void;
  /** The publication ended: `closed` when the source said so. */
  onPublishEnd?(end: PublicationEnd): void;
}

/** What {@link pullStream} works with. */
export interface PullOptions extends RelayOptions {
  /** How much a source shall send ahead, in milliseconds. @default 3000 */
  readonly bufferLengthMs?: number;
  /** Is told what happens, for logs and counts. */
  readonly observer?: PullObserver;
}

/** A stream that is being pulled. */
export interface Pull {
  /** Where the connection stands. */
  readonly state: UplinkState;
  /** The place in `urls` of the source that is used, or tried next. */
  readonly server: number;
  /** Ends the connection and the publication, in order; resolves when the connection has closed. */
  close(): Promise<void>;
}

/**
 * Plays a stream at another server and publishes it into the hub, until it is closed.
 *
 * The name at the hub is taken with the first media. A source that says that the stream ended ends it here, and is
 * listened to further; one that is lost leaves players waiting, for the next source.
 *
 * @throws TypeError when there is no URL, or one is no RTMP URL or names no stream; RangeError when a limit is out of range
 */
export function pullStream(options: PullOptions): Pull {
  return new StreamPull(options);
}

class StreamPull implements Pull {
  readonly #options: PullOptions;
  readonly #observer: PullObserver;
  readonly #limits: RelayLimits;
  readonly #clock: Clock;
  readonly #uplink: Uplink;
  #link: Link | undefined;
  #stream: ClientStream | undefined;
  #ingest: RtmpIngest | undefined;
  #lastMediaAt = 0;
  #cancelSilence: Cancel | undefined;
  // Set from Stream EOF to the status that explains it.
  #cancelEof: Cancel | undefined;

  constructor(options: PullOptions) {
    const { limits, observer = {} } = options;
    this.#options = options;
    this.#observer = observer;
    this.#limits = resolveRelayLimits(limits);
    this.#clock = options.clock ?? systemClock;
    this.#uplink = new Uplink(options, {
      onOpening: (server) => observer.onOpening?.(server),
      onLink: (link, streamName) => this.#play(link, streamName),
      onReceived: () => this.#ingest?.flush(),
      onDown: () => this.#onDown(),
      onFailure: (server, cause, waitMs) => observer.onFailure?.(server, cause, waitMs),
      onReconnect: (server, host) => observer.onReconnect?.(server, host),
      onProblem: (error) => observer.onProblem?.(error),
    });
    this.#uplink.start();
  }

  get state(): UplinkState {
    return this.#uplink.state;
  }

  get server(): number {
    return this.#uplink.server;
  }

  close(): Promise<void> {
    this.#unpublish("closed");
    return this.#uplink.close();
  }

  #play(link: Link, streamName: string): void {
    this.#link = link;
    const stream = link.session.stream({
      onMedia: (typeId, timestamp, payload) => {
        if (stream === this.#stream) this.#onMedia(typeId, timestamp, payload);
      },
      onStatus: (status) => {
        if (stream === this.#stream) this.#onStatus(status);
      },
      onEvent: (event) => {
        if (stream === this.#stream && event === UserControlEvent.StreamEof) this.#onEof();
      },
    });
    this.#stream = stream;
    const { bufferLengthMs } = this.#options;
    stream.play(streamName, bufferLengthMs === undefined ? {} : { bufferLengthMs }, (answer) => {
      if (stream !== this.#stream) return;
      if (!answer.ok) {
        this.#uplink.fail(answer.error);
        return;
      }
      this.#uplink.answered();
      this.#lastMediaAt = this.#clock.now();
      if (this.#options.urls.length > 1) this.#watchSilence(this.#limits.silentSourceMs);
    });
  }

  #onMedia(typeId: number, timestamp: number, payload: Uint8Array): void {
    const isFrame = typeId === MessageTypeId.Audio || typeId === MessageTypeId.Video;
    if (!isFrame) {
      const amf3 = typeId === MessageTypeId.DataAmf3;
      const { handler } = splitSetDataFrame(payload, { amf3 });
      if (saidToPlayers.has(handler)) return;
      // Other data does not say that somebody publishes.
      if (this.#ingest === undefined && handler !== "onMetaData") return;
    }
    this.#lastMediaAt = this.#clock.now();
    // Another publisher has begun; its timestamps are of another timeline.
    if (this.#cancelEof !== undefined) this.#unpublish("lost");
    const ingest = this.#ingest ?? this.#publish();
    try {
      ingest?.write(typeId, timestamp, payload);
    } catch (error) {
      if (!(error instanceof RtmpError)) throw error;
      this.#observer.onProblem?.(error);
    }
  }

  /** Takes the name at the hub; undefined when somebody else keeps it. */
  #publish(): RtmpIngest | undefined {
    const { hub, streamPath } = this.#options;
    const session = this.#link?.session;
    if (session === undefined) return undefined;
    try {
      const publication = hub.publish(streamPath, {
        owner: `pull ${streamPath}`,
        silentMs: () => this.#clock.now() - session.lastReceivedAt,
        onTakenOver: (cause) => {
          if (session === this.#link?.session) this.#uplink.fail(cause);
        },
      });
      const onTrack = this.#observer.onTrack?.bind(this.#observer);
      this.#ingest = new RtmpIngest(publication, onTrack);
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      this.#uplink.fail(error);
      return undefined;
    }
    this.#observer.onPublish?.(this.#uplink.server);
    return this.#ingest;
  }

  #onStatus(status: Status): void {
    const { code, level } = status;
    if (code === StatusCode.PlayUnpublishNotify) this.#unpublish("closed");
    else if (code === StatusCode.PlayPublishNotify) this.#unpublish("lost");
    else if (code === StatusCode.PlayStop || code === StatusCode.PlayComplete) {
      this.#unpublish("closed");
      this.#uplink.fail(stoppedBy(status));
    } else if (level === "error") this.#uplink.fail(stoppedBy(status));
  }

  /** Some servers say no more than this, whether the publisher has ended or was lost. */
  #onEof(): void {
    if (this.#ingest === undefined || this.#cancelEof !== undefined) return;
    this.#cancelEof = this.#clock.schedule(endStatusMs, () => this.#unpublish("lost"));
  }

  #onDown(): void {
    this.#cancelSilence?.();
    this.#cancelSilence = undefined;
    this.#stream?.close();
    this.#stream = undefined;
    this.#link = undefined;
    this.#unpublish("lost");
  }

  #unpublish(end: PublicationEnd): void {
    this.#cancelEof?.();
    this.#cancelEof = undefined;
    const ingest = this.#ingest;
    if (ingest === undefined) return;
    this.#ingest = undefined;
    ingest.end(end);
    this.#observer.onPublishEnd?.(end);
  }

  #watchSilence(milliseconds: number): void {
    this.#cancelSilence = this.#clock.schedule(milliseconds, () => {
      const silentMs = this.#clock.now() - this.#lastMediaAt;
      const { silentSourceMs } = this.#limits;
      if (silentMs < silentSourceMs) {
        this.#watchSilence(silentSourceMs - silentMs);
        return;
      }
      const text = `the source has sent no media for ${Math.round(silentMs)} ms`;
      this.#uplink.fail(new RelayError("RTMP_ERR_RELAY_TIMEOUT", text));
    });
  }
}
