/**
 * The client side of one RTMP connection, as a state machine: bytes and the time in, answers, media and bytes out.
 *
 *   handshake ─► connect sent ─► connected ─► any number of message streams, each idle, publishing or playing
 *
 * RTMP §7.2
 */

import { ClientHandshake, type HandshakeForm, type KeyAgreement } from "@rtmp/handshake";
import {
  callCommand,
  type Command,
  connectCommand,
  isStreamEvent,
  type ConnectOptions,
  type ConnectReply,
  readConnectReply,
  readStatus,
  result,
  type Status,
  type UserControl,
  UserControlEvent,
} from "@rtmp/message";
import type { RandomBytes, RtmpError } from "@rtmp/wire";
import { checkChunkSize, defaultChunkSize } from "../chunk-size.ts";
import type { DrivenSession } from "../driver.ts";
import { SessionError } from "../errors.ts";
import type { MediaMessage } from "../inbox.ts";
import { Session } from "../session.ts";
import type { SessionHandlers, SessionOptions } from "../session-options.ts";
import { swfCheckType, type SwfDigest, swfVerification } from "../swf-verification.ts";
import type { CallAnswer, OnCallAnswer, OnLateResult } from "../transactions.ts";
import { ClientStream } from "./client-stream.ts";
import { ClientStreams } from "./client-streams.ts";
import type { ClientStreamHandlers } from "./stream-line.ts";

/** What a client session tells its owner; calls come from inside `receive`, `tick`, `takeOutput` or `end`. */
export interface ClientSessionHandlers extends SessionHandlers {
  /** The server accepted `connect`. */
  onConnected(reply: ConnectReply): void;
  /** The server sent onStatus for the connection: a Reconnect Request, or that it shuts down. */
  onStatus?(status: Status): void;
}

/** Construction of a {@link ClientSession}. */
export interface ClientSessionOptions extends SessionOptions {
  /** Is told what the server answers and sends. */
  readonly handlers: ClientSessionHandlers;
  /** What `connect` says. */
  readonly connect: ConnectOptions;
  /** The form of handshake to ask for; a server that does not know `digest` answers in the simple form. @default "digest" */
  readonly handshake?: HandshakeForm;
  /** Asks for RTMPE, and makes the keys; a server that does not speak it ends the session. @default plain RTMP */
  readonly rtmpe?: KeyAgreement;
  /** Payload bytes per chunk of what this side sends, 1 to 0x7fffffff. @default 65536 */
  readonly chunkSize?: number;
  /** The SWF file that is proved to servers that ask for it. @default such requests go unanswered */
  readonly swf?: SwfDigest;
  /** Source of the handshake's random bytes. @default the platform's */
  readonly randomBytes?: RandomBytes;
}

/** The client side of one connection. */
export class ClientSession extends Session {
  readonly #handlers: ClientSessionHandlers;
  readonly #handshake: ClientHandshake;
  readonly #options: ClientSessionOptions;
  readonly #chunkSize: number;
  readonly #streams = new ClientStreams();
  readonly #startedAt: number;
  #openedAt: number | undefined;
  #isReading = true;
  #readingSince: number;
  #reply: ConnectReply | undefined;
  #closeReason: Status | undefined;

  /** @throws RangeError when a limit or the chunk size is out of range */
  constructor(options: ClientSessionOptions) {
    const { handlers, randomBytes, rtmpe, handshake: form = "digest" } = options;
    const handshake = new ClientHandshake({
      form,
      ...(rtmpe === undefined ? {} : { rtmpe }),
      ...(randomBytes === undefined ? {} : { randomBytes }),
    });
    // The transaction id of connect is 1 by the specification.
    super({ handlers, options, handshake, firstTransactionId: 1 });
    this.#handlers = handlers;
    this.#handshake = handshake;
    this.#options = options;
    this.#chunkSize = checkChunkSize(options.chunkSize ?? defaultChunkSize);
    this.#startedAt = options.now;
    this.#readingSince = options.now;
    this.connection.start();
  }

  /** What the server answered to `connect`; undefined before. */
  get reply(): ConnectReply | undefined {
    return this.#reply;
  }

