/**
 * What a server's owner is asked about the message streams of a client.
 *
 * RTMP §7.2.2
 */

import type {
  IncomingPause,
  IncomingPlay,
  IncomingPlay2,
  IncomingPublish,
  IncomingSeek,
  IncomingStreamLength,
} from "./requests.ts";
import type { ServerStream } from "./server-stream.ts";
import type { SessionHandlers } from "./session-options.ts";

/** What a client asks of its message streams. */
export interface StreamRequestHandlers {
  /** The client asks to publish. */
  onPublish(request: IncomingPublish): void;
  /** The client asks to play; also for each entry of a playlist, when its turn comes. */
  onPlay(request: IncomingPlay): void;
  /** A playing client asks for another stream. @default refused with `NetStream.Play.Failed` */
  onPlay2?(request: IncomingPlay2): void;
  /** A playing client asks to pause or to go on. @default refused with `NetStream.Failed` */
  onPause?(request: IncomingPause): void;
  /** A playing client asks for another place. @default refused with `NetStream.Seek.Failed` */
  onSeek?(request: IncomingSeek): void;
  /** A client changed `stream.receivesAudio` or `stream.receivesVideo`. */
  onReceive?(stream: ServerStream): void;
  /** A client asks how long a stream is. @default 0, which a live stream has */
  onGetStreamLength?(request: IncomingStreamLength): void;
}

/** Who decides what becomes of the streams, and hears of what was refused. */
export type StreamOwner = StreamRequestHandlers & Pick<SessionHandlers, "onProblem">;
