/**
 * The client's end of one HTTP tunnel: bytes of its owner in requests, those of the server in the answers.
 *
 * One request is under way at a time: `send` when there are bytes, else `idle`, at the pace that the server asks for.
 */

import type { Transport, TransportHandlers } from "@rtmp/session";
import type { Clock } from "@rtmp/wire";

import { TransportError } from "../errors.ts";
import { DeadlineTimer } from "./deadline-timer.ts";
import { PieceQueue } from "./piece-queue.ts";
import { intervalUnitMs } from "./poll-interval.ts";
import type { TunnelRequestKind } from "./tunnel-path.ts";

// Servers bound the body of a request; some of them low.
const maxSendBytes = 256 * 1024;
// Answers that wait while the owner does not read.
const maxInputBytes = 16 * 1024 * 1024;
// Who has just sent will likely send again, and that fetches as well; an `idle` which the server holds would be in its way.
// Where bytes came less than that time ago, more will come, so the server does not hold it long.
const idleAfterSendMs = 100;
// Servers give up a tunnel without requests; some after 10 s.
const keepAliveMs = 8_000;
// A server that holds an `idle` as long as this sets the pace by itself.
const heldMs = 50;
const unreadByte = Uint8Array.of(0);

/** How a request ended. */
export type PostOutcome =
  | { readonly status: number; readonly body: Uint8Array }
  | {
      readonly error: Error;
      /** Whether its connection was closed under it before anything of the answer came. */
      readonly mayRepeat: boolean;
    };

/** Carries requests. */
export interface TunnelHttp {
  /** Posts a body; `onOutcome` is called once and later, unless `destroy` is called before. */
  post(path: string, body: Uint8Array, onOutcome: (outcome: PostOutcome) => void): void;
  /** Gives up what is under way and closes all connections. */
  destroy(): void;
}

/** Construction of a {@link TunnelClient}. */
export interface TunnelClientOptions {
  /** The server, for logs. */
  readonly remote: string;
  /** What the server answered to `open`. */
  readonly id: string;
  readonly http: TunnelHttp;
  readonly clock: Clock;
  /** Milliseconds until an answer is given up. */
  readonly answerTimeoutMs: number;
}

/** The request that is under way. */
interface Post {
  readonly kind: TunnelRequestKind;
  readonly body: Uint8Array;
  readonly begun: number;
  isRepeated: boolean;
}

/** An open tunnel, which is a transport to its owner. */
export class TunnelClient implements Transport {
  readonly remote: string;
  readonly reusesBuffers = false;
  readonly #id: string;
  readonly #http: TunnelHttp;
  readonly #clock: Clock;
  readonly #answerTimeoutMs: number;
  readonly #output = new PieceQueue();
  readonly #timer: DeadlineTimer;
  readonly #onOutcome = (outcome: PostOutcome): void => this.#onAnswer(outcome);
  #handlers: TransportHandlers | undefined;
  #input: Uint8Array[] = [];
  #inputBytes = 0;
  #post: Post | undefined;
  #sequence = 0;
  #idleAt: number;
  #answeredAt: number;
  #bytesAt = Number.NEGATIVE_INFINITY;
  #isPaused = false;
  #isClosing = false;
  #isEnded = false;
  #cause: Error | undefined;
  #cutAt = Number.POSITIVE_INFINITY;

  constructor({ remote, id, http, clock, answerTimeoutMs }: TunnelClientOptions) {
    this.remote = remote;
    this.#id = id;
    this.#http = http;
    this.#clock = clock;
    this.#answerTimeoutMs = answerTimeoutMs;
    this.#answeredAt = clock.now();
    this.#idleAt = this.#answeredAt + idleAfterSendMs;
    this.#timer = new DeadlineTimer(clock, () => this.#onTime());
  }

  /** Bytes that no answered request has carried away. */
  get queuedBytes(): number {
    const underWay = this.#post?.kind === "send" ? this.#post.body.length : 0;
    return underWay + this.#output.length;
  }

