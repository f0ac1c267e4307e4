/**
 * The message streams of a server session and the commands that concern them.
 *
 * RTMP §7.2.1.3, §7.2.2
 */

import {
  type Command,
  createStreamResult,
  errorResult,
  MessageError,
  onFcPublish,
  onFcSubscribe,
  onFcUnpublish,
  readDeleteStream,
  readPlay,
  readPublish,
  result,
  StatusCode,
} from "@rtmp/message";
import type { RtmpError } from "@rtmp/wire";
import type { Connection } from "./connection.ts";
import { SessionError } from "./errors.ts";
import type { SessionLimits } from "./limits.ts";
import { type Answers, IncomingPlay, IncomingPublish } from "./requests.ts";
import { ServerStream, type StreamEnd } from "./server-stream.ts";

/** What the streams tell their session. */
export interface ServerStreamsHandlers {
  onPublish(request: IncomingPublish): void;
  onPlay(request: IncomingPlay): void;
  onStreamEnd(stream: ServerStream, end: StreamEnd): void;
  onProblem(error: RtmpError): void;
  /** The client asked for more than the limits allow; the session ends. */
  onOverflow(error: RtmpError): void;
}

/** All message streams of one connection. */
export class ServerStreams {
  readonly #connection: Connection;
  readonly #limits: SessionLimits;
  readonly #handlers: ServerStreamsHandlers;
  readonly #streams = new Map<number, ServerStream>();

  // A decoded command has its usual name, whatever the letter case on the wire.
  readonly #commands: ReadonlyMap<string, (command: Command, messageStreamId: number) => void> =
    new Map([
      ["createStream", (command) => this.#createStream(command)],
      ["publish", (command, id) => this.#onStream(id, command)],
      ["play", (command, id) => this.#onStream(id, command)],
      ["closeStream", (command, id) => this.#onStream(id, command)],
      ["deleteStream", (command, id) => this.#onDeleteStream(id, command)],
      ["releaseStream", (command) => this.#answer(command)],
      ["FCPublish", (command) => this.#fcPublish(command)],
      ["FCUnpublish", (command) => this.#fcUnpublish(command)],
      ["FCSubscribe", (command) => this.#fcSubscribe(command)],
      ["getStreamLength", (command) => this.#answer(command, 0)],
      ["_checkbw", (command) => this.#answer(command)],
    ]);

  constructor(connection: Connection, limits: SessionLimits, handlers: ServerStreamsHandlers) {
    this.#connection = connection;
    this.#limits = limits;
    this.#handlers = handlers;
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
   * Some encoders send with an id that was never given out, or 0; they mean their only stream.
   */
  publishing(messageStreamId: number): ServerStream | undefined {
    const stream = this.#streams.get(messageStreamId) ?? this.#only();
    if (stream?.state === "publishing") return stream;
    if (stream !== undefined) stream.droppedMessages++;
    return undefined;
  }

  /** Executes a command, or queues it behind an answer that is due. */
  onCommand(messageStreamId: number, command: Command): void {
    const execute = this.#commands.get(command.name);
    if (execute === undefined) this.#unknown(command);
    else execute(command, messageStreamId);
  }

  /** Executes the commands that waited for an answer which has been given by now. */
  runWaiting(): void {
    for (const stream of this.#streams.values()) {
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
    switch (command.name) {
      case "publish":
        this.#publish(stream, command);
        break;
      case "play":
        this.#play(stream, command);
        break;
      case "closeStream":
      case "FCUnpublish":
        this.#endStream(stream, "closed");
        break;
      case "deleteStream":
        this.#deleteStream(stream);
        break;
      default:
        break;
    }
  }

  #deleteStream(stream: ServerStream): void {
    this.#endStream(stream, "closed");
    this.#streams.delete(stream.id);
    for (const command of stream.queue.splice(0)) this.#onStream(stream.id, command);
  }

  #createStream(command: Command): void {
    if (this.#streams.size >= this.#limits.maxStreams) {
      const text = `no more than ${this.#limits.maxStreams} streams on one connection`;
      this.#connection.sendCommand(errorResult(command.transactionId, StatusCode.CallFailed, text));
      this.#handlers.onProblem(new SessionError("RTMP_ERR_TOO_MANY_STREAMS", text));
      return;
    }
    let id = 1;
    while (this.#streams.has(id)) id++;
    this.#streams.set(id, new ServerStream(id, this.#connection));
    this.#connection.sendCommand(createStreamResult(command.transactionId, id));
  }

  #publish(stream: ServerStream, command: Command): void {
    const publish = this.#read(stream, () => readPublish(command));
    if (publish === undefined || !this.#makeRoom(stream, "playing", publish.streamName)) return;

    stream.become("publish-pending", publish.streamName);
    const answers = this.#answers(stream, StatusCode.PublishBadName, () => {
      stream.become("publishing", publish.streamName);
      stream.sendPublishStart();
    });
    this.#handlers.onPublish(new IncomingPublish(stream, publish, answers));
  }

  #play(stream: ServerStream, command: Command): void {
    const play = this.#read(stream, () => readPlay(command));
    if (play === undefined || !this.#makeRoom(stream, "publishing", play.streamName)) return;

    stream.become("play-pending", play.streamName);
    const answers = this.#answers(stream, StatusCode.PlayFailed, () => {
      stream.become("playing", play.streamName);
      stream.sendPlayStart(play.reset);
    });
    this.#handlers.onPlay(new IncomingPlay(stream, play, answers));
  }

  #answers(stream: ServerStream, defaultCode: StatusCode, accept: () => void): Answers {
    const valid = (): boolean => this.#streams.get(stream.id) === stream && stream.pending;
    return {
      accept: () => {
        if (!valid()) return false;
        accept();
        return true;
      },
      reject: ({ code, description }) => {
        if (!valid()) return false;
        const details = stream.streamName;
        stream.become("idle", "");
        stream.sendStatus(code ?? defaultCode, { description, details });
        return true;
      },
    };
  }

  /** Ends what the stream did before; a stream that does the opposite is refused. */
  #makeRoom(stream: ServerStream, opposite: "playing" | "publishing", streamName: string): boolean {
    if (stream.state === opposite) {
      const description = `the stream is ${opposite} ${stream.streamName}`;
      stream.sendStatus(StatusCode.Failed, { description, details: streamName });
      this.#handlers.onProblem(new SessionError("RTMP_ERR_STREAM_BUSY", description));
      return false;
    }
    this.#endStream(stream, "closed");
    // The owner may have ended the session when it was told.
    return this.#streams.get(stream.id) === stream;
  }

  #endStream(stream: ServerStream, end: StreamEnd): void {
    const { active, state, streamName } = stream;
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

  #read<T>(stream: ServerStream, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      stream.sendStatus(StatusCode.Failed, { description: error.message });
      this.#handlers.onProblem(error);
      return undefined;
    }
  }

  #fcPublish(command: Command): void {
    const name = nameArgument(command);
    this.#connection.sendCommand(onFcPublish(`Started publishing ${name}.`));
    this.#answer(command);
  }

  #fcUnpublish(command: Command): void {
    const name = nameArgument(command);
    this.#connection.sendCommand(onFcUnpublish(`Stopped publishing ${name}.`));
    this.#answer(command);
    for (const stream of this.#streams.values()) {
      if (stream.streamName !== name) continue;
      if (stream.state === "play-pending" || stream.state === "playing") continue;
      if (stream.pending || stream.queue.length > 0) this.#queue(stream, command);
      else this.#execute(stream, command);
    }
  }

  #fcSubscribe(command: Command): void {
    this.#connection.sendCommand(onFcSubscribe());
    this.#answer(command);
  }

  #answer(command: Command, ...values: (number | undefined)[]): void {
    if (command.transactionId === 0) return;
    this.#connection.sendCommand(result(command.transactionId, ...values));
  }

