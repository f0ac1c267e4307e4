import type { Seat } from "./seat.ts";
import type { SlowCounts } from "./stats.ts";

/** The stream that a seat belongs to. */
export interface SeatStream {
  /** The longest time that a cached GOP lasts, in milliseconds. */
  readonly longestGopMs: number;
  /** Counts of all its subscribers. */
  readonly counts: SlowCounts;
  /** Gives the seat up; called once. */
  leave(seat: Seat): void;
  /** Calls `join`. */
  rejoin(seat: Seat): void;
  /** Calls `introduce`, if there is a turn to speak of. */
  reintroduce(seat: Seat): void;
}
