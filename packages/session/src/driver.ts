/**
 * Joins one session to one transport and a clock.
 *
 * Bytes in, one write per turn out, deadlines, pressure, close. Everything that a session has to say in answer to one
 * piece of input, and everything said inside one `batch`, leaves in one write.
 */

import { type Cancel, type Clock, RtmpError } from "@rtmp/wire";
import { SessionError } from "./errors.ts";
import type { Transport, TransportHandlers } from "./transport.ts";

// Above this many bytes of answers that the peer has not read, its requests are not read on.
const pauseAboveBytes = 1 << 20;

// Timers of the platforms count in 31 bits and run at once beyond.
const maxTimerMs = 0x7fffffff;

/** What the driver needs of a session of either role. */
export interface DrivenSession {
  /** Whether the session ended; the transport is closed once the last output has left. */
  readonly closed: boolean;
  /** How long that may take, in milliseconds. */
  readonly closeFlushMs: number;
  /**
   * What the peer must have read before more of its bytes are read.
   *
   * `all`: everything; `answers`: all but shared media, for a player's upstream says how far it is; `nothing`: the peer
   * is a server, which reads at the pace of its own clients.
   */
  readonly pressure: "all" | "answers" | "nothing";
  /** Whether `takeOutput` would return nothing. */
  readonly outputEmpty: boolean;
  /** Whether all bytes have to pass through `takeOutput`, which encrypts them. */
  readonly encrypted: boolean;
  /** Takes in received bytes. */
  receive(bytes: Uint8Array, now: number): void;
  /** Returns when `tick` has something to do, in milliseconds; `Infinity` when it has not. */
  nextDeadline(): number;
  /** Does what the time has made due. */
  tick(now: number): void;
  /** Returns what is to be sent, in order. */
  takeOutput(): readonly Uint8Array[];
  /** Counts bytes that were sent without passing through `takeOutput`. */
  countShared(bytes: Uint8Array): void;
  /** Ends the session. */
  end(cause?: RtmpError): void;
}

/** Where chunks that were built for many peers are queued when they cannot go to the transport directly. */
export interface SharedChunksQueue {
  /** Queues bytes by reference; they must not change afterwards. */
  sendShared(bytes: Uint8Array): void;
}

/** Construction of a {@link Driver}. */
export interface DriverOptions {
  /** Carries the bytes; the driver starts it. */
  readonly transport: Transport;
  /** Gives the time to the session and wakes it at its deadlines. */
  readonly clock: Clock;
  /** Called once, last of all: the transport has closed. */
  onDisconnect?(): void;
  /** Called after each piece of input was taken in, before the output leaves. */
  onReceived?(): void;
  /** Called when everything that was queued has left. */
  onDrain?(): void;
  /**
   * Our own code threw something that is no `RtmpError`; the session is ended, so that other connections go on.
   *
   * @default the session is ended and the error thrown on
   */
  onInternalError?(error: unknown): void;
}

/** The bond between a session and its transport. */
export class Driver implements TransportHandlers {
  // First what each batch for a player touches: with thousands of drivers in turn, none of it is in the cache.
  #session: DrivenSession | undefined;
  readonly #transport: Transport;
  #depth = 0;
  // Shared chunks must not pass by the session: it has output, as far as it has told, or encrypts all of it.
  #outputWaits = false;
  #transportOpen = true;
  #writtenBytes = 0;
  // Shared bytes of the present turn, and bytes of our own since everything had left.
  #sharedBytes = 0;
  #answeredBytes = 0;
  readonly #clock: Clock;
  readonly #owner: DriverOptions;
  #flushQueued = false;
  #paused = false;
  #held = false;
  #timerAt = Number.POSITIVE_INFINITY;
  #cancelTimer: Cancel | undefined;

  constructor(options: DriverOptions) {
    this.#transport = options.transport;
    this.#clock = options.clock;
    this.#owner = options;
  }

  /** Bytes that were written to the transport and have not left yet, and shared bytes that this turn will write. */
  get queuedBytes(): number {
    return this.#transport.queuedBytes + this.#sharedBytes;
  }

  /** Shared bytes that were ever written, by all that share the connection. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** Stops reading because the owner cannot take more; `release` reads on. */
  hold(): void {
    this.#held = true;
    this.#transport.pause();
  }

  /** Takes `hold` back. */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    if (!this.#paused) this.#transport.resume();
  }

  /** Begins to feed the session; called once. */
  start(session: DrivenSession): void {
    this.#session = session;
    this.#transport.start(this);
    this.#arm();
    if (!session.outputEmpty) this.#flush();
  }

  /** What the transport tells: bytes arrived. */
  onBytes(bytes: Uint8Array): void {
    this.batch(() => {
      this.#session?.receive(bytes, this.#clock.now());
      this.#owner.onReceived?.();
    });
  }

  /** What the transport tells: everything that was queued has left. */
  onDrain(): void {
    this.#relieve();
    this.#owner.onDrain?.();
  }

