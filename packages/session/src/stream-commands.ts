/**
 * The commands of one message stream in a server: publish and play, and the way to playback control.
 *
 * RTMP §7.2.2.1, §7.2.2.6
 */

import { type Command, type PlayRequest, readPlay, readPublish, StatusCode } from "@rtmp/message";
import { SessionError } from "./errors.ts";
import type { SessionLimits } from "./limits.ts";
import { PlaybackControl } from "./playback-control.ts";
import { type Answers, answersWhile, IncomingPlay, IncomingPublish } from "./requests.ts";
import type { ServerStream } from "./server-stream.ts";
import { readOrRefuse, refuseBusy } from "./stream-refusals.ts";
import type { StreamOwner } from "./stream-request-handlers.ts";
import type { StreamTable } from "./stream-table.ts";
import type { WaitingRequests } from "./waiting-requests.ts";

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
  readonly owner: StreamOwner;
  readonly streams: StreamTable;
  readonly waiting: WaitingRequests;
  /** Ends what the stream does, in order. */
  readonly onEnd: (stream: ServerStream) => void;
}

/** Executes the commands of message streams. */
export class StreamCommands {
  readonly #limits: SessionLimits;
  readonly #owner: StreamOwner;
  readonly #streams: StreamTable;
  readonly #onEnd: StreamCommandsOptions["onEnd"];
  readonly #playback: PlaybackControl;

  constructor({ limits, owner, streams, waiting, onEnd }: StreamCommandsOptions) {
    this.#limits = limits;
    this.#owner = owner;
    this.#streams = streams;
    this.#onEnd = onEnd;
    this.#playback = new PlaybackControl({ streams, owner, waiting });
  }

  /** Executes a command on a stream that waits for no answer; one that is none of a stream has no effect. */
  execute(stream: ServerStream, command: Command): void {
    switch (command.name) {
      case "publish":
        return this.#publish(stream, command);
      case "play":
        return this.#onPlay(stream, command);
      case "play2":
        return this.#playback.play2(stream, command);
      case "pause":
      case "pauseRaw":
        return this.#playback.pause(stream, command);
      case "seek":
        return this.#playback.seek(stream, command);
      case "receiveAudio":
        return this.#playback.receive(stream, command, "audio");
      case "receiveVideo":
        return this.#playback.receive(stream, command, "video");
      case "closeStream":
        return this.#onEnd(stream);
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
    this.#owner.onPlay(new IncomingPlay(stream, play, answers));
  }

  #publish(stream: ServerStream, command: Command): void {
    const publish = readOrRefuse(this.#owner, stream, () => readPublish(command));
    if (publish === undefined || !this.#makeRoom(stream, "playing", publish.streamName)) return;

    stream.become("publish-pending", publish.streamName);
    const answers = this.#openingAnswers(stream, StatusCode.PublishBadName, () => {
      stream.become("publishing", publish.streamName);
      stream.sendPublishStart();
    });
    this.#owner.onPublish(new IncomingPublish(stream, publish, answers));
  }

  #onPlay(stream: ServerStream, command: Command): void {
    const play = readOrRefuse(this.#owner, stream, () => readPlay(command));
    if (play === undefined) return;
    // Between two entries of a playlist nothing plays.
    const isPlaying = stream.state === "playing" || stream.playlist.length > 0;
    if (isPlaying && !play.reset) this.#append(stream, play);
    else if (this.#makeRoom(stream, "publishing", play.streamName)) this.play(stream, play);
  }

  #append(stream: ServerStream, play: PlayRequest): void {
    const { maxPlaylistEntries } = this.#limits;
    if (this.#streams.playlistEntries < maxPlaylistEntries) {
      stream.playlist.push(play);
      return;
    }
    const description = `no more than ${maxPlaylistEntries} entries in the playlists`;
    stream.sendStatus(StatusCode.PlayFailed, { description, details: play.streamName });
    this.#owner.onProblem?.(new SessionError("RTMP_ERR_PLAYLIST_FULL", description));
  }

  /** Answers to publish and play, for which later commands of the stream wait. */
  #openingAnswers(stream: ServerStream, defaultCode: StatusCode, accept: () => void): Answers {
    return answersWhile(
      () => this.#streams.holds(stream) && stream.pending,
      accept,
      ({ code, description }) => {
        const details = stream.streamName;
        stream.become("idle", "");
        stream.sendStatus(code ?? defaultCode, { description, details });
      },
    );
  }

  /** Ends what the stream did before; a stream that does the opposite is refused. */
  #makeRoom(stream: ServerStream, opposite: "playing" | "publishing", streamName: string): boolean {
    if (stream.state === opposite) {
      const description = `the stream is ${opposite} ${stream.streamName}`;
      const status = { description, details: streamName };
      refuseBusy(this.#owner, stream, StatusCode.Failed, status);
      return false;
    }
    this.#onEnd(stream);
    // The owner may have ended the session when it was told.
    return this.#streams.holds(stream);
  }
}
