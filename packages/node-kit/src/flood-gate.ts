import { type Cancel, type Clock, systemClock } from "@rtmp/wire";

import type { Log } from "./log.ts";

// Stands for every key past the bound.
const otherKey = "(other)";

/** How much a flood gate lets through. */
export interface FloodGateOptions {
  /**
   * Measures the intervals.
   *
   * @default the clock of the running program
   */
  readonly clock?: Clock;
  /**
   * Least time between two lines of one key, in milliseconds.
   *
   * @default 1000
   */
  readonly intervalMs?: number;
  /**
   * Keys that are told apart at a time; those past it share one line.
   *
   * @default 1000
   */
  readonly maxKeys?: number;
}

interface Interval {
  readonly cancel: Cancel;
  /** The latest warning that got no line, and how many there were. */
  latest:
    | { readonly fields: Readonly<Record<string, unknown>>; readonly message: string }
    | undefined;
  count: number;
}

/**
 * Keeps repeated warnings from flooding the log.
 *
 * The first warning of a key is logged at once. Those that follow within the interval are counted; when it ends, the
 * latest of them is logged with `suppressed`, the number of the others.
 */
export class FloodGate {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #maxKeys: number;
  readonly #intervals = new Map<string, Interval>();

  /** @throws RangeError when an option is not a positive number */
  constructor(log: Log, options: FloodGateOptions = {}) {
    this.#log = log;
    this.#clock = options.clock ?? systemClock;
    this.#intervalMs = positive("intervalMs", options.intervalMs ?? 1_000);
    this.#maxKeys = positive("maxKeys", options.maxKeys ?? 1_000);
  }

  /** Logs a warning, or counts it when its key had a line less than an interval ago. */
  warn(key: string, fields: Readonly<Record<string, unknown>>, message: string): void {
    const isKnown = this.#intervals.has(key);
    const counted = isKnown || this.#intervals.size < this.#maxKeys ? key : otherKey;

    const interval = this.#intervals.get(counted);
    if (interval === undefined) {
      this.#log.warn(fields, message);
      this.#begin(counted);
    } else {
      interval.latest = { fields, message };
      interval.count++;
    }
  }

  /** Logs what was held back and forgets every key. */
  close(): void {
    for (const [key, interval] of this.#intervals) {
      interval.cancel();
      this.#intervals.delete(key);
      this.#report(interval);
    }
  }

  #begin(key: string): void {
    const cancel = this.#clock.schedule(this.#intervalMs, () => this.#end(key));
    this.#intervals.set(key, { cancel, latest: undefined, count: 0 });
  }

  #end(key: string): void {
    const interval = this.#intervals.get(key);
    this.#intervals.delete(key);
    if (interval?.latest === undefined) return;

    this.#report(interval);
    this.#begin(key);
  }

  #report({ latest, count }: Interval): void {
    if (latest === undefined) return;
    const suppressed = count - 1;
    this.#log.warn(
      suppressed > 0 ? { ...latest.fields, suppressed } : latest.fields,
      latest.message,
    );
  }
}

function positive(name: string, value: number): number {
  if (!(value > 0)) throw new RangeError(`${name} must be a positive number, not ${value}`);
  return value;
}
