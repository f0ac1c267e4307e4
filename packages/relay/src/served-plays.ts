/**
 * Everything that plays on one connection.
 *
 * RTMP §7.2.2.1 to §7.2.2.8
 */

import { StatusCode, type StreamPath } from "@rtmp/message";
import type {
  IncomingPause,
  IncomingPlay,
  IncomingPlay2,
  Rejection,
  ServerStream,
  StreamEnd,
} from "@rtmp/session";
import { type PlayEnvironment, ServedPlay } from "./served-play.ts";

const noRecording: Rejection = {
  code: StatusCode.PlayStreamNotFound,
  description: "there are no recordings here",
};

/** The playing streams of a connection. */
export class ServedPlays {
  readonly #environment: PlayEnvironment;
  readonly #plays = new Map<ServerStream, ServedPlay>();
  // Paused when what they played came to its end, with more in their playlist.
  #pausedStreams: WeakSet<ServerStream> | undefined;

  constructor(environment: PlayEnvironment) {
    this.#environment = environment;
  }

  /** Returns what a stream plays. */
  get(stream: ServerStream): ServedPlay | undefined {
    return this.#plays.get(stream);
  }

  /** Plays what was asked for and may be played. */
  open(request: IncomingPlay, path: StreamPath): void {
    const { stream, start, duration } = request;
    if (this.#wantsRecording(start, path)) {
      request.reject(noRecording);
      return;
    }
    request.accept();
    const wasPaused = this.#pausedStreams?.delete(stream) ?? false;
    // A play that was not in the playlist begins anew.
    const paused = wasPaused && !request.reset;
    const environment = this.#environment;
    const play = new ServedPlay({ environment, stream, path, paused, duration });
    this.#plays.set(stream, play);
    environment.observer.onPlay?.(path);
    play.start();
  }

  /** Goes over from what a stream plays to what may be played in its place. */
  change(play: ServedPlay | undefined, request: IncomingPlay2, path: StreamPath): void {
    const { stream, options } = request;
    // The answer may come when another play has begun.
    if (play === undefined || this.#plays.get(stream) !== play) {
      request.reject({ description: "what was to be left is not played any more" });
      return;
    }
    if (this.#wantsRecording(options.start, path)) {
      request.reject(noRecording);
      return;
    }
    if (!request.accept()) return;
    const { observer } = this.#environment;
    observer.onPlayEnd?.(play.path, "closed", 0);
    observer.onPlay?.(path);
    play.change(path);
    stream.sendPlayStatus(StatusCode.PlayTransitionComplete, {
      properties: { details: options.streamName },
    });
  }

  /** Pauses or goes on. */
  pause(request: IncomingPause): void {
    const play = this.#plays.get(request.stream);
    request.accept();
    if (request.paused) play?.pause();
    else play?.resume();
  }

  /** A stream came to its end; without effect when it played nothing. */
  end(stream: ServerStream, end: StreamEnd): void {
    const play = this.#plays.get(stream);
    if (play === undefined) return;
    this.#plays.delete(stream);
    play.leave();
    if (play.goesOnPaused) (this.#pausedStreams ??= new WeakSet()).add(stream);
    this.#environment.observer.onPlayEnd?.(play.path, end, play.skippedPackets);
  }

  /** Leaves the hub with all of them. */
  leave(): void {
    for (const play of this.#plays.values()) play.leave();
    this.#plays.clear();
  }

  /** Whether a play asks for what is not here: a start from 0 on, as librtmp sends it, is served while the stream is live. */
  #wantsRecording(start: number, { streamPath }: StreamPath): boolean {
    return start >= 0 && !this.#environment.hub.isLive(streamPath);
  }
}
