/**
 * What a client asks of its message streams, in which order: what waits for an answer, and what goes on meanwhile.
 *
 * RTMP §7.2.1.3, §7.2.2
 */

import {
  type Command,
  createStreamResult,
  errorResult,
  onStatus,
  readDeleteStream,
  result,
  StatusCode,
} from "@rtmp/message";
import type { RtmpError } from "@rtmp/wire";
import type { Connection } from "./connection.ts";
import { answerEncoderCommand, isMeant, nameArgument, willPublish } from "./encoder-commands.ts";
import { SessionError } from "./errors.ts";
import type { IncomingCalls } from "./incoming-calls.ts";
import type { SessionLimits } from "./limits.ts";
import { IncomingStreamLength } from "./requests.ts";
import { ServerStream, type StreamEnd } from "./server-stream.ts";
import { isStreamCommand, StreamCommands } from "./stream-commands.ts";
import type { StreamOwner } from "./stream-request-handlers.ts";
import type { StreamTable } from "./stream-table.ts";
import type { WaitingRequests } from "./waiting-requests.ts";

// Commands of a stream that no client waits for.
const unanswered: ReadonlySet<string> = new Set([
  "closeStream",
  "deleteStream",
  "receiveAudio",
  "receiveVideo",
]);

/** What the streams tell their session. */
export interface ServerStreamsHandlers {
  onStreamEnd(stream: ServerStream, end: StreamEnd): void;
  /** The client asked for more than the limits allow; the session ends. */
  onOverflow(error: RtmpError): void;
}

/** Construction of {@link ServerStreams}. */
export interface ServerStreamsOptions {
  readonly connection: Connection;
  readonly streams: StreamTable;
  readonly limits: SessionLimits;
  readonly owner: StreamOwner;
  /** Takes the commands that are none of RTMP. */
  readonly incomingCalls: IncomingCalls;
  readonly waiting: WaitingRequests;
  readonly handlers: ServerStreamsHandlers;
}

/** Keeps the message streams of one connection busy. */
export class ServerStreams {
  readonly #connection: Connection;
  readonly #limits: SessionLimits;
  readonly #owner: StreamOwner;
  readonly #incomingCalls: IncomingCalls;
  readonly #handlers: ServerStreamsHandlers;
  readonly #streams: StreamTable;
  readonly #execution: StreamCommands;

