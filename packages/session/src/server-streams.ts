/**
 * The message streams of a server session: which there are, and what each is asked in which order.
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
import type { StreamKeeper } from "./stream-keeper.ts";
import type { StreamOwner } from "./stream-request-handlers.ts";
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
  readonly limits: SessionLimits;
  readonly owner: StreamOwner;
  /** Takes the commands that are none of RTMP. */
  readonly incomingCalls: IncomingCalls;
  readonly waiting: WaitingRequests;
  readonly handlers: ServerStreamsHandlers;
}

/** All message streams of one connection. */
export class ServerStreams implements StreamKeeper {
  readonly #connection: Connection;
  readonly #limits: SessionLimits;
  readonly #owner: StreamOwner;
  readonly #incomingCalls: IncomingCalls;
  readonly #handlers: ServerStreamsHandlers;
  readonly #streams = new Map<number, ServerStream>();
  readonly #execution: StreamCommands;

  constructor({
    connection,
    limits,
    owner,
    incomingCalls,
    waiting,
    handlers,
  }: ServerStreamsOptions) {
    this.#connection = connection;
    this.#limits = limits;
    this.#owner = owner;
    this.#incomingCalls = incomingCalls;
    this.#handlers = handlers;
    this.#execution = new StreamCommands({ limits, owner, streams: this, waiting });
  }

  /** Whether the stream still exists. */
  isCurrent(stream: ServerStream): boolean {
    return this.#streams.get(stream.id) === stream;
  }

  /** Ends what the stream does, in order, because the client says so. */
  close(stream: ServerStream): void {
    this.#endStream(stream, "closed");
  }

  /** Whether any stream publishes, plays or waits for an answer. */
  get anyActive(): boolean {
    return this.some(isBusy);
  }

  /** Whether any stream meets the condition. */
  some(condition: (stream: ServerStream) => boolean): boolean {
    for (const stream of this.#streams.values()) if (condition(stream)) return true;
    return false;
  }

  /**
   * Finds the stream that a media message belongs to, and counts the message as dropped where there is none.
   *
   * Some encoders send with an id that was never given out, or 0; they mean the only stream that publishes.
   */
  publishing(messageStreamId: number): ServerStream | undefined {
    const stream = this.#streams.get(messageStreamId) ?? this.#only() ?? this.#onlyPublishing();
    if (stream?.state === "publishing") return stream;
    if (stream !== undefined) stream.droppedMessages++;
    return undefined;
  }

  /** Returns the first stream that publishes. */
  firstPublishing(): ServerStream | undefined {
    for (const stream of this.#streams.values()) if (stream.state === "publishing") return stream;
    return undefined;
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
    for (const stream of this.#streams.values()) {
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
    const streams = [...this.#streams.values()];
    // From here on requests are void, also those that an owner answers while it is told.
    this.#streams.clear();
    for (const stream of streams) {
      stream.queue.length = 0;
      this.#endStream(stream, end);
    }
  }

  /** GStreamer sends the stream's name in place of its id. */
  #onDeleteStream(messageStreamId: number, command: Command): void {
    const id = readDeleteStream(command);
    if (id === undefined || this.#streams.has(id)) this.#onStream(id ?? messageStreamId, command);
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
      this.close(stream);
    }
  }

  #deleteStream(stream: ServerStream): void {
    this.close(stream);
    this.#streams.delete(stream.id);
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
    let id = 1;
    while (this.#streams.has(id)) id++;
    this.#add(id);
    this.#connection.sendCommand(createStreamResult(command.transactionId, id));
  }

  #add(id: number): ServerStream {
    const stream = new ServerStream(id, this.#connection, (finished) => this.#finish(finished));
    this.#streams.set(id, stream);
    return stream;
  }

  /** What a stream played is over; its playlist goes on when output is next taken. */
  #finish(stream: ServerStream): void {
    const rest = stream.playlist.splice(0);
    this.close(stream);
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
    for (const stream of this.#streams.values()) {
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
    const only = this.#only();
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

  #onlyPublishing(): ServerStream | undefined {
    const [first, second] = [...this.#streams.values()].filter(
      ({ state }) => state === "publishing",
    );
    return second === undefined ? first : undefined;
  }

  #only(): ServerStream | undefined {
    if (this.#streams.size !== 1) return undefined;
    return this.#streams.values().next().value;
  }
}

function isBusy(stream: ServerStream): boolean {
  return stream.active || stream.pending || stream.playlist.length > 0;
}
