/**
 * The part of a session that both roles share: handshake, chunk streams, protocol control, acknowledgements, pings.
 *
 * Sans-IO: bytes and the time come in, messages and bytes go out.
 *
 * RTMP §5.2 to §5.4, §7.1.7
 */

import {
  ChunkReader,
  decodeProtocolControl,
  encodeAcknowledgement,
  encodeSetChunkSize,
  encodeSetPeerBandwidth,
  encodeWindowAcknowledgementSize,
  LimitType,
  type Message,
  MessageTypeId,
  type OutgoingMessage,
  ReceivedCounter,
  SendWindow,
} from "@rtmp/chunk";
import type { HandshakeStep } from "@rtmp/handshake";
import {
  type Command,
  decodeUserControl,
  encodeCommand,
  encodeUserControl,
  type UserControl,
  UserControlEvent,
} from "@rtmp/message";
import { RtmpError } from "@rtmp/wire";
import { OutputQueue } from "./output-queue.ts";
import type { SessionLimits } from "./limits.ts";

/**
 * Chunk streams of the connection's own writer; shared chunks use others.
 *
 * The numbers are the field's habit, no peer decides meaning by them (RTMP §5.3.1.1 fixes only 2).
 */
const ControlChunkStream = 2;
const CommandChunkStream = 3;
const StatusChunkStream = 5;
const AudioChunkStream = 8;
const VideoChunkStream = 9;
const DataChunkStream = 10;

// The window that is announced to the peer and asked of it, in bytes; what most servers use.
const windowBytes = 2_500_000;

/** Either role's handshake. */
export interface Handshake {
  /** The first bytes of the side that begins. */
  start?(): Uint8Array;
  receive(bytes: Uint8Array): HandshakeStep;
}

/** What a connection tells the role above it. */
export interface ConnectionHandlers {
  /** The handshake is over. */
  onOpen(): void;
  /** A message arrived that is neither protocol control nor user control. */
  onMessage(message: Message): void;
  /** A user control message arrived; pings have been answered. */
  onUserControl(control: UserControl): void;
  /** A user control message could not be read and was dropped. */
  onFault(error: RtmpError): void;
  /** Output waits where none did before. */
  onOutput(): void;
}

/** Construction of a {@link Connection}. */
export interface ConnectionOptions {
  readonly handshake: Handshake;
  readonly handlers: ConnectionHandlers;
  readonly limits: SessionLimits;
  /** Whether the transport uses its receive buffers again. */
  readonly reuseInput: boolean;
  /** When the connection began, on the clock that `receive` and `tick` use. */
  readonly now: number;
}

/** One connection's state below the commands. */
export class Connection {
  // Let go when it is over: it holds on to what the peer sent.
  #handshake: Handshake | undefined;
  readonly #handlers: ConnectionHandlers;
  readonly #limits: SessionLimits;
  readonly #reader: ChunkReader;
  readonly #output = new OutputQueue();
  readonly #received = new ReceivedCounter();
  readonly #sendWindow = new SendWindow();
  readonly #onMessage = (message: Message): void => this.#dispatch(message);
  #stopped = false;
  #lastReceivedAt: number;
  #pingWaits = false;
  #answersPings = false;

