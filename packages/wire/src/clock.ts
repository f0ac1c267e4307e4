/** Takes a scheduled callback back; without effect once it ran. */
export type Cancel = () => void;

/** The time, injected so that tests and simulations can own it. */
export interface Clock {
  /** Milliseconds since an arbitrary start; never goes back. */
  now(): number;
  /** Calls `callback` once, `delayMs` from now or a little later. */
  schedule(delayMs: number, callback: () => void): Cancel;
}

/** The clock of the running program. */
export const systemClock: Clock = {
  now: () => performance.now(),
  schedule(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
