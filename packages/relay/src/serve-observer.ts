import type { ConnectRequest, StreamPath } from "@rtmp/message";
import type { StreamEnd } from "@rtmp/session";
import type { RtmpError } from "@rtmp/wire";
import type { PublishedTrack } from "./track-watch.ts";

/** Is told what happens on a served connection; every method is optional and must not throw. */
export interface ServeObserver {
  /** The client connected to an app. */
  onConnect?(connect: ConnectRequest): void;
  /** A stream began to be published. */
  onPublish?(path: StreamPath): void;
  /**
   * A published stream has this track, or the track has another codec configuration from here on.
   *
   * Told when the first message that says so has been sent on, at most 100 times a publication.
   */
  onTrack?(path: StreamPath, track: PublishedTrack): void;
  /** A published stream ended. */
  onPublishEnd?(path: StreamPath, end: StreamEnd): void;
  /** A stream began to be played. */
  onPlay?(path: StreamPath): void;
  /**
   * A player has fallen behind, and gets nothing until less waits for it and a keyframe comes; can come in floods.
   *
   * @param queuedBytes  what waits for it
   * @param waitedMs     how long the oldest of these bytes has waited at least
   */
  onSkip?(path: StreamPath, queuedBytes: number, waitedMs: number): void;
  /**
   * A played stream ended.
   *
   * @param skippedPackets  packets that the player was not sent because it was too slow
   */
  onPlayEnd?(path: StreamPath, end: StreamEnd, skippedPackets: number): void;
  /** Something was refused or dropped and the connection goes on; can come in floods. */
  onProblem?(error: RtmpError): void;
  /**
   * Our own code failed: the connection is closed, or, when a promise of `authenticate` or `authorise` was rejected, the
   * request refused. All other connections go on.
   */
  onInternalError?(error: unknown): void;
  /**
   * The session ended; what is queued for the peer may still leave.
   *
   * @param cause  why; undefined when it ended in order
   */
  onClose?(cause: RtmpError | undefined): void;
  /** The transport has closed; nothing else will be told. */
  onDisconnect?(): void;
}
