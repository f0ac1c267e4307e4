/**
 * One RTMP connection of the load generator: handshake, commands, answers; as little of everything as servers ask for.
 */

import {
  ChunkWriter,
  encodeAcknowledgement,
  MessageTypeId,
  type OutgoingMessage,
} from "@rtmp/chunk";
import {
  ClientHandshake,
  type ConnectionCipher,
  HandshakeError,
  type HandshakeStep,
} from "@rtmp/handshake";
import {
  type Command,
  connectCommand,
  decodeCommand,
  encodeCommand,
  encodeUserControl,
  UserControlEvent,
} from "@rtmp/message";

import { ChunkWalker, type MessageSink } from "./chunk-walker.ts";
import { NodeKeyAgreement } from "@rtmp/transport-node";
import { type LoadSocket, openSocket, type Target } from "./socket.ts";

const handshakeBytes = 1 + 1536 + 1536;
const hello = new Uint8Array(1 + 1536).fill(3, 0, 1).fill(0x2a, 9);
const commandChunkStreamId = 3;
const controlChunkStreamId = 2;
const keyAgreement = new NodeKeyAgreement();

/** What a connection tells its owner. */
export interface LoadConnectionHandlers extends MessageSink {
  /** Bytes came, handshake included. */
  readonly onReceived: (bytes: number) => void;
  /** The handshake is over. */
  readonly onOpen: () => void;
  /** The server sent a command: `_result`, `onStatus` and the like. */
  readonly onCommand: (command: Command) => void;
  readonly onClose: (cause: Error | undefined) => void;
}

/** One RTMP connection. */
export class LoadConnection {
  /** Writes what is sent; a publisher may change its chunk size. */
  readonly writer: ChunkWriter = new ChunkWriter();
  readonly #target: Target;
  readonly #handlers: LoadConnectionHandlers;
  #socket: LoadSocket;
  readonly #walker: ChunkWalker;
  // The bytes of S0, S1 and S2 that are still to come.
  #handshakeLeft = handshakeBytes;
  #serverHello: Uint8Array | undefined = new Uint8Array(handshakeBytes);
  // Of RTMPE.
  #handshake: ClientHandshake | undefined;
  #cipher: ConnectionCipher | undefined;
  #receivedBytes = 0;
  #window = 0;
  #acknowledged = 0;

  constructor(target: Target, handlers: LoadConnectionHandlers) {
    this.#target = target;
    this.#handlers = handlers;
    this.#walker = new ChunkWalker(this);
    this.#socket = this.#open();
  }

  #open(): LoadSocket {
    const { scheme } = this.#target;
    const encrypts = scheme === "rtmpe" || scheme === "rtmpte";
    this.#handshake = encrypts ? new ClientHandshake({ rtmpe: keyAgreement }) : undefined;
    const socket = openSocket(this.#target, {
      onOpen: () => socket.write(this.#handshake?.start() ?? hello),
      onBytes: (bytes) => this.#onBytes(bytes),
      onClose: (cause) => {
        if (socket === this.#socket) this.#handlers.onClose(cause);
      },
    });
    return socket;
  }

  /** Sends messages in one write. */
  send(...messages: readonly OutgoingMessage[]): void {
    for (const message of messages) this.writer.write(message);
    const bytes = this.writer.take();
    this.#socket.write(this.#cipher?.encrypt(bytes) ?? bytes);
  }

  /** Sends encoded commands on a message stream in one write. */
  command(messageStreamId: number, ...payloads: readonly Uint8Array[]): void {
    this.send(
      ...payloads.map((payload) => ({
        chunkStreamId: commandChunkStreamId,
        timestamp: 0,
        typeId: MessageTypeId.CommandAmf0,
        messageStreamId,
        payload,
      })),
    );
  }

  /** Reads so many bytes a second from now on. */
  slowDown(bytesPerSecond: number): void {
    this.#socket.slowDown(bytesPerSecond);
  }

  /** Leaves at once. */
  reset(): void {
    this.#socket.reset();
  }

  onMessage(
    typeId: number,
    timestamp: number,
    length: number,
    bytes: Uint8Array,
    offset: number,
  ): void {
    if (typeId === MessageTypeId.Audio || typeId === MessageTypeId.Video) {
      this.#handlers.onMessage(typeId, timestamp, length, bytes, offset);
      return;
    }
    const body = bytes.subarray(offset, offset + length);
    if (typeId === MessageTypeId.CommandAmf0) this.#handlers.onCommand(decodeCommand(body));
    else if (typeId === MessageTypeId.WindowAcknowledgementSize) {
      this.#window = new DataView(body.buffer, body.byteOffset).getUint32(0);
    } else if (typeId === MessageTypeId.UserControl && body[1] === UserControlEvent.PingRequest) {
      this.#control(MessageTypeId.UserControl, encodeUserControl(pong(body)));
    }
  }

  #onBytes(bytes: Uint8Array): void {
    this.#receivedBytes += bytes.length;
    this.#handlers.onReceived(bytes.length);
    if (this.#handshakeLeft === 0) {
      this.#walker.push(this.#cipher?.decrypt(bytes) ?? bytes);
      this.#acknowledge();
      return;
    }
    if (this.#handshake !== undefined) {
      this.#agree(this.#handshake, bytes);
      return;
    }
    const take = Math.min(this.#handshakeLeft, bytes.length);
    this.#serverHello?.set(bytes.subarray(0, take), handshakeBytes - this.#handshakeLeft);
    this.#handshakeLeft -= take;
    if (this.#handshakeLeft > 0) return;

    // C2 repeats S1.
    this.#socket.write(this.#serverHello?.slice(1, 1 + 1536) ?? hello);
    this.#serverHello = undefined;
    this.#handlers.onOpen();
    if (take < bytes.length) this.#walker.push(bytes.subarray(take));
  }

  #agree(handshake: ClientHandshake, bytes: Uint8Array): void {
    let step: HandshakeStep;
    try {
      step = handshake.receive(bytes);
    } catch (error) {
      // One pair of keys in 256 gives a secret that is of no use.
      if (!(error instanceof HandshakeError && error.code === "RTMP_ERR_RTMPE_SECRET")) throw error;
      const useless = this.#socket;
      this.#socket = this.#open();
      useless.reset();
      return;
    }
    const { send, done, surplus, cipher } = step;
    if (send !== undefined) this.#socket.write(send);
    if (!done) return;

    this.#cipher = cipher;
    this.#handshakeLeft = 0;
    this.#handlers.onOpen();
    if (surplus !== undefined) this.#walker.push(cipher?.decrypt(surplus) ?? surplus);
  }

  #acknowledge(): void {
    if (this.#window === 0 || this.#receivedBytes - this.#acknowledged < this.#window / 2) return;
    this.#acknowledged = this.#receivedBytes;
    this.#control(
      MessageTypeId.Acknowledgement,
      encodeAcknowledgement(this.#receivedBytes % 2 ** 32),
    );
  }

  #control(typeId: number, payload: Uint8Array): void {
    this.send({
      chunkStreamId: controlChunkStreamId,
      timestamp: 0,
      typeId,
      messageStreamId: 0,
      payload,
    });
  }
}

function pong(ping: Uint8Array): Parameters<typeof encodeUserControl>[0] {
  const timestamp = new DataView(ping.buffer, ping.byteOffset).getUint32(2);
  return { event: UserControlEvent.PingResponse, timestamp };
}

/** Encodes a connect. */
export function connectTo({ host, port }: Target, app: string): Uint8Array {
  return encodeCommand(connectCommand({ app, tcUrl: `rtmp://${host}:${port}/${app}` }));
}