  /** Payload bytes per chunk of what this side sends; final once the server has answered `connect`. */
  get chunkSize(): number {
    return this.connection.chunkSize;
  }

  /** A server may take its time to read; it must be heard all the same. */
  get pressure(): DrivenSession["pressure"] {
    return "nothing";
  }

  /** Is told that the owner stops to read what arrives: silence says nothing of the server from here on. */
  stopReading(): void {
    this.#isReading = false;
  }

  /**
   * Is told that the owner reads again; the time that a server may be silent begins anew.
   *
   * @param now  the time in milliseconds
   */
  readOn(now: number): void {
    this.#isReading = true;
    this.#readingSince = now;
  }

  /**
   * Makes a message stream; the server hears of it when it publishes or plays.
   *
   * @throws SessionError `RTMP_ERR_SESSION_ENDED` when the session has ended, `RTMP_ERR_TOO_MANY_STREAMS`
   * @throws TypeError before `connect` was answered
   */
  stream(handlers: ClientStreamHandlers): ClientStream {
    this.requireConnected("a stream");
    const { maxStreams } = this.limits;
    if (this.#streams.size >= maxStreams) {
      throw new SessionError("RTMP_ERR_TOO_MANY_STREAMS", `no more than ${maxStreams} streams`);
    }
    const stream = new ClientStream(
      {
        send: (...command) => this.#send(...command),
        forget: (transactionId) => this.transactions.forget(transactionId),
        sendMedia: (messageStreamId, typeId, timestamp, payload) =>
          this.connection.sendMedia(messageStreamId, typeId, timestamp, payload),
        sendShared: (bytes) => this.connection.sendShared(bytes),
        sendBufferLength: (messageStreamId, bufferLengthMs) =>
          this.sendUserControl({
            event: UserControlEvent.SetBufferLength,
            messageStreamId,
            bufferLengthMs,
          }),
        onCreated: (created) => this.#streams.onCreated(created),
        onDeleted: (deleted) => this.#streams.delete(deleted),
      },
      handlers,
    );
    this.#streams.add(stream);
    return stream;
  }

