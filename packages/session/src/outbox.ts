/**
 * What a connection sends: each kind of message on its chunk stream, and the chunks of others, in order.
 *
 * RTMP §5.3, §5.4, §7.1
 */

import {
  encodeSetChunkSize,
  encodeSetPeerBandwidth,
  encodeWindowAcknowledgementSize,
  LimitType,
  MessageTypeId,
  type OutgoingMessage,
  SendWindow,
} from "@rtmp/chunk";
import type { ConnectionCipher } from "@rtmp/handshake";
import { type Command, encodeCommand, encodeUserControl, type UserControl } from "@rtmp/message";
import { OutputQueue } from "./output-queue.ts";

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

// The windows that are announced to the peer, and asked of it. OBS and most servers say 2,500,000; nginx-rtmp says twice that,
// which halves what thousands of players have to acknowledge.
const clientWindowBytes = 2_500_000;
const serverWindowBytes = 5_000_000;

/** The sending side of one connection. */
export abstract class Outbox {
  /** What was sent, and what the peer has acknowledged of it. */
  protected readonly sendWindow: SendWindow = new SendWindow();
  readonly #output = new OutputQueue();
  #stopped = false;
  #cipher: ConnectionCipher | undefined;
  // Pieces at the front of the queue that belong to the handshake and stay as they are.
  #clearPieces = 0;

  /** Is told when output waits where none did before. */
  protected abstract onOutput(): void;

  /** Payload bytes per chunk of what this side sends. */
  get chunkSize(): number {
    return this.#output.writer.chunkSize;
  }

  /** Bytes sent that the peer has not acknowledged; undefined while it never acknowledged any. */
  get unacknowledgedBytes(): number | undefined {
    return this.sendWindow.unacknowledgedBytes;
  }

  /** What the connection is encrypted with behind the handshake; undefined in plain RTMP. */
  get cipher(): ConnectionCipher | undefined {
    return this.#cipher;
  }

  /** Whether `stop` was called. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Looks at nothing more that arrives and queues nothing more; what is queued can still be taken. */
  stop(): void {
    this.#stopped = true;
  }

  /** Announces a server's window, peer bandwidth and chunk size, in the order that every client knows. */
  announce(chunkSize: number): void {
    this.#announceWindow(serverWindowBytes);
    this.sendControl(
      MessageTypeId.SetPeerBandwidth,
      encodeSetPeerBandwidth(serverWindowBytes, LimitType.Dynamic),
    );
    this.announceChunkSize(chunkSize);
  }

  /** Announces the chunk size, and uses it from the next message on. */
  announceChunkSize(chunkSize: number): void {
    this.sendControl(MessageTypeId.SetChunkSize, encodeSetChunkSize(chunkSize));
  }

  /** Announces by which window the server is to acknowledge. */
  announceWindow(): void {
    this.#announceWindow(clientWindowBytes);
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
    this.sendControl(MessageTypeId.UserControl, encodeUserControl(control));
  }

  /** Queues bytes by reference, such as chunks that were built for many peers; they must not change afterwards. */
  sendShared(bytes: Uint8Array): void {
    if (this.#stopped) return;
    const wasEmpty = this.#output.empty;
    this.#output.push(bytes);
    if (wasEmpty) this.onOutput();
  }

  /** Returns what is to be sent, in order, and counts it as sent. */
  takeOutput(): readonly Uint8Array[] {
    const pieces = this.#output.take();
    for (const piece of pieces) this.sendWindow.onSent(piece.length);
    return this.#cipher === undefined ? pieces : this.#encrypted(pieces, this.#cipher);
  }

  /** Counts shared chunks that went to the transport without passing through the queue. */
  countShared(byteCount: number): void {
    this.sendWindow.onSent(byteCount);
  }

  /** Whether nothing waits to be sent. */
  get outputEmpty(): boolean {
    return this.#output.empty;
  }

  /** Encrypts what is queued from now on, and leaves what waits already in the clear. */
  protected encryptWith(cipher: ConnectionCipher): void {
    this.#cipher = cipher;
    this.#clearPieces = this.#output.seal();
  }

  /** Sends a message of protocol control. */
  protected sendControl(typeId: number, payload: Uint8Array): void {
    this.#send({
      chunkStreamId: ControlChunkStream,
      timestamp: 0,
      typeId,
      messageStreamId: 0,
      payload,
    });
  }

  #announceWindow(bytes: number): void {
    this.sendControl(
      MessageTypeId.WindowAcknowledgementSize,
      encodeWindowAcknowledgementSize(bytes),
    );
    this.sendWindow.onWindowAcknowledgementSizeSent(bytes);
  }

  #encrypted(pieces: readonly Uint8Array[], cipher: ConnectionCipher): readonly Uint8Array[] {
    const clear = this.#clearPieces;
    this.#clearPieces = 0;
    return pieces.map((piece, i) => (i < clear ? piece : cipher.encrypt(piece)));
  }

  #send(message: OutgoingMessage): void {
    if (this.#stopped) return;
    const wasEmpty = this.#output.empty;
    this.#output.writer.write(message);
    if (wasEmpty) this.onOutput();
  }
}

function mediaChunkStream(typeId: number): number {
  if (typeId === MessageTypeId.Audio) return AudioChunkStream;
  return typeId === MessageTypeId.Video ? VideoChunkStream : DataChunkStream;
}
