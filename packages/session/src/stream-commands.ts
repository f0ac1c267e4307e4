/**
 * The commands of one message stream in a server: publish, play and playback control.
 *
 * RTMP §7.2.2
 */

import {
  type Command,
  MessageError,
  type PlayRequest,
  readPause,
  readPlay,
  readPlay2,
  readPublish,
  readReceive,
  readSeek,
  StatusCode,
} from "@rtmp/message";
import type { RtmpError } from "@rtmp/wire";
import type { CurrentPlay } from "./current-play.ts";
import { SessionError } from "./errors.ts";
import type { SessionLimits } from "./limits.ts";
import {
  type Answers,
  IncomingPause,
  IncomingPlay,
  IncomingPlay2,
  IncomingPublish,
  IncomingSeek,
  type IncomingStreamLength,
  type Rejection,
} from "./requests.ts";
import type { ServerStream } from "./server-stream.ts";

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

const names: ReadonlySet<string> = new Set([
  "publish",
  "play",
  "play2",
  "pause",
  "pauseRaw",
  "seek",
  "receiveAudio",
  "receiveVideo",
  "closeStream",
]);

/** Whether a command is one of a message stream. */
export function isStreamCommand(name: string): boolean {
  return names.has(name);
}

/** Construction of {@link StreamCommands}. */
export interface StreamCommandsOptions {
  readonly limits: SessionLimits;
  readonly requests: StreamRequestHandlers;
  /** Whether the stream still exists. */
  readonly isCurrent: (stream: ServerStream) => boolean;
  /** Ends what the stream does, in order. */
  readonly onEnd: (stream: ServerStream) => void;
  readonly onProblem: (error: RtmpError) => void;
}

/** Executes the commands of message streams. */
export class StreamCommands {
  readonly #options: StreamCommandsOptions;
  readonly #requests: StreamRequestHandlers;

  constructor(options: StreamCommandsOptions) {
    this.#options = options;
    this.#requests = options.requests;
  }

  /** Executes a command on a stream that waits for no answer; one that is none of a stream has no effect. */
  execute(stream: ServerStream, command: Command): void {
    switch (command.name) {
      case "publish":
        return this.#publish(stream, command);
      case "play":
        return this.#onPlay(stream, command);
      case "play2":
        return this.#play2(stream, command);
      case "pause":
      case "pauseRaw":
        return this.#pause(stream, command);
      case "seek":
        return this.#seek(stream, command);
      case "receiveAudio":
        return this.#receive(stream, command, "audio");
      case "receiveVideo":
        return this.#receive(stream, command, "video");
      case "closeStream":
        return this.#options.onEnd(stream);
      default:
    }
  }