  constructor(options: ConnectionOptions) {
    this.#handshake = options.handshake;
    this.#handlers = options.handlers;
    this.#limits = options.limits;
    this.#reader = new ChunkReader({
      limits: options.limits.chunk,
      reuseInput: options.reuseInput,
    });
    this.#lastReceivedAt = options.now;
  }

  /** Whether the handshake is over. */
  get open(): boolean {
    return this.#handshake === undefined;
  }

  /** When the last byte arrived. */
  get lastReceivedAt(): number {
    return this.#lastReceivedAt;
  }

  /** Begins the handshake, in the role that speaks first. */
  start(): void {
    const first = this.#handshake?.start?.();
    if (first !== undefined) this.sendShared(first);
  }

  /** Whether the peer has answered a ping, so that silence means that it is gone. */
  get answersPings(): boolean {
    return this.#answersPings;
  }

  /** Payload bytes per chunk of what this side sends. */
  get chunkSize(): number {
    return this.#output.writer.chunkSize;
  }

  /** Bytes sent that the peer has not acknowledged; undefined while it never acknowledged any. */
  get unacknowledgedBytes(): number | undefined {
    return this.#sendWindow.unacknowledgedBytes;
  }

  /**
   * Takes in received bytes.
   *
   * @throws RtmpError when the peer broke the handshake or the chunk format; the connection is then unusable
   */
  receive(bytes: Uint8Array, now: number): void {
    this.#lastReceivedAt = now;
    this.#pingWaits = false;

    const handshake = this.#handshake;
    if (handshake === undefined) this.#reader.push(bytes, this.#onMessage);
    else this.#shakeHands(handshake, bytes);

    const due = this.#received.onReceived(bytes.length);
    if (due !== undefined && this.open) {
      this.#sendControl(MessageTypeId.Acknowledgement, encodeAcknowledgement(due));
    }
  }

  /** Whether `stop` was called. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Looks at nothing more that arrives and queues nothing more; what is queued can still be taken. */
  stop(): void {
    this.#stopped = true;
  }

  /** When `tick` has something to do. */
  nextDeadline(): number {
    return this.#pingWaits || !this.open
      ? Number.POSITIVE_INFINITY
      : this.#lastReceivedAt + this.#limits.pingAfterMs;
  }

  /** Asks a silent peer whether it is there. */
  tick(now: number): void {
    if (now < this.nextDeadline()) return;

    // One ping at a time: a peer that reads nothing does not gather them.
    this.#pingWaits = true;
    this.sendUserControl({ event: UserControlEvent.PingRequest, timestamp: now >>> 0 });
  }

  /** Announces window, peer bandwidth and chunk size, in the order that every client knows. */
  announce(chunkSize: number): void {
    this.announceWindow();
    this.#sendControl(
      MessageTypeId.SetPeerBandwidth,
      encodeSetPeerBandwidth(windowBytes, LimitType.Dynamic),
    );
    this.announceChunkSize(chunkSize);
  }

  /** Announces the chunk size, and uses it from the next message on. */
  announceChunkSize(chunkSize: number): void {
    this.#sendControl(MessageTypeId.SetChunkSize, encodeSetChunkSize(chunkSize));
  }

  /** Announces by which window the peer is to acknowledge. */
  announceWindow(): void {
    this.#sendControl(
      MessageTypeId.WindowAcknowledgementSize,
      encodeWindowAcknowledgementSize(windowBytes),
    );
    this.#sendWindow.onWindowAcknowledgementSizeSent(windowBytes);
  }

  /** Sends a command of the connection. */
  sendCommand(command: Command): void {
    this.#send({
      chunkStreamId: CommandChunkStream,
      timestamp: 0,
      typeId: MessageTypeId.CommandAmf0,
      messageStreamId: 0,
      payload: encodeCommand(command),
    });
  }

  /** Sends a command of a message stream, `onStatus` as a rule. */
  sendStreamCommand(messageStreamId: number, command: Command): void {
    this.#send({
      chunkStreamId: StatusChunkStream,
      timestamp: 0,
      typeId: MessageTypeId.CommandAmf0,
      messageStreamId,
      payload: encodeCommand(command),
    });
  }

  /** Sends a data message of a message stream; the payload is a whole AMF0 body. */
  sendData(messageStreamId: number, payload: Uint8Array): void {
    this.#send({
      chunkStreamId: StatusChunkStream,
      timestamp: 0,
      typeId: MessageTypeId.DataAmf0,
      messageStreamId,
      payload,
    });
  }

  /** Sends audio, video or data of a message stream; `typeId` is a media type. */
  sendMedia(messageStreamId: number, typeId: number, timestamp: number, payload: Uint8Array): void {
    const chunkStreamId = mediaChunkStream(typeId);
    this.#send({ chunkStreamId, timestamp, typeId, messageStreamId, payload });
  }

  /** Sends a shared object message of the connection. */
  sendSharedObject(payload: Uint8Array): void {
    this.#send({
      chunkStreamId: CommandChunkStream,
      timestamp: 0,
      typeId: MessageTypeId.SharedObjectAmf0,
      messageStreamId: 0,
      payload,
    });
  }

  /** Sends a user control message. */
  sendUserControl(control: UserControl): void {
    this.#sendControl(MessageTypeId.UserControl, encodeUserControl(control));
  }

  /** Queues bytes by reference, such as chunks that were built for many peers; they must not change afterwards. */
  sendShared(bytes: Uint8Array): void {
    if (this.#stopped) return;
    const wasEmpty = this.#output.empty;
    this.#output.push(bytes);
    if (wasEmpty) this.#handlers.onOutput();
  }

  /** Returns what is to be sent, in order, and counts it as sent. */
  takeOutput(): readonly Uint8Array[] {
    const pieces = this.#output.take();
    for (const piece of pieces) this.#sendWindow.onSent(piece.length);
    return pieces;
  }

  /** Counts shared chunks that went to the transport without passing through the queue. */
  countShared(byteCount: number): void {
    this.#sendWindow.onSent(byteCount);
  }

  /** Whether nothing waits to be sent. */
  get outputEmpty(): boolean {
    return this.#output.empty;
  }

  #shakeHands(handshake: Handshake, bytes: Uint8Array): void {
    const step = handshake.receive(bytes);
    if (step.send !== undefined) this.sendShared(step.send);
    if (!step.done) return;

    this.#handshake = undefined;
    this.#handlers.onOpen();
    if (step.surplus !== undefined) this.#reader.push(step.surplus, this.#onMessage);
  }

  #dispatch(message: Message): void {
    if (this.#stopped) return;
    switch (message.typeId) {
      case MessageTypeId.SetChunkSize:
      case MessageTypeId.Abort:
        return; // The reader has applied them.
      case MessageTypeId.Acknowledgement:
      case MessageTypeId.WindowAcknowledgementSize:
      case MessageTypeId.SetPeerBandwidth:
        return this.#onProtocolControl(message);
      case MessageTypeId.UserControl:
        return this.#onUserControl(message.payload);
      default:
        return this.#handlers.onMessage(message);
    }
  }

  #onProtocolControl(message: Message): void {
    const control = decodeProtocolControl(message.typeId, message.payload);
    if (control.typeId === MessageTypeId.Acknowledgement) {
      this.#sendWindow.onAcknowledgement(control.sequenceNumber);
    } else if (control.typeId === MessageTypeId.WindowAcknowledgementSize) {
      this.#received.window = control.windowAcknowledgementSize;
    } else if (control.typeId === MessageTypeId.SetPeerBandwidth) {
      this.#onSetPeerBandwidth(control.windowAcknowledgementSize, control.limitType);
    }
  }

  #onSetPeerBandwidth(bytes: number, limitType: number): void {
    if (!this.#sendWindow.onSetPeerBandwidth(bytes, limitType)) return;
    const { window = bytes } = this.#sendWindow;
    this.#sendControl(
      MessageTypeId.WindowAcknowledgementSize,
      encodeWindowAcknowledgementSize(window),
    );
  }

  #onUserControl(payload: Uint8Array): void {
    let control: UserControl;
    try {
      control = decodeUserControl(payload);
    } catch (error) {
      if (!(error instanceof RtmpError)) throw error;
      this.#handlers.onFault(error);
      return;
    }

    if (control.event === UserControlEvent.PingRequest) {
      this.sendUserControl({ ...control, event: UserControlEvent.PingResponse });
    } else if (control.event === UserControlEvent.PingResponse) {
      this.#answersPings = true;
    }
    this.#handlers.onUserControl(control);
  }

  #sendControl(typeId: number, payload: Uint8Array): void {
    this.#send({
      chunkStreamId: ControlChunkStream,
      timestamp: 0,
      typeId,
      messageStreamId: 0,
      payload,
    });
  }

  #send(message: OutgoingMessage): void {
    if (this.#stopped) return;
    const wasEmpty = this.#output.empty;
    this.#output.writer.write(message);
    if (wasEmpty) this.#handlers.onOutput();
  }
}

function mediaChunkStream(typeId: number): number {
  if (typeId === MessageTypeId.Audio) return AudioChunkStream;
  return typeId === MessageTypeId.Video ? VideoChunkStream : DataChunkStream;
}
