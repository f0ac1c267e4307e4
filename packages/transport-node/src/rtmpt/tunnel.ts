/**
 * The server's end of one HTTP tunnel: requests in, answers out, a connection to its owner.
 *
 * The bodies of the `send` requests, in the order of their numbers, are the bytes of the client. Nothing here knows of
 * HTTP or sockets: a tunnel is named by its id, whichever connection its requests come over.
 */

import type { Transport, TransportHandlers } from "@rtmp/session";
import type { Clock } from "@rtmp/wire";

import { TransportError, type TransportErrorCode } from "../errors.ts";
import type { AnswerBodies } from "./answer-bodies.ts";
import { DeadlineTimer } from "./deadline-timer.ts";
import type { TunnelLimits } from "./limits.ts";
import { RequestOrder } from "./request-order.ts";
import { TunnelAnswers } from "./tunnel-answers.ts";
import { TunnelInput } from "./tunnel-input.ts";
import type { TunnelReply, TunnelRequest } from "./tunnel-request.ts";

// A `send` is answered so late while its bytes cannot be taken: the client feels that it is too fast.
const pressureMs = 5_000;
const closeAnswer = Uint8Array.of(0);

/** Construction of a {@link Tunnel}. */
export interface TunnelOptions {
  /** The client that opened it, for logs: `address:port`. */
  readonly remote: string;
  readonly limits: TunnelLimits;
  readonly clock: Clock;
  /** Of all tunnels of a server together. */
  readonly bodies: AnswerBodies;
  /** Called with how many bytes of its requests wait more than before, or fewer. */
  readonly onInput: (bytes: number) => void;
  /** Called once: from now on every request is refused. */
  readonly onEnd: () => void;
}

/** One tunnel, which is a transport to its owner. */
export class Tunnel implements Transport {
  readonly remote: string;
  readonly reusesBuffers = false;
  readonly #limits: TunnelLimits;
  readonly #clock: Clock;
  readonly #onEnd: () => void;
  readonly #order: RequestOrder<TunnelRequest>;
  readonly #answers: TunnelAnswers;
  readonly #input: TunnelInput;
  readonly #timer: DeadlineTimer;
  #handlers: TransportHandlers | undefined;
  #isPaused = false;
  #isClosing = false;
  #isEnded = false;
  #cause: Error | undefined;
  #seenAt: number;
  #cutAt = Number.POSITIVE_INFINITY;

  constructor({ remote, limits, clock, bodies, onInput, onEnd }: TunnelOptions) {
    this.remote = remote;
    this.#limits = limits;
    this.#clock = clock;
    this.#onEnd = onEnd;
    this.#order = new RequestOrder(limits.maxEarlyRequests);
    this.#answers = new TunnelAnswers(limits, clock, bodies);
    this.#input = new TunnelInput(onInput);
    this.#seenAt = clock.now();
    this.#timer = new DeadlineTimer(clock, () => this.#onTime());
    this.#arm();
  }

  get queuedBytes(): number {
    return this.#answers.queuedBytes;
  }

  /** Bytes of its requests that the owner has not taken. */
  get inputBytes(): number {
    return this.#input.bytes;
  }

