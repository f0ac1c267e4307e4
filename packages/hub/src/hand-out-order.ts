/**
 * Every subscriber gets the batches in the same order, whatever the subscribers do meanwhile.
 *
 * While media is handed out, who comes back from a pause, what is flushed and the end of the publication wait. They have
 * their turn behind it, in this order.
 */

import { callEach } from "./call-each.ts";
import type { PublicationEnd } from "./publication.ts";
import type { Seat } from "./seat.ts";

/** What has to wait its turn. */
export interface OrderedActs {
  /** Sends a seat that pauses no more what it has not seen. */
  join(seat: Seat): void;
  /** Sends what was written, if it does not wait for more. */
  flush(): void;
  /** Sends what was written, and ends the publication. */
  unpublish(end: PublicationEnd): void;
}

/** The order of what one live stream does. */
export class HandOutOrder {
  readonly #acts: OrderedActs;
  #busy = false;
  #flushDue = false;
  #endDue: PublicationEnd | undefined;
  readonly #rejoinDue = new Set<Seat>();

  constructor(acts: OrderedActs) {
    this.#acts = acts;
  }

  /** Whether media is being handed out. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Hands out media, then does what the subscribers caused meanwhile; inside of another hand-out it is part of that one. */
  run(handOut: () => void): void {
    if (this.#busy) {
      handOut();
      return;
    }
    this.#busy = true;
    try {
      handOut();
    } catch (error) {
      try {
        this.#catchUp();
      } catch {
        // The first error is the one to show.
      }
      throw error;
    }
    this.#catchUp();
  }

  /** The turn under way may have passed the seat by. */
  rejoin(seat: Seat): void {
    if (this.#busy) this.#rejoinDue.add(seat);
    else this.run(() => this.#acts.join(seat));
  }

  /** Flushes, now or behind the turn under way. */
  flush(): void {
    if (this.#busy) this.#flushDue = true;
    else this.#acts.flush();
  }

  /** Ends the publication, now or behind the turn under way. */
  unpublish(end: PublicationEnd): void {
    if (this.#busy) this.#endDue = end;
    else this.#acts.unpublish(end);
  }

  #catchUp(): void {
    this.#busy = false;
    if (!this.#flushDue && this.#endDue === undefined && this.#rejoinDue.size === 0) return;

    const due = Array.from(this.#rejoinDue, (seat) => () => this.rejoin(seat));
    if (this.#flushDue) due.push(() => this.flush());
    const end = this.#endDue;
    if (end !== undefined) due.push(() => this.unpublish(end));
    this.#rejoinDue.clear();
    this.#flushDue = false;
    this.#endDue = undefined;
    callEach(due, (act) => act());
  }
}
