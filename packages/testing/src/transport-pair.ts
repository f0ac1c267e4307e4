import type { Transport, TransportHandlers } from "@rtmp/session";
import { type Cancel, type Clock, systemClock } from "@rtmp/wire";

// As a socket does: what one turn of the network moves at most.
const maxPieceBytes = 4_096;
// How long the queued bytes may take to leave once the peer has closed its side.
const lastBytesMs = 1_000;

/** How a pair of transports behaves. */
export interface TransportPairOptions {
  /**
   * Measures the waiting times of `close`.
   *
   * @default the clock of the running program
   */
  readonly clock?: Clock;
  /**
   * Numbers from 0 up to but without 1, as `seededRandom` gives them; cuts and joins what was written at random and
   * mixes the two directions.
   *
   * @default each written piece arrives as it is
   */
  readonly random?: () => number;
  /**
   * Whether what was written travels by itself in a microtask; otherwise only `flush` moves anything.
   *
   * @default false
   */
  readonly automatic?: boolean;
}

/** One end of a pair of transports, with what a test needs to see and to steer. */
export interface PairedTransport extends Transport {
  /** Whether `onClose` was called. */
  readonly isClosed: boolean;
  /** Calls of `write` and `writeAll` that queued something, so that a test can count the writes of a turn. */
  readonly writeCount: number;
  /** Carries what both ends have queued, and what that brings about, until nothing moves any more. */
  flush(): void;
  /** Keeps what this end writes queued, as if the peer had stopped reading. */
  hold(): void;
  /** Takes `hold` back. */
  release(): void;
  /** Breaks the connection: both ends report `cause`, and what is queued is lost. */
  reset(cause?: Error): void;
}

/**
 * Joins two transports in memory.
 *
 * Bytes are copied on the way, as a network does, and stay in `queuedBytes` until they have arrived. Nothing arrives
 * inside a call other than `flush` (or, past a waiting time, inside the clock's callback), so a test that calls
 * `flush` and uses a virtual clock repeats exactly.
 */
export function transportPair(
  options: TransportPairOptions = {},
): [PairedTransport, PairedTransport] {
  const line = new Line(options);
  return [line.left, line.right];
}

/** The connection that both ends share. */
class Line {
  readonly clock: Clock;
  readonly random: (() => number) | undefined;
  readonly left: End;
  readonly right: End;
  readonly #isAutomatic: boolean;
  #isScheduled = false;
  #isFlushing = false;
  // Set once the connection is over; both ends report it.
  #ending: { readonly cause: Error | undefined } | undefined;

  constructor(options: TransportPairOptions) {
    this.clock = options.clock ?? systemClock;
    this.random = options.random;
    this.#isAutomatic = options.automatic ?? false;
    this.left = new End(this, "192.0.2.2:2222");
    this.right = new End(this, "192.0.2.1:1111");
  }

  peerOf(end: End): End {
    return end === this.left ? this.right : this.left;
  }

  /** Ends the connection; the first cause counts. */
  end(cause: Error | undefined): void {
    this.#ending ??= { cause };
  }

  get isOver(): boolean {
    return this.#ending !== undefined;
  }