  start(handlers: TransportHandlers): void {
    if (this.#handlers !== undefined) throw new TypeError("the transport was started before");
    this.#handlers = handlers;
    if (this.#isEnded) this.#report();
    else this.#readLater();
  }

  write(bytes: Uint8Array): void {
    this.writeAll([bytes]);
  }

  writeAll(pieces: readonly Uint8Array[]): void {
    if (this.#isClosing || this.#isEnded) return;
    this.#answers.write(pieces);
    const { waitingBytes } = this.#answers;
    if (waitingBytes <= this.#limits.maxTunnelOutputBytes) return;
    this.#fail("RTMP_ERR_TUNNEL_OUTPUT", `${waitingBytes} bytes wait for the client`);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#handlers !== undefined) this.#readLater();
  }

  /** The client learns of the end by its first request after the last bytes. */
  close(afterFlushMs: number): void {
    if (this.#isEnded) return;
    this.#isClosing = true;
    this.#input.drop();
    if (!(afterFlushMs > 0)) this.#end(undefined);
    else this.#endWhenFetched();
    if (this.#isEnded) return;
    this.#cutAt = Math.min(this.#cutAt, this.#clock.now() + afterFlushMs);
    this.#arm();
  }

  /**
   * Lets a piece of a body in, as it arrives.
   *
   * @param reply  of the request that it belongs to
   * @returns false when that is too much, or the tunnel has ended; then the request has been refused
   */
  admit(piece: Uint8Array, reply: TunnelReply): boolean {
    if (this.#isEnded) {
      reply.refuse("ended");
      return false;
    }
    this.#seenAt = this.#clock.now();
    this.#input.read(piece, reply);
    if (this.inputBytes > this.#limits.maxTunnelInputBytes) this.refuseInput();
    return !this.#isEnded;
  }

  /** Forgets a body that was cut. */
  withdraw(body: readonly Uint8Array[], reply: TunnelReply): void {
    if (this.#isEnded) return;
    this.#input.endBody(reply);
    this.#input.forget(body);
  }

  /** Ends because too many bytes of its requests wait. */
  refuseInput(): void {
    this.#fail("RTMP_ERR_TUNNEL_INPUT", `${this.inputBytes} bytes of requests wait`);
  }

  /** Takes a request. */
  request(request: TunnelRequest): void {
    if (this.#isEnded) {
      request.reply.refuse("ended");
      return;
    }
    this.#seenAt = this.#clock.now();
    this.#input.endBody(request.reply);
    switch (this.#order.placeOf(request.sequence)) {
      case "due":
        this.#takeInTurn(request);
        break;
      case "early":
        this.#keepEarly(request);
        break;
      case "far":
        request.reply.refuse("ended");
        this.#fail("RTMP_ERR_TUNNEL_GAP", `request ${request.sequence} is too far ahead`);
        break;
      case "again":
        this.#input.forget(request.body);
        this.#answers.repeat(request.sequence, request.reply);
    }
    this.#tellDrain();
    this.#arm();
  }

  /** The connection of a request that was not answered is gone; the tunnel goes on. */
  abandon(reply: TunnelReply): void {
    this.#answers.abandon(reply);
  }

  /** An answer with bytes has left, or its connection is gone. */
  onAnswerOver(): void {
    this.#seenAt = this.#clock.now();
    this.#tellDrain();
    this.#endWhenFetched();
  }

  #takeInTurn(first: TunnelRequest): void {
    let next: TunnelRequest | undefined = first;
    while (next !== undefined) {
      this.#order.pass(next.sequence, this.#clock.now());
      this.#handle(next);
      next = this.#order.takeDue();
    }
  }

  #keepEarly(request: TunnelRequest): void {
    const before = this.#order.keep(request, this.#clock.now());
    if (before === undefined) return;
    this.#input.forget(before.body);
    before.reply.refuse("superseded");
  }

  #handle(request: TunnelRequest): void {
    const { kind, body, reply } = request;
    // Whoever goes on does not wait for an earlier `idle`.
    this.#answers.release("idle");
    this.#input.push(body);
    if (this.#isClosing) this.#input.drop();
    // The last bytes are for the owner even while it does not read.
    this.#deliver(kind === "close");

    if (kind === "close" && !this.#isEnded) {
      reply.answer(closeAnswer);
      this.#end(undefined);
      return;
    }
    if (this.#isClosing && this.#answers.queuedBytes === 0) this.#end(undefined);
    if (this.#isEnded) {
      reply.refuse("ended");
      return;
    }
    this.#answers.hold(request, kind === "idle" ? this.#limits.idleHoldMs : pressureMs);
    if (!this.#isPaused) this.#answers.release("send");
    if (this.#limits.idleHoldMs === 0) this.#answers.release("idle");
  }

  #deliver(isLast: boolean): void {
    const handlers = this.#handlers;
    if (handlers === undefined) return;
    for (;;) {
      const piece = this.#isPaused && !isLast ? undefined : this.#input.take();
      if (piece === undefined) return;
      handlers.onBytes(piece);
    }
  }

  /** Nothing is delivered inside of a call of the owner. */
  #readLater(): void {
    if (this.#input.isTaken && !this.#answers.hasHeld) return;
    this.#clock.schedule(0, () => {
      if (this.#isEnded || this.#isPaused) return;
      this.#deliver(false);
      if (!this.#isPaused) this.#answers.release("send");
    });
  }

  /** Once its owner has closed and everything has left, the request that waits tells the client of the end. */
  #endWhenFetched(): void {
    const { queuedBytes, hasHeld } = this.#answers;
    if (this.#isClosing && queuedBytes === 0 && hasHeld) this.#end(undefined);
  }

  #tellDrain(): void {
    if (!this.#isEnded && this.#answers.takeDrain()) this.#handlers?.onDrain();
  }

  #arm(): void {
    if (this.#isEnded) return;
    const silentAt = this.#seenAt + this.#limits.tunnelTimeoutMs;
    const missingAt = this.#order.missingSince + this.#limits.missingRequestMs;
    this.#timer.arm(Math.min(silentAt, missingAt, this.#cutAt, this.#answers.nextDeadline));
  }

  #onTime(): void {
    const now = this.#clock.now();
    if (this.#answers.nextDeadline <= now) {
      this.#seenAt = now;
      this.#answers.releaseDue(now);
    }
    if (now >= this.#cutAt) {
      this.#end(undefined);
    } else if (now >= this.#order.missingSince + this.#limits.missingRequestMs) {
      this.#fail("RTMP_ERR_TUNNEL_GAP", "a request is missing before those that came");
    } else if (now >= this.#seenAt + this.#limits.tunnelTimeoutMs) {
      this.#fail("RTMP_ERR_TUNNEL_TIMEOUT", `no request for ${this.#limits.tunnelTimeoutMs} ms`);
    }
    this.#arm();
  }

  #fail(code: TransportErrorCode, message: string): void {
    this.#end(new TransportError(code, message));
  }

  #end(cause: Error | undefined): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    // What breaks after the owner has closed is not why the connection ended.
    this.#cause = this.#isClosing ? undefined : cause;
    this.#timer.cancel();
    for (const reply of this.#input.clear()) reply.refuse("ended");
    this.#answers.end();
    for (const { reply } of this.#order.takeAll()) reply.refuse("ended");
    this.#onEnd();
    if (this.#handlers !== undefined) this.#report();
  }

  #report(): void {
    this.#clock.schedule(0, () => this.#handlers?.onClose(this.#cause));
  }
}