  start(handlers: TransportHandlers): void {
    if (this.#handlers !== undefined) throw new TypeError("the transport was started before");
    this.#handlers = handlers;
    if (this.#isEnded) this.#report();
    else this.#readOn();
  }

  write(bytes: Uint8Array): void {
    this.writeAll([bytes]);
  }

  writeAll(pieces: readonly Uint8Array[]): void {
    if (this.#isClosing || this.#isEnded) return;
    for (const piece of pieces) this.#output.push(piece);
    this.#next();
  }

  /** Asks for no more bytes, but for some now and then, so that the server keeps the tunnel; what comes waits. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#handlers !== undefined) this.#readOn();
  }

  close(afterFlushMs: number): void {
    if (this.#isEnded) return;
    this.#isClosing = true;
    this.#input = [];
    if (!(afterFlushMs > 0)) {
      this.#end(undefined);
      return;
    }
    this.#cutAt = Math.min(this.#cutAt, this.#clock.now() + afterFlushMs);
    this.#next();
  }

  /** Begins the next request, if it is time. */
  #next(): void {
    if (this.#isEnded) return;
    if (this.#post === undefined) {
      if (this.#output.length > 0) this.#begin("send", this.#output.take(maxSendBytes));
      else if (this.#isClosing) this.#begin("close", unreadByte);
      else if (this.#clock.now() >= this.#nextIdleAt) this.#begin("idle", unreadByte);
    }
    this.#arm();
  }

  get #nextIdleAt(): number {
    if (this.#handlers === undefined) return Number.POSITIVE_INFINITY;
    return this.#isPaused ? this.#answeredAt + keepAliveMs : this.#idleAt;
  }

  #begin(kind: TunnelRequestKind, body: Uint8Array): void {
    this.#post = { kind, body, begun: this.#clock.now(), isRepeated: false };
    this.#dispatch(this.#post);
  }

  #dispatch({ kind, body }: Post): void {
    this.#http.post(`/${kind}/${this.#id}/${this.#sequence}`, body, this.#onOutcome);
  }

  #onAnswer(outcome: PostOutcome): void {
    const post = this.#post;
    if (post === undefined || this.#isEnded) return;
    if ("error" in outcome) {
      this.#onFailure(post, outcome.error, outcome.mayRepeat);
      return;
    }
    const { status, body } = outcome;
    const [interval] = body;
    if (status !== 200 || interval === undefined) {
      this.#onRefusal(post, status);
      return;
    }
    this.#post = undefined;
    this.#sequence = (this.#sequence + 1) | 0;
    this.#answeredAt = this.#clock.now();
    if (post.kind === "close") {
      this.#end(undefined);
      return;
    }
    if (body.length > 1) this.#bytesAt = this.#answeredAt;
    this.#idleAt = this.#answeredAt + this.#waitMs(post, interval);
    this.#take(body.subarray(1));
    this.#next();
    if (post.kind === "send" && this.queuedBytes === 0) this.#tellDrain();
  }

  #onFailure(post: Post, error: Error, mayRepeat: boolean): void {
    if (!mayRepeat || post.isRepeated) {
      this.#end(error);
      return;
    }
    // The server may have had it: the number tells it so.
    post.isRepeated = true;
    this.#dispatch(post);
  }

  /** A server tells by 404 that it has closed the tunnel; to `close` any answer will do. */
  #onRefusal(post: Post, status: number): void {
    const isOrderly = post.kind === "close" || (status === 404 && this.#sequence !== 0);
    const what = status === 200 ? "an answer without a byte" : `status ${status}`;
    const text = `the server answered ${post.kind} with ${what}`;
    this.#end(isOrderly ? undefined : new TransportError("RTMP_ERR_TUNNEL_REFUSED", text));
  }

  /** How long the next `idle` waits. */
  #waitMs({ kind, begun }: Post, interval: number): number {
    const sinceBytesMs = this.#answeredAt - this.#bytesAt;
    if (sinceBytesMs === 0) return 0;
    if (kind === "send") return sinceBytesMs < idleAfterSendMs ? 0 : idleAfterSendMs;
    const tookMs = this.#answeredAt - begun;
    return tookMs >= heldMs ? 0 : Math.max(1, interval) * intervalUnitMs;
  }

  #take(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#isClosing) return;
    this.#input.push(bytes);
    this.#inputBytes += bytes.length;
    this.#deliver();
    if (this.#inputBytes <= maxInputBytes) return;
    const text = `${this.#inputBytes} bytes of the server wait`;
    this.#end(new TransportError("RTMP_ERR_TUNNEL_INPUT", text));
  }

  /** Nothing is delivered inside of a call of the owner. */
  #readOn(): void {
    this.#clock.schedule(0, () => {
      this.#deliver();
      this.#next();
    });
  }

  #deliver(): void {
    while (this.#handlers !== undefined && !this.#isPaused) {
      const bytes = this.#input.shift();
      if (bytes === undefined) return;
      this.#inputBytes -= bytes.length;
      this.#handlers.onBytes(bytes);
    }
  }

  #tellDrain(): void {
    if (!this.#isEnded) this.#handlers?.onDrain();
  }

  #arm(): void {
    const answerAt = this.#post === undefined ? Infinity : this.#post.begun + this.#answerTimeoutMs;
    const idleAt = this.#post === undefined ? this.#nextIdleAt : Infinity;
    this.#timer.arm(Math.min(answerAt, idleAt, this.#cutAt));
  }

  #onTime(): void {
    const now = this.#clock.now();
    if (now >= this.#cutAt) {
      this.#end(undefined);
    } else if (this.#post !== undefined && now >= this.#post.begun + this.#answerTimeoutMs) {
      const text = `no answer to ${this.#post.kind} within ${this.#answerTimeoutMs} ms`;
      this.#end(new TransportError("RTMP_ERR_TUNNEL_TIMEOUT", text));
    }
    this.#next();
  }

  #end(cause: Error | undefined): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    // What breaks after the owner has closed is not why the connection ended.
    this.#cause = this.#isClosing ? undefined : cause;
    this.#timer.cancel();
    this.#http.destroy();
    this.#post = undefined;
    this.#input = [];
    this.#output.clear();
    if (this.#handlers !== undefined) this.#report();
  }

  #report(): void {
    this.#clock.schedule(0, () => this.#handlers?.onClose(this.#cause));
  }
}
