/** A client with several requests under way at a time, over connections of their own, as Flash Player is said to do. */

import { checkNumbered, numbered } from "./numbered-stream.ts";
import type { SimulatedHttp } from "./simulated-http.ts";

// As many as a server puts in order.
const maxUnderWay = 4;
const maxTries = 6;

/** Sends bytes that tell their place, and puts the answers in order. */
export class ParallelClient {
  written = 0;
  received = 0;
  /** Why it gave up; undefined while it goes on. */
  failure: string | undefined;
  readonly #http: SimulatedHttp;
  readonly #id: string;
  #next: number;
  #nextAnswer: number;
  readonly #answers = new Map<number, Uint8Array>();

  constructor(http: SimulatedHttp, id: string, firstSequence: number) {
    this.#http = http;
    this.#id = id;
    this.#next = firstSequence;
    this.#nextAnswer = firstSequence;
  }

  /** Whether one more request may be under way. */
  get mayPost(): boolean {
    const isFirst = this.#next === this.#nextAnswer;
    // The first one sets the beginning, so it must not be overtaken.
    const isAlone = this.received === 0 && this.#answers.size === 0 && this.#answered === 0;
    const underWay = (this.#next - this.#nextAnswer) | 0;
    return this.failure === undefined && (isFirst || (!isAlone && underWay < maxUnderWay));
  }

  #answered = 0;

  send(length: number): void {
    const body = numbered(this.written, length);
    this.written += length;
    this.#post("send", body);
  }

  idle(): void {
    this.#post("idle", Uint8Array.of(0));
  }

  #post(kind: string, body: Uint8Array): void {
    const sequence = this.#next;
    this.#next = (this.#next + 1) | 0;
    this.#try(`/${kind}/${this.#id}/${sequence}`, body, sequence, 1);
  }

  #try(path: string, body: Uint8Array, sequence: number, tries: number): void {
    this.#http.post(path, body, (outcome) => {
      if (this.failure !== undefined) return;
      if ("error" in outcome) {
        if (!outcome.mayRepeat || tries === maxTries) this.failure = outcome.error.message;
        else this.#try(path, body, sequence, tries + 1);
      } else if (outcome.status !== 200) this.failure = `status ${outcome.status}`;
      else this.#onAnswer(sequence, outcome.body);
    });
  }

  #onAnswer(sequence: number, body: Uint8Array): void {
    this.#answered++;
    this.#answers.set(sequence, body);
    for (;;) {
      const next = this.#answers.get(this.#nextAnswer);
      if (next === undefined) return;
      this.#answers.delete(this.#nextAnswer);
      this.#nextAnswer = (this.#nextAnswer + 1) | 0;
      const bytes = next.subarray(1);
      checkNumbered(bytes, this.received);
      this.received += bytes.length;
    }
  }
}
