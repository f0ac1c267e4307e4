/**
 * What a client asks of a stream while it plays: play2, pause, seek, and which kinds of media it wants.
 *
 * Other commands of the stream do not wait for the answers. One that comes when the play is over is void.
 *
 * RTMP §7.2.2.2, §7.2.2.4, §7.2.2.5, §7.2.2.7, §7.2.2.8
 */

import {
  type Command,
  readPause,
  readPlay2,
  readReceive,
  readSeek,
  StatusCode,
} from "@rtmp/message";
import type { CurrentPlay } from "./current-play.ts";
import {
  type Answers,
  answersWhile,
  IncomingPause,
  IncomingPlay2,
  IncomingSeek,
} from "./requests.ts";
import type { ServerStream } from "./server-stream.ts";
import { readOrRefuse, refuseBusy } from "./stream-refusals.ts";
import type { StreamOwner } from "./stream-request-handlers.ts";
import type { StreamTable } from "./stream-table.ts";
import type { WaitingRequests } from "./waiting-requests.ts";

/** Construction of {@link PlaybackControl}. */
export interface PlaybackControlOptions {
  readonly streams: StreamTable;
  readonly owner: StreamOwner;
  readonly waiting: WaitingRequests;
}

/** Executes playback control. */
export class PlaybackControl {
  readonly #streams: StreamTable;
  readonly #owner: StreamOwner;
  readonly #waiting: WaitingRequests;

  constructor({ streams, owner, waiting }: PlaybackControlOptions) {
    this.#streams = streams;
    this.#owner = owner;
    this.#waiting = waiting;
  }

  /** Asks the owner to go over to another stream. */
  play2(stream: ServerStream, command: Command): void {
    const owner = this.#owner;
    const options = readOrRefuse(owner, stream, () => readPlay2(command));
    if (options === undefined) return;
    const play = this.#requirePlay(stream, StatusCode.PlayFailed);
    if (play === undefined) return;

    const details = options.streamName;
    const request = play.ask();
    const answers = this.#answers(stream, details, StatusCode.PlayFailed, () => {
      stream.become("playing", details);
      const description = `Changing to ${details}.`;
      stream.sendStatus(StatusCode.PlayTransition, { description, details });
    });
    if (owner.onPlay2 === undefined) {
      answers.reject({ description: "play2 is not served" });
      return;
    }
    const inOrder: Answers = {
      accept: () => play.grant(request) && answers.accept(),
      reject: (rejection) => answers.reject(rejection),
    };
    owner.onPlay2(new IncomingPlay2(stream, options, inOrder));
  }

  /** Asks the owner to stop the media or to go on: pause and pauseRaw. */
  pause(stream: ServerStream, command: Command): void {
    const owner = this.#owner;
    if (this.#requirePlay(stream, StatusCode.Failed) === undefined) return;

    const pause = readPause(command);
    const details = stream.streamName;
    const answers = this.#answers(stream, details, StatusCode.Failed, () => {
      const code = pause.paused ? StatusCode.PauseNotify : StatusCode.UnpauseNotify;
      const description = `${pause.paused ? "Pausing" : "Going on with"} ${details}.`;
      stream.sendStatus(code, { description, details });
    });
    if (owner.onPause === undefined) answers.reject({ description: "pause is not served" });
    else owner.onPause(new IncomingPause(stream, pause, answers));
  }

  /** Asks the owner to go on from another place. */
  seek(stream: ServerStream, command: Command): void {
    const owner = this.#owner;
    const code = StatusCode.SeekFailed;
    if (this.#requirePlay(stream, code) === undefined) return;
    const milliseconds = readOrRefuse(owner, stream, () => readSeek(command), code);
    if (milliseconds === undefined) return;

    const details = stream.streamName;
    const answers = this.#answers(stream, details, code, () => {
      const description = `Seeking ${milliseconds} in ${details}.`;
      stream.sendStatus(StatusCode.SeekNotify, { description, details });
    });
    if (owner.onSeek === undefined) answers.reject({ description: "seek is not served" });
    else owner.onSeek(new IncomingSeek(stream, milliseconds, answers));
  }

  /**
   * Notes whether the client wants audio or video: receiveAudio and receiveVideo.
   *
   * Flash sends it before play, too; a player that turns a kind on again is told so (RTMP §7.2.2.4).
   */
  receive(stream: ServerStream, command: Command, kind: "audio" | "video"): void {
    const flag = readReceive(command);
    const before = kind === "audio" ? stream.receivesAudio : stream.receivesVideo;
    if (flag === before) return;

    stream.setReceives(kind, flag);
    if (flag && stream.state === "playing") {
      const details = stream.streamName;
      stream.sendStatus(StatusCode.SeekNotify, { description: `Sending ${kind} again.`, details });
      const description = `Started playing ${details}.`;
      stream.sendStatus(StatusCode.PlayStart, { description, details });
    }
    this.#owner.onReceive?.(stream);
  }

  #answers(
    stream: ServerStream,
    details: string,
    defaultCode: StatusCode,
    accept: () => void,
  ): Answers {
    const { play } = stream;
    const answers = answersWhile(
      () => this.#streams.holds(stream) && stream.play === play,
      accept,
      ({ code, description }) => stream.sendStatus(code ?? defaultCode, { description, details }),
    );
    return this.#waiting.hold(answers);
  }

  /** Returns what plays; refuses what is asked while nothing does, or while too many requests wait. */
  #requirePlay(stream: ServerStream, code: StatusCode): CurrentPlay | undefined {
    const { play, streamName } = stream;
    if (play === undefined) {
      const description = "the stream is not playing";
      refuseBusy(this.#owner, stream, code, { description, details: streamName });
      return undefined;
    }
    const refusal = this.#waiting.refusal();
    if (refusal === undefined) return play;
    stream.sendStatus(code, { description: refusal.message, details: streamName });
    this.#owner.onProblem?.(refusal);
    return undefined;
  }
}