  constructor(options: ServerStreamsOptions) {
    const { limits, owner, streams, waiting } = options;
    this.#connection = options.connection;
    this.#limits = limits;
    this.#owner = owner;
    this.#incomingCalls = options.incomingCalls;
    this.#handlers = options.handlers;
    this.#streams = streams;
    this.#execution = new StreamCommands({
      limits,
      owner,
      streams,
      waiting,
      onEnd: (stream) => this.#endStream(stream, "closed"),
    });
  }

  /** Executes a command, or queues it behind an answer that is due. */
  onCommand(messageStreamId: number, command: Command): void {
    // A decoded command has its usual name, whatever the letter case on the wire.
    switch (command.name) {
      case "createStream":
        return this.#createStream(command);
      case "deleteStream":
        return this.#onDeleteStream(messageStreamId, command);
      case "getStreamLength":
        return this.#getStreamLength(command);
      default:
    }
    if (answerEncoderCommand(this.#connection, command)) {
      if (command.name === "FCUnpublish") this.#fcUnpublish(command);
    } else if (isStreamCommand(command.name)) this.#onStream(messageStreamId, command);
    else this.#incomingCalls.offer(messageStreamId, command);
  }

  /** Executes the commands that waited for an answer which has been given by now. */
  runWaiting(): void {
    for (const stream of this.#streams.all) {
      this.#playNext(stream);
      while (!stream.pending) {
        const command = stream.queue.shift();
        if (command === undefined) break;
        this.#execute(stream, command);
      }
    }
  }

  /** Ends every stream. */
  endAll(end: StreamEnd): void {
    // From here on requests are void, also those that an owner answers while it is told.
    for (const stream of this.#streams.deleteAll()) {
      stream.queue.length = 0;
      this.#endStream(stream, end);
    }
  }

  /** GStreamer sends the stream's name in place of its id. */
  #onDeleteStream(messageStreamId: number, command: Command): void {
    const id = readDeleteStream(command);
    if (id === undefined || this.#streams.get(id) !== undefined)
      this.#onStream(id ?? messageStreamId, command);
    else this.#noStream(id, command);
  }

  #onStream(messageStreamId: number, command: Command): void {
    const stream = this.#streams.get(messageStreamId) ?? this.#stand(messageStreamId, command);
    if (stream === undefined) return;
    if (stream.pending || stream.queue.length > 0) this.#queue(stream, command);
    else this.#execute(stream, command);
  }

  #execute(stream: ServerStream, command: Command): void {
    if (command.name === "FCUnpublish") this.#unpublish(stream, command);
    else if (command.name === "deleteStream") this.#deleteStream(stream);
    else this.#execution.execute(stream, command);
  }

  #unpublish(stream: ServerStream, command: Command): void {
    const isPublishing = stream.state === "publishing";
    if (isPublishing && isMeant(nameArgument(command), stream.streamName)) {
      this.#endStream(stream, "closed");
    }
  }

  #deleteStream(stream: ServerStream): void {
    this.#endStream(stream, "closed");
    this.#streams.delete(stream);
    for (const command of stream.queue.splice(0)) {
      // The owner may end the session in any of them.
      if (this.#connection.stopped) return;
      this.#onStream(stream.id, command);
    }
  }

  #createStream(command: Command): void {
    if (this.#streams.size >= this.#limits.maxStreams) {
      const text = `no more than ${this.#limits.maxStreams} streams on one connection`;
      this.#connection.sendCommand(errorResult(command.transactionId, StatusCode.CallFailed, text));
      this.#owner.onProblem?.(new SessionError("RTMP_ERR_TOO_MANY_STREAMS", text));
      return;
    }
    const { id } = this.#add(this.#streams.freeId);
    this.#connection.sendCommand(createStreamResult(command.transactionId, id));
  }

  #add(id: number): ServerStream {
    const stream = new ServerStream(id, this.#connection, (finished) => this.#finish(finished));
    this.#streams.add(stream);
    return stream;
  }

  /** What a stream played is over; its playlist goes on when output is next taken. */
  #finish(stream: ServerStream): void {
    const rest = stream.playlist.splice(0);
    this.#endStream(stream, "closed");
    stream.playlist.push(...rest);
  }

  #playNext(stream: ServerStream): void {
    // An entry that is refused, or over at once, leaves the stream idle again.
    while (stream.state === "idle") {
      const next = stream.playlist.shift();
      if (next === undefined) return;
      this.#execution.play(stream, next);
    }
  }

  #endStream(stream: ServerStream, end: StreamEnd): void {
    const { active, state, streamName } = stream;
    stream.playlist.length = 0;
    stream.become("idle", "");
    if (!active) return;

    this.#handlers.onStreamEnd(stream, end);
    if (state === "publishing" && end === "closed") {
      const description = `${streamName} is now unpublished.`;
      stream.sendStatus(StatusCode.UnpublishSuccess, { description, details: streamName });
    }
  }

  #queue(stream: ServerStream, command: Command): void {
    if (stream.queue.length >= this.#limits.maxPendingCommands) {
      this.#handlers.onOverflow(
        new SessionError(
          "RTMP_ERR_TOO_MANY_PENDING_COMMANDS",
          `more than ${this.#limits.maxPendingCommands} commands wait on stream ${stream.id}`,
        ),
      );
      return;
    }
    stream.queue.push(command);
  }

  #fcUnpublish(command: Command): void {
    const name = nameArgument(command);
    for (const stream of this.#streams.all) {
      if (!willPublish(stream, name)) continue;
      if (stream.pending || stream.queue.length > 0) this.#queue(stream, command);
      else this.#execute(stream, command);
    }
  }

  /** A live stream has no length; who keeps recordings says more. */
  #getStreamLength(command: Command): void {
    const owner = this.#owner;
    if (owner.onGetStreamLength === undefined) {
      this.#answer(command, 0);
      return;
    }
    const answers = this.#incomingCalls.answersTo(command);
    if (answers === undefined) return;
    owner.onGetStreamLength(new IncomingStreamLength(nameArgument(command), answers));
  }

  #answer(command: Command, ...values: (number | undefined)[]): void {
    if (command.transactionId === 0) return;
    this.#connection.sendCommand(result(command.transactionId, ...values));
  }

  /** Finds a stream for an id that was never given out: the only one, or a new one for publish and play. */
  #stand(messageStreamId: number, command: Command): ServerStream | undefined {
    const { only } = this.#streams;
    if (only !== undefined) return only;

    const opens = command.name === "publish" || command.name === "play";
    if (opens && this.#streams.size < this.#limits.maxStreams) return this.#add(messageStreamId);
    this.#noStream(messageStreamId, command);
    return undefined;
  }

  #noStream(messageStreamId: number, { name }: Command): void {
    const text = `${name} on stream ${messageStreamId}, which does not exist`;
    if (!unanswered.has(name)) {
      const refusal = onStatus(StatusCode.Failed, { description: text });
      this.#connection.sendStreamCommand(messageStreamId, refusal);
    }
    this.#owner.onProblem?.(new SessionError("RTMP_ERR_UNKNOWN_STREAM", text));
  }
}
