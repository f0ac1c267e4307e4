import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

import type { Transport, TransportHandlers } from "@rtmp/session";
import { type Cancel, type Clock, systemClock } from "@rtmp/wire";

import { formatAddress } from "./address.ts";

// The same bytes are often written to thousands of sockets in turn; Node would make a `Buffer` of them each time.
let lastWritten: Uint8Array = new Uint8Array(0);
let lastBuffer: Buffer = Buffer.alloc(0);

const nothing = Buffer.alloc(0);

// How long the queued bytes may take to leave once the peer has closed its side.
const lastBytesMs = 1_000;

/** What is known of a connection whose first bytes were read before its transport was made. */
export interface FirstBytes {
  /** Bytes that were read and belong to the connection; not empty. */
  readonly bytes: Uint8Array;
  /** The peer, `address:port`, as a proxy may have told. */
  readonly remote: string;
}

/**
 * The transport of one connected socket: TCP, or anything that Node serves as a `net.Socket`.
 *
 * When the peer closes its side, replies to its last bytes still leave, for at most one second, and then `onClose`
 * comes. Errors of the socket reach `onClose` only, never as an exception; what breaks after either side has closed is
 * not reported.
 */
export class SocketTransport implements Transport {
  // First what each write touches: with thousands of sockets in turn, none of it is in the cache.
  readonly #socket: Socket;
  // After `close` the incoming bytes are read and dropped.
  #isClosing = false;
  #isWaitingForDrain = false;
  #handlers: TransportHandlers | undefined;
  // Given with each write where the socket is that of TLS, which never takes bytes at once.
  readonly #onWritten: ((error?: Error | null) => void) | undefined;
  readonly remote: string;
  readonly reusesBuffers = false;
  readonly #clock: Clock;
  #isPaused = false;
  #isClosed = false;
  #cause: Error | undefined;
  #cutAt = Number.POSITIVE_INFINITY;
  #cancelCut: Cancel | undefined;
  // Until the end of the turn in which the transport was made.
  #first: Uint8Array | undefined;

  /**
   * Takes a socket over; from now on nobody else may use it.
   *
   * @param socket  made with `allowHalfOpen`; bytes that it delivers before `start` are lost unless it is paused
   * @param clock   measures the waiting times of `close`
   * @param first   what came before; undefined when nothing was read
   */
  constructor(socket: Socket, clock: Clock = systemClock, first?: FirstBytes) {
    this.#socket = socket;
    this.#clock = clock;
    this.#onWritten = socket instanceof TLSSocket ? (error) => this.#drained(error) : undefined;
    this.remote = first?.remote ?? formatAddress(socket.remoteAddress, socket.remotePort);
    if (first !== undefined) {
      this.#first = first.bytes;
      process.nextTick(SocketTransport.#deliverFirstOf, this);
    }
    socket.on("error", (error) => {
      // What breaks after either side has closed is not why the connection ended.
      if (!this.#isClosing && !socket.readableEnded) this.#cause ??= error;
    });
    socket.once("close", () => this.#onSocketClose());
  }

  get queuedBytes(): number {
    return this.#socket.writableLength;
  }

  start(handlers: TransportHandlers): void {
    if (this.#handlers !== undefined) throw new TypeError("the transport was started before");
    this.#handlers = handlers;

    if (this.#isClosed) {
      queueMicrotask(() => handlers.onClose(this.#cause));
      return;
    }
    this.#socket.on("data", (bytes: Buffer) => {
      if (this.#first !== undefined) this.#deliverFirst();
      if (!this.#isClosing) handlers.onBytes(plainView(bytes));
    });
    this.#socket.once("end", this.#onEnd);
    if (!this.#isPaused) this.#socket.resume();
  }

  write(bytes: Uint8Array): void {
    if (bytes.length === 0 || !this.#canWrite()) return;

    this.#socket.write(bufferOf(bytes), this.#onWritten);
    this.#noteQueue();
  }

  writeAll(pieces: readonly Uint8Array[]): void {
    if (!this.#canWrite()) return;

    // Corked pieces reach the kernel as one writev.
    this.#socket.cork();
    for (const piece of pieces) {
      if (piece.length > 0) this.#socket.write(piece, this.#onWritten);
    }
    this.#socket.uncork();
    this.#noteQueue();
  }

  pause(): void {
    this.#isPaused = true;
    if (!this.#isClosing) this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#handlers !== undefined) this.#socket.resume();
  }

  close(afterFlushMs: number): void {
    const isFirst = !this.#isClosing;
    this.#isClosing = true;
    if (!(afterFlushMs > 0)) {
      this.#socket.destroy();
      return;
    }

    this.#cutAfter(afterFlushMs);
    if (!isFirst) return;
    if (this.#handlers === undefined) this.#socket.once("end", this.#onEnd);
    this.#socket.end();
    // Bytes left unread in the kernel would turn the close into a reset, and that would eat what the peer has not read.
    this.#socket.resume();
  }

  static #deliverFirstOf(this: void, transport: SocketTransport): void {
    transport.#deliverFirst();
  }

  /** Hands out what was read before; where nobody can take it yet, the socket keeps it. */
  #deliverFirst(): void {
    const first = this.#first;
    this.#first = undefined;
    if (first === undefined || this.#isClosing) return;
    if (this.#handlers === undefined || this.#isPaused) this.#socket.unshift(first);
    else this.#handlers.onBytes(plainView(first));
  }

  #canWrite(): boolean {
    return !this.#isClosing && this.#socket.writable;
  }

  /** Sees to it that `onDrain` is told, if the socket did not take everything at once. */
  #noteQueue(): void {
    if (this.#isWaitingForDrain || this.#socket.writableLength === 0) return;

    this.#isWaitingForDrain = true;
    if (this.#onWritten === undefined) this.#awaitDrain();
  }

  /** A write of no bytes is done when those before it have left. */
  #awaitDrain(): void {
    this.#socket.write(nothing, (error) => {
      if (error == null && this.#socket.writableLength > 0) this.#awaitDrain();
      else this.#drained(error);
    });
  }

  /** Bytes have left; if they were the last ones, that is told. */
  #drained(error: Error | null | undefined): void {
    if (error != null || !this.#isWaitingForDrain || this.#socket.writableLength > 0) return;
    this.#isWaitingForDrain = false;
    this.#handlers?.onDrain();
  }

  readonly #onEnd = (): void => {
    this.#cutAfter(lastBytesMs);
    // Replies to the last bytes are written later in this turn.
    setImmediate(() => this.#socket.end());
  };

  /** Destroys the socket after a time, unless it is to be destroyed earlier anyway. */
  #cutAfter(milliseconds: number): void {
    const at = this.#clock.now() + milliseconds;
    if (at >= this.#cutAt || this.#socket.destroyed) return;

    this.#cutAt = at;
    this.#cancelCut?.();
    this.#cancelCut = this.#clock.schedule(milliseconds, () => this.#socket.destroy());
  }

  #onSocketClose(): void {
    this.#isClosed = true;
    this.#cancelCut?.();
    this.#handlers?.onClose(this.#cause);
  }
}

/** Returns a plain view of the same memory: `Buffer` has a `slice` that does not copy. */
function plainView(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Returns a view of the same memory. */
function bufferOf(bytes: Uint8Array): Buffer {
  if (bytes !== lastWritten) {
    lastWritten = bytes;
    lastBuffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  return lastBuffer;
}