  /** What the transport tells: it has closed. */
  onClose(cause: Error | undefined): void {
    this.#transportOpen = false;
    this.#disarm();
    this.batch(() => {
      try {
        this.#session?.end(lossOf(cause));
      } finally {
        this.#owner.onDisconnect?.();
      }
    });
  }

  /** What the session tells, `onOutput`: sees to it that the output leaves when this turn ends. */
  onOutput(): void {
    this.#outputWaits = true;
    if (this.#depth > 0 || this.#flushQueued) return;
    this.#flushQueued = true;
    queueMicrotask(() => {
      this.#flushQueued = false;
      if (this.#depth === 0) this.#flush();
    });
  }

  /**
   * Runs a function so that all output that it causes leaves in one write at its end.
   *
   * What the function throws goes to `onInternalError`; inside of another batch it first passes through that one.
   */
  batch(run: () => void): void {
    this.#depth++;
    try {
      run();
    } catch (error) {
      if (this.#depth > 1) throw error;
      this.#abandon(error);
    } finally {
      this.#depth--;
      if (this.#depth === 0) this.#flush();
    }
  }

  /**
   * Sends chunks that were built for many peers, behind what waits already.
   *
   * Outside of a batch and with nothing waiting they go to the transport directly, unless they are encrypted.
   *
   * @param queue  of the session; takes the bytes when they cannot go directly
   */
  writeShared(bytes: Uint8Array, queue: SharedChunksQueue): void {
    const session = this.#session;
    if (session === undefined || !this.#transportOpen || session.closed) return;
    this.#writtenBytes += bytes.length;
    if (this.#depth === 0 && !this.#outputWaits) {
      session.countShared(bytes);
      this.#transport.write(bytes);
      return;
    }
    this.#sharedBytes += bytes.length;
    queue.sendShared(bytes);
    if (this.#depth === 0) this.#flush();
  }

  #abandon(error: unknown): void {
    const owner = this.#owner;
    owner.onInternalError?.(error);
    try {
      this.#session?.end(
        new SessionError("RTMP_ERR_INTERNAL", "an internal error", { cause: error }),
      );
    } catch (second) {
      // The session has ended all the same; with no handler the first error is the one to show.
      owner.onInternalError?.(second);
    }
    if (owner.onInternalError === undefined) throw error;
  }

  #flush(): void {
    const session = this.#session;
    if (session === undefined || !this.#transportOpen) return;

    let pieces: readonly Uint8Array[];
    // Taking output may execute commands that waited, and so call the owner: a batch of its own.
    this.#depth++;
    try {
      pieces = session.takeOutput();
    } catch (error) {
      try {
        this.#abandon(error);
      } finally {
        this.#send(session, session.takeOutput());
      }
      return;
    } finally {
      this.#depth--;
    }
    this.#send(session, pieces);
  }

  #send(session: DrivenSession, pieces: readonly Uint8Array[]): void {
    this.#outputWaits = session.encrypted;
    const [first] = pieces;
    if (pieces.length === 1 && first !== undefined) this.#transport.write(first);
    else if (pieces.length > 1) this.#transport.writeAll(pieces);

    if (session.closed) {
      this.#transportOpen = false;
      this.#disarm();
      this.#transport.close(session.closeFlushMs);
      return;
    }
    this.#press(session, pieces);
    this.#arm();
  }

  /**
   * Stops reading the requests of a peer that does not read our answers.
   *
   * What a player has not read of its media does not count: its upstream says how far it is, and when it leaves.
   */
  #press(session: DrivenSession, pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) this.#answeredBytes += piece.length;
    this.#answeredBytes -= this.#sharedBytes;
    this.#sharedBytes = 0;
    const { queuedBytes } = this.#transport;
    if (queuedBytes === 0) this.#answeredBytes = 0;
    if (this.#paused || session.pressure === "nothing") return;
    const unread = session.pressure === "answers" ? this.#answeredBytes : queuedBytes;
    if (unread <= pauseAboveBytes) return;
    this.#paused = true;
    this.#transport.pause();
  }

  #relieve(): void {
    this.#answeredBytes = 0;
    if (!this.#paused) return;
    this.#paused = false;
    if (!this.#held) this.#transport.resume();
  }

  /** Keeps one timer; a deadline that moved later costs an early, empty tick instead of a new timer per message. */
  #arm(): void {
    const at = this.#session?.nextDeadline() ?? Number.POSITIVE_INFINITY;
    if (at >= this.#timerAt || !this.#transportOpen) return;
    this.#disarm();
    this.#timerAt = at;
    const delayMs = Math.min(Math.max(0, at - this.#clock.now()), maxTimerMs);
    this.#cancelTimer = this.#clock.schedule(delayMs, () => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.batch(() => this.#session?.tick(this.#clock.now()));
    });
  }

  #disarm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
  }
}

function lossOf(cause: Error | undefined): SessionError | undefined {
  if (cause === undefined) return undefined;
  const text = `the connection broke: ${cause.message}`;
  return new SessionError("RTMP_ERR_CONNECTION_LOST", text, { cause });
}
