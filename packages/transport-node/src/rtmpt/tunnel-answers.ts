/**
 * The answers of one tunnel: bytes that wait for requests, requests that wait for bytes.
 *
 *   +---------------+------------------------------+
 *   | interval byte | bytes of the server, or none |
 *   +---------------+------------------------------+
 *
 * Bytes go to the waiting request with the lowest number. What went out is kept for a while: a request that comes again
 * gets the same bytes, so none are lost with an answer.
 */

import type { Clock } from "@rtmp/wire";

import type { AnswerBodies } from "./answer-bodies.ts";
import { KeptAnswers } from "./kept-answers.ts";
import type { TunnelLimits } from "./limits.ts";
import { PieceQueue } from "./piece-queue.ts";
import { PollInterval } from "./poll-interval.ts";
import type { TunnelRequestKind } from "./tunnel-path.ts";
import type { TunnelReply, TunnelRequest } from "./tunnel-request.ts";

/** A request that waits. */
interface HeldRequest {
  readonly kind: TunnelRequestKind;
  readonly sequence: number;
  reply: TunnelReply;
  readonly until: number;
}

/** Bytes that an answer carries away at the moment. */
interface UnderWay {
  readonly reply: TunnelReply;
  readonly bytes: number;
}

/** The answers of one tunnel. */
export class TunnelAnswers {
  readonly #limits: TunnelLimits;
  readonly #clock: Clock;
  readonly #bodies: AnswerBodies;
  readonly #output = new PieceQueue();
  readonly #kept: KeptAnswers;
  readonly #interval = new PollInterval();
  #held: HeldRequest[] = [];
  #underWay: UnderWay[] = [];
  #underWayBytes = 0;
  // Something was queued when it was written, and the owner has not been told that it has left.
  #awaitsDrain = false;

  constructor(limits: TunnelLimits, clock: Clock, bodies: AnswerBodies) {
    this.#limits = limits;
    this.#clock = clock;
    this.#bodies = bodies;
    this.#kept = new KeptAnswers(limits.maxEarlyRequests + 1);
  }

  /** Bytes that no request has come for. */
  get waitingBytes(): number {
    return this.#output.length;
  }

  /** Bytes that have not left: those that wait, and those of answers under way. */
  get queuedBytes(): number {
    return this.#output.length + this.#underWayBytes;
  }

  /** Whether a request waits for bytes. */
  get hasHeld(): boolean {
    return this.#held.length > 0;
  }

  /** When a request has waited long enough, in milliseconds; `Infinity` when none waits. */
  get nextDeadline(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const { until } of this.#held) least = Math.min(least, until);
    return least;
  }

  /** Queues bytes by reference and gives them to the requests that wait. */
  write(pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) this.#output.push(piece);
    this.#serve();
    this.#awaitsDrain ||= this.queuedBytes > 0;
  }

  /** Takes a request in turn; it gets what is there, or waits. */
  hold({ kind, sequence, reply }: TunnelRequest, waitMs: number): void {
    this.#kept.passed(sequence);
    this.#held.push({ kind, sequence, reply, until: this.#clock.now() + waitMs });
    this.#serve();
    const [oldest] = this.#held;
    const isTooMany = this.#held.length > this.#limits.maxEarlyRequests + 1;
    if (oldest !== undefined && isTooMany) this.#answerEmpty(oldest);
  }

  /** Answers the requests of a kind that wait, without bytes. */
  release(kind: TunnelRequestKind): void {
    if (this.#held.length === 0) return;
    for (const held of this.#held.filter((one) => one.kind === kind)) this.#answerEmpty(held);
  }

  /** Answers the requests that have waited long enough, without bytes. */
  releaseDue(now: number): void {
    for (const held of this.#held.filter(({ until }) => now >= until)) this.#answerEmpty(held);
  }

  /** Answers a request that was handled before, or waits in place of its former self. */
  repeat(sequence: number, reply: TunnelReply): void {
    const held = this.#held.find((one) => one.sequence === sequence);
    if (held === undefined) {
      this.#answer(reply, this.#kept.find(sequence) ?? this.#emptyAnswer());
      return;
    }
    // Bytes must not go to one that nobody listens to any more.
    held.reply.refuse("superseded");
    held.reply = reply;
  }

  /** Lets a request go whose connection is gone; bytes wait for the next one. */
  abandon(reply: TunnelReply): void {
    this.#held = this.#held.filter((held) => held.reply !== reply);
  }

  /** Forgets the answers that have left; says once that nothing is queued any more, if something was. */
  takeDrain(): boolean {
    if (this.#underWay.length > 0) this.#forgetWhatHasLeft();
    if (!this.#awaitsDrain || this.queuedBytes > 0) return false;
    this.#awaitsDrain = false;
    return true;
  }

  /** Refuses all requests that wait, cuts the answers that are on their way, and forgets everything. */
  end(): void {
    const held = this.#held;
    const underWay = this.#underWay;
    this.#held = [];
    this.#underWay = [];
    this.#underWayBytes = 0;
    this.#output.clear();
    this.#kept.clear();
    for (const { reply } of held) reply.refuse("ended");
    // Whoever reads none of them would keep them in memory.
    for (const { reply } of underWay) reply.cut();
  }

  #serve(): void {
    while (this.#output.length > 0) {
      const held = this.#held.shift();
      if (held === undefined) return;
      // Its connection is gone, and `abandon` has not come yet.
      if (held.reply.isOver) continue;
      this.#interval.reset();
      const { maxTunnelAnswerBytes } = this.#limits;
      const body = this.#bodies.take(this.#output, this.#interval.value, maxTunnelAnswerBytes);
      this.#kept.keep(held.sequence, body);
      this.#answer(held.reply, body);
    }
  }

  #answerEmpty(held: HeldRequest): void {
    this.#held = this.#held.filter((other) => other !== held);
    this.#answer(held.reply, this.#emptyAnswer());
    if (held.kind === "idle") this.#interval.countEmpty();
  }

  #emptyAnswer(): Uint8Array {
    return Uint8Array.of(this.#interval.value);
  }

  #answer(reply: TunnelReply, body: Uint8Array): void {
    reply.answer(body);
    const bytes = body.length - 1;
    if (bytes === 0 || reply.isOver) return;
    this.#underWay.push({ reply, bytes });
    this.#underWayBytes += bytes;
  }

  #forgetWhatHasLeft(): void {
    this.#underWay = this.#underWay.filter(({ reply, bytes }) => {
      if (reply.isOver) this.#underWayBytes -= bytes;
      return !reply.isOver;
    });
  }
}