  protected onOpen(): void {
    this.#openedAt = this.now;
    this.connection.announceChunkSize(this.#chunkSize);
    this.transactions.open("connect", (answer) => this.#onConnectAnswer(answer));
    this.connection.sendCommand(connectCommand(this.#options.connect));
  }

  protected onMedia(message: MediaMessage): void {
    this.#streams.find(message.messageStreamId)?.receive(message);
  }

  protected onCommand(messageStreamId: number, command: Command): void {
    switch (command.name) {
      case "onStatus":
        this.#onStatus(messageStreamId, readStatus(command));
        return;
      case "onBWDone":
        // What librtmp and FFmpeg answer; some servers begin to measure then.
        this.#send(0, (id) => callCommand(id, "_checkbw"));
        return;
      case "_onbwcheck":
        this.#answer(command, command.args[0]);
        return;
      case "ping":
        this.connection.sendCommand(callCommand(command.transactionId, "pong"));
        return;
      case "close":
        this.end(this.#refusal());
        return;
      case "_result":
      case "_error":
        return; // Of releaseStream and the FC commands, which nobody waits for.
      case "_onbwdone":
      case "onFCPublish":
      case "onFCUnpublish":
      case "onFCSubscribe":
      case "onFCUnsubscribe":
        return;
      default:
        this.incomingCalls.offer(messageStreamId, command);
    }
  }

  protected override onUserControl(control: UserControl): void {
    super.onUserControl(control);
    if (control.kind === "unknown") return;
    if ("messageStreamId" in control && isStreamEvent(control.event))
      this.#streams.get(control.messageStreamId)?.receiveEvent(control.event);
    else if (control.event === UserControlEvent.SwfVerifyRequest) this.#proveSwf(control.data);
  }

  protected get connected(): boolean {
    return this.#reply !== undefined;
  }

  protected get pingAfterMs(): number {
    return this.limits.pingAfterMs;
  }

  protected get deadline(): number {
    const { handshakeTimeoutMs, connectTimeoutMs, silentServerMs } = this.limits;
    if (this.#openedAt === undefined) return this.#startedAt + handshakeTimeoutMs;
    if (this.#reply === undefined) return this.#openedAt + connectTimeoutMs;
    const { answersPings, lastReceivedAt } = this.connection;
    if (!answersPings || !this.#isReading) return Number.POSITIVE_INFINITY;
    return Math.max(lastReceivedAt, this.#readingSince) + silentServerMs;
  }

  protected settle(): void {
    // No limit of this role depends on when something was noticed.
  }

  protected exceeded(now: number): SessionError | undefined {
    if (now < this.deadline) return undefined;
    if (this.#openedAt === undefined) {
      return new SessionError("RTMP_ERR_HANDSHAKE_TIMEOUT", "the handshake took too long");
    }
    return this.#reply === undefined
      ? notAnswered()
      : new SessionError("RTMP_ERR_SILENT_PEER", "the server has been silent for too long");
  }

  protected runWaiting(): void {
    // A client has no requests that wait for its owner.
  }

  protected endStreams(): void {
    for (const stream of this.#streams.deleteAll()) stream.end(this.closeCause);
  }

  #onConnectAnswer(answer: CallAnswer): void {
    if (!answer.ok) {
      const { code, status } = answer.error;
      if (code === "RTMP_ERR_CALL_TIMEOUT") this.end(notAnswered());
      else if (code === "RTMP_ERR_CALL_REJECTED") this.end(refused(status));
      return;
    }
    const reply = readConnectReply(answer.command);
    if (reply.level === "error") {
      this.end(refused(reply));
      return;
    }
    this.#reply = reply;
    this.connection.announceWindow();
    this.#handlers.onConnected(reply);
  }

  #onStatus(messageStreamId: number, status: Status): void {
    const isOfStream = messageStreamId !== 0 || status.code.startsWith("NetStream.");
    const stream = isOfStream ? this.#streams.findOfStatus(messageStreamId) : undefined;
    if (stream !== undefined) {
      stream.receiveStatus(status);
      return;
    }
    // It comes too late for a stream that was given back.
    if (messageStreamId !== 0 && status.code.startsWith("NetStream.")) return;
    this.#closeReason = status;
    if (this.#reply === undefined && status.level === "error") this.end(refused(status));
    else this.#handlers.onStatus?.(status);
  }

  #send(
    messageStreamId: number,
    build: (transactionId: number) => Command,
    onAnswer?: OnCallAnswer,
    onLate?: OnLateResult,
  ): number {
    const command = build(this.transactions.nextId);
    if (onAnswer === undefined) this.transactions.skip();
    else this.transactions.open(command.name, onAnswer, onLate);
    if (messageStreamId === 0) this.connection.sendCommand(command);
    else this.connection.sendStreamCommand(messageStreamId, command);
    return command.transactionId;
  }

  #answer({ transactionId }: Command, value: Command["args"][number]): void {
    if (transactionId !== 0) this.connection.sendCommand(result(transactionId, value));
  }

  #proveSwf([type]: Uint8Array): void {
    const { swf } = this.#options;
    const key = this.#handshake.swfVerificationKey;
    if (swf === undefined || key === undefined || type !== swfCheckType) return;
    const data = swfVerification(swf, key);
    this.sendUserControl({ event: UserControlEvent.SwfVerifyResponse, data });
  }

  /** Why a server that says `close` does so; undefined when it gave no reason. */
  #refusal(): RtmpError | undefined {
    if (this.#reply === undefined) return refused(this.#closeReason);
    return undefined;
  }
}

function notAnswered(): SessionError {
  return new SessionError("RTMP_ERR_CONNECT_TIMEOUT", "the server did not answer connect in time");
}

function refused(status: Status | undefined): SessionError {
  const reason = [status?.code, status?.description].filter((text) => text).join(": ");
  const text = `the server refused to connect: ${reason || "no reason given"}`;
  return new SessionError("RTMP_ERR_CONNECT_REJECTED", text, { status });
}
