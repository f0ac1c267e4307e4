/**
 * The part of a session that both roles share: handshake, what arrives on the chunk streams, protocol control,
 * acknowledgements, pings.
 *
 * Sans-IO: bytes and the time come in, messages and bytes go out.
 *
 * RTMP §5.2 to §5.4, §7.1.7
 */

import {
  ChunkReader,
  decodeProtocolControl,
  encodeAcknowledgement,
  encodeWindowAcknowledgementSize,
  type Message,
  MessageTypeId,
  ReceivedCounter,
} from "@rtmp/chunk";
import type { ConnectionCipher, HandshakeStep } from "@rtmp/handshake";
import { decodeUserControl, type UserControl, UserControlEvent } from "@rtmp/message";
import { RtmpError } from "@rtmp/wire";
import type { SessionLimits } from "./limits.ts";
import { Outbox } from "./outbox.ts";

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
export class Connection extends Outbox {
  // Let go when it is over: it holds on to what the peer sent.
  #handshake: Handshake | undefined;
  readonly #handlers: ConnectionHandlers;
  readonly #reuseInput: boolean;
  readonly #reader: ChunkReader;
  readonly #received = new ReceivedCounter();
  readonly #onMessage = (message: Message): void => this.#dispatch(message);
  #lastReceivedAt: number;
  #pingWaits = false;
  #answersPings = false;

  constructor(options: ConnectionOptions) {
    super();
    this.#handshake = options.handshake;
    this.#handlers = options.handlers;
    this.#reuseInput = options.reuseInput;
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

  /**
   * Takes in received bytes.
   *
   * @throws RtmpError when the peer broke the handshake or the chunk format; the connection is then unusable
   */
  receive(bytes: Uint8Array, now: number): void {
    this.#lastReceivedAt = now;
    this.#pingWaits = false;

    const handshake = this.#handshake;
    if (handshake === undefined) this.#read(bytes);
    else this.#shakeHands(handshake, bytes);

    const due = this.#received.onReceived(bytes.length);
    if (due !== undefined && this.open) {
      this.sendControl(MessageTypeId.Acknowledgement, encodeAcknowledgement(due));
    }
  }

  /**
   * When `tick` has something to do.
   *
   * @param pingAfterMs  milliseconds of silence after which the peer is asked
   */
  nextDeadline(pingAfterMs: number): number {
    return this.#pingWaits || !this.open
      ? Number.POSITIVE_INFINITY
      : this.#lastReceivedAt + pingAfterMs;
  }

  /** Asks a silent peer whether it is there. */
  tick(now: number, pingAfterMs: number): void {
    if (now < this.nextDeadline(pingAfterMs)) return;

    // One ping at a time: a peer that reads nothing does not gather them.
    this.#pingWaits = true;
    this.sendUserControl({ event: UserControlEvent.PingRequest, timestamp: now >>> 0 });
  }

  protected onOutput(): void {
    this.#handlers.onOutput();
  }

  #shakeHands(handshake: Handshake, bytes: Uint8Array): void {
    const step = handshake.receive(bytes);
    if (step.send !== undefined) this.sendShared(step.send);
    if (!step.done) return;

    this.#handshake = undefined;
    if (step.cipher !== undefined) this.encryptWith(step.cipher);
    this.#handlers.onOpen();
    if (step.surplus !== undefined) this.#read(step.surplus);
  }

  #read(bytes: Uint8Array): void {
    const { cipher } = this;
    this.#reader.push(
      cipher === undefined ? bytes : this.#decrypted(bytes, cipher),
      this.#onMessage,
    );
  }

  #decrypted(bytes: Uint8Array, cipher: ConnectionCipher): Uint8Array {
    // Buffers that the transport uses again are not ours to change.
    return cipher.decrypt(this.#reuseInput ? bytes.slice() : bytes);
  }

  #dispatch(message: Message): void {
    if (this.stopped) return;
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
      this.sendWindow.onAcknowledgement(control.sequenceNumber);
    } else if (control.typeId === MessageTypeId.WindowAcknowledgementSize) {
      this.#received.window = control.windowAcknowledgementSize;
    } else if (control.typeId === MessageTypeId.SetPeerBandwidth) {
      this.#onSetPeerBandwidth(control.windowAcknowledgementSize, control.limitType);
    }
  }

  #onSetPeerBandwidth(bytes: number, limitType: number): void {
    if (!this.sendWindow.onSetPeerBandwidth(bytes, limitType)) return;
    const { window = bytes } = this.sendWindow;
    this.sendControl(
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
}