  /** Something may be able to move now. */
  wake(): void {
    if (!this.#isAutomatic || this.#isScheduled) return;

    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }

  flush(): void {
    if (this.#isFlushing) return;

    this.#isFlushing = true;
    try {
      while (this.#step());
    } finally {
      this.#isFlushing = false;
    }
  }

  #step(): boolean {
    if (this.#ending !== undefined) {
      const { cause } = this.#ending;
      const reported = this.left.reportEnd(cause);
      return this.right.reportEnd(cause) || reported;
    }
    const first = this.random !== undefined && this.random() < 0.5 ? this.right : this.left;
    return first.moveOne() || this.peerOf(first).moveOne();
  }
}

/** One end; what it has written waits here until the other end takes it. */
class End implements PairedTransport {
  readonly remote: string;
  readonly reusesBuffers = false;
  isClosed = false;
  writeCount = 0;
  queuedBytes = 0;

  readonly #line: Line;
  #handlers: TransportHandlers | undefined;
  #queue: Uint8Array[] = [];
  #isHeld = false;
  #isPaused = false;
  // After `close` what arrives is dropped.
  #isClosing = false;
  // Nothing more can be written; the end follows what is queued.
  #hasEnded = false;
  #hasSentEnd = false;
  #cutAt = Number.POSITIVE_INFINITY;
  #cancelCut: Cancel | undefined;

  constructor(line: Line, remote: string) {
    this.#line = line;
    this.remote = remote;
  }

  start(handlers: TransportHandlers): void {
    if (this.#handlers !== undefined) throw new TypeError("the transport was started before");
    this.#handlers = handlers;
    this.#line.wake();
  }

  write(bytes: Uint8Array): void {
    this.writeAll([bytes]);
  }

  writeAll(pieces: readonly Uint8Array[]): void {
    const full = pieces.filter((piece) => piece.length > 0);
    if (full.length === 0 || this.#hasEnded || this.#line.isOver) return;

    this.writeCount++;
    for (const piece of full) {
      this.#queue.push(piece);
      this.queuedBytes += piece.length;
    }
    this.#line.wake();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#line.wake();
  }

  close(afterFlushMs: number): void {
    this.#isClosing = true;
    this.#hasEnded = true;
    if (afterFlushMs > 0) this.#cutAfter(afterFlushMs);
    else this.#line.end(undefined);
    this.#line.wake();
  }

  flush(): void {
    this.#line.flush();
  }

  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    this.#line.wake();
  }

  reset(cause: Error = new Error("connection reset by peer")): void {
    this.#line.end(cause);
    this.#line.wake();
  }

  /** Carries one piece, or the end, to the peer; says whether anything moved. */
  moveOne(): boolean {
    const peer = this.#line.peerOf(this);
    if (this.#isHeld || this.#hasSentEnd || !peer.#isReading) return false;

    if (this.queuedBytes > 0) {
      const piece = this.#takePiece();
      if (!peer.#isClosing) peer.#handlers?.onBytes(piece);
      if (this.queuedBytes === 0) this.#handlers?.onDrain();
      return true;
    }
    if (!this.#hasEnded) return false;
    this.#hasSentEnd = true;
    peer.#onPeerEnd();
    return true;
  }

  /** Reports the end of the connection once; says whether it did. */
  reportEnd(cause: Error | undefined): boolean {
    this.#cancelCut?.();
    this.#queue = [];
    this.queuedBytes = 0;
    if (this.isClosed || this.#handlers === undefined) return false;

    this.isClosed = true;
    this.#handlers.onClose(cause);
    return true;
  }

  get #isReading(): boolean {
    return this.#isClosing || (this.#handlers !== undefined && !this.#isPaused);
  }

  #onPeerEnd(): void {
    if (this.#hasSentEnd) this.#line.end(undefined);
    else this.#cutAfter(lastBytesMs);
    this.#hasEnded = true;
  }

  /** Takes a copy of the next bytes out of the queue: one written piece, or any length if cut at random. */
  #takePiece(): Uint8Array {
    const [first = new Uint8Array(0)] = this.#queue;
    const { random } = this.#line;
    const most = Math.min(this.queuedBytes, maxPieceBytes);
    const length = random === undefined ? first.length : 1 + Math.floor(random() * most);

    const piece = new Uint8Array(length);
    for (let filled = 0; filled < length;) {
      const next = this.#queue.shift() ?? new Uint8Array(0);
      const part = next.subarray(0, length - filled);
      piece.set(part, filled);
      filled += part.length;
      if (part.length < next.length) this.#queue.unshift(next.subarray(part.length));
    }
    this.queuedBytes -= length;
    return piece;
  }

  /** Cuts the connection after a time, unless it is to be cut earlier anyway. */
  #cutAfter(milliseconds: number): void {
    const { clock } = this.#line;
    const at = clock.now() + milliseconds;
    if (at >= this.#cutAt || this.#line.isOver) return;

    this.#cutAt = at;
    this.#cancelCut?.();
    this.#cancelCut = clock.schedule(milliseconds, () => {
      this.#line.end(undefined);
      this.#line.flush();
    });
  }
}