  /** Asks the owner to play. */
  play(stream: ServerStream, play: PlayRequest): void {
    stream.become("play-pending", play.streamName);
    const answers = this.#openingAnswers(stream, StatusCode.PlayFailed, () => {
      stream.become("playing", play.streamName);
      stream.sendPlayStart(play.reset);
    });
    this.#requests.onPlay(new IncomingPlay(stream, play, answers));
  }

  #publish(stream: ServerStream, command: Command): void {
    const publish = this.#read(stream, () => readPublish(command));
    if (publish === undefined || !this.#makeRoom(stream, "playing", publish.streamName)) return;

    stream.become("publish-pending", publish.streamName);
    const answers = this.#openingAnswers(stream, StatusCode.PublishBadName, () => {
      stream.become("publishing", publish.streamName);
      stream.sendPublishStart();
    });
    this.#requests.onPublish(new IncomingPublish(stream, publish, answers));
  }

  #onPlay(stream: ServerStream, command: Command): void {
    const play = this.#read(stream, () => readPlay(command));
    if (play === undefined) return;
    if (!play.reset && stream.state === "playing") this.#append(stream, play);
    else if (this.#makeRoom(stream, "publishing", play.streamName)) this.play(stream, play);
  }

  #append(stream: ServerStream, play: PlayRequest): void {
    const { maxPlaylistEntries } = this.#options.limits;
    if (stream.playlist.length < maxPlaylistEntries) {
      stream.playlist.push(play);
      return;
    }
    const description = `no more than ${maxPlaylistEntries} entries in a playlist`;
    stream.sendStatus(StatusCode.PlayFailed, { description, details: play.streamName });
    this.#options.onProblem(new SessionError("RTMP_ERR_PLAYLIST_FULL", description));
  }

  #play2(stream: ServerStream, command: Command): void {
    const options = this.#read(stream, () => readPlay2(command));
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
    const inOrder: Answers = {
      accept: () => play.grant(request) && answers.accept(),
      reject: (rejection) => answers.reject(rejection),
    };
    const requests = this.#requests;
    if (requests.onPlay2 === undefined) answers.reject({ description: "play2 is not served" });
    else requests.onPlay2(new IncomingPlay2(stream, options, inOrder));
  }

  #pause(stream: ServerStream, command: Command): void {
    if (this.#requirePlay(stream, StatusCode.Failed) === undefined) return;

    const pause = readPause(command);
    const details = stream.streamName;
    const answers = this.#answers(stream, details, StatusCode.Failed, () => {
      const code = pause.paused ? StatusCode.PauseNotify : StatusCode.UnpauseNotify;
      const description = `${pause.paused ? "Pausing" : "Going on with"} ${details}.`;
      stream.sendStatus(code, { description, details });
    });
    const requests = this.#requests;
    if (requests.onPause === undefined) answers.reject({ description: "pause is not served" });
    else requests.onPause(new IncomingPause(stream, pause, answers));
  }

  #seek(stream: ServerStream, command: Command): void {
    if (this.#requirePlay(stream, StatusCode.SeekFailed) === undefined) return;
    const milliseconds = this.#read(stream, () => readSeek(command), StatusCode.SeekFailed);
    if (milliseconds === undefined) return;

    const details = stream.streamName;
    const answers = this.#answers(stream, details, StatusCode.SeekFailed, () =>
      stream.sendStatus(StatusCode.SeekNotify, {
        description: `Seeking ${milliseconds} in ${details}.`,
        details,
      }),
    );
    const requests = this.#requests;
    if (requests.onSeek === undefined) answers.reject({ description: "seek is not served" });
    else requests.onSeek(new IncomingSeek(stream, milliseconds, answers));
  }

  /** Flash sends it before play, too; a player that turns a kind on again is told so (RTMP §7.2.2.4). */
  #receive(stream: ServerStream, command: Command, kind: "audio" | "video"): void {
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
    this.#requests.onReceive?.(stream);
  }

  /** Answers to publish and play, for which later commands of the stream wait. */
  #openingAnswers(stream: ServerStream, defaultCode: StatusCode, accept: () => void): Answers {
    return answersWhile(
      () => this.#options.isCurrent(stream) && stream.pending,
      accept,
      ({ code, description }) => {
        const details = stream.streamName;
        stream.become("idle", "");
        stream.sendStatus(code ?? defaultCode, { description, details });
      },
    );
  }

  /** Answers to what a stream is asked while it plays; void when that play is over. */
  #answers(
    stream: ServerStream,
    details: string,
    defaultCode: StatusCode,
    accept: () => void,
  ): Answers {
    const { play } = stream;
    return answersWhile(
      () => this.#options.isCurrent(stream) && stream.play === play,
      accept,
      ({ code, description }) => stream.sendStatus(code ?? defaultCode, { description, details }),
    );
  }

  /** Ends what the stream did before; a stream that does the opposite is refused. */
  #makeRoom(stream: ServerStream, opposite: "playing" | "publishing", streamName: string): boolean {
    if (stream.state === opposite) {
      const description = `the stream is ${opposite} ${stream.streamName}`;
      this.#busy(stream, StatusCode.Failed, description, streamName);
      return false;
    }
    this.#options.onEnd(stream);
    // The owner may have ended the session when it was told.
    return this.#options.isCurrent(stream);
  }

  #requirePlay(stream: ServerStream, code: StatusCode): CurrentPlay | undefined {
    const { play, streamName } = stream;
    if (play === undefined) this.#busy(stream, code, "the stream is not playing", streamName);
    return play;
  }

  #busy(stream: ServerStream, code: StatusCode, description: string, details: string): void {
    stream.sendStatus(code, { description, details });
    this.#options.onProblem(new SessionError("RTMP_ERR_STREAM_BUSY", description));
  }

  #read<T>(
    stream: ServerStream,
    read: () => T,
    code: StatusCode = StatusCode.Failed,
  ): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      stream.sendStatus(code, { description: error.message });
      this.#options.onProblem(error);
      return undefined;
    }
  }
}

/** Answers that do something as long as the request is valid. */
function answersWhile(
  valid: () => boolean,
  accept: () => void,
  reject: (rejection: Rejection) => void,
): Answers {
  return {
    accept: () => {
      const isValid = valid();
      if (isValid) accept();
      return isValid;
    },
    reject: (rejection) => {
      const isValid = valid();
      if (isValid) reject(rejection);
      return isValid;
    },
  };
}