  #unknown({ name, transactionId }: Command): void {
    const text = `${name} is not a command of this server`;
    // An answer is never answered: two servers would keep each other busy.
    if (transactionId !== 0 && name !== "_result" && name !== "_error") {
      this.#connection.sendCommand(errorResult(transactionId, StatusCode.CallFailed, text));
    }
    this.#handlers.onProblem(new SessionError("RTMP_ERR_UNKNOWN_COMMAND", text));
  }

  /** Finds a stream for an id that was never given out: the only one, or a new one for publish and play. */
  #stand(messageStreamId: number, command: Command): ServerStream | undefined {
    const only = this.#only();
    if (only !== undefined) return only;

    const opens = command.name === "publish" || command.name === "play";
    if (!opens || this.#streams.size >= this.#limits.maxStreams) {
      this.#noStream(messageStreamId, command);
      return undefined;
    }
    const stream = new ServerStream(messageStreamId, this.#connection);
    this.#streams.set(messageStreamId, stream);
    return stream;
  }

  #noStream(messageStreamId: number, { name }: Command): void {
    const text = `${name} on stream ${messageStreamId}, which does not exist`;
    this.#handlers.onProblem(new SessionError("RTMP_ERR_UNKNOWN_STREAM", text));
  }

  #only(): ServerStream | undefined {
    if (this.#streams.size !== 1) return undefined;
    return this.#streams.values().next().value;
  }
}

function isBusy(stream: ServerStream): boolean {
  return stream.active || stream.pending;
}

function nameArgument(command: Command): string {
  const [name] = command.args;
  return typeof name === "string" ? name : "";
}
