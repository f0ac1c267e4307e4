import { constants } from "node:os";

import { type Clock, systemClock } from "@rtmp/wire";

/** Leaves room for the exit itself, so that it comes within 5 s of the signal. */
const graceMs = 4_500;
const signals = ["SIGTERM", "SIGINT"] as const;

/** The part of `process` that a shutdown needs. */
export interface SignalSource {
  /** Calls `listener` at each arrival of the signal. */
  on(signal: "SIGTERM" | "SIGINT", listener: () => void): unknown;
  /** Ends the process with an exit code. */
  exit(code: number): unknown;
}

/** What to do at the end. */
export interface ShutdownOptions {
  /** Ends the work in order; runs once, at the first signal. */
  readonly goodbye: () => Promise<void>;
  /** Called when `goodbye` rejected, before the exit. */
  readonly onError: (error: unknown) => void;
  /**
   * Where signals come from.
   *
   * @default the running process
   */
  readonly source?: SignalSource;
  /**
   * Measures the time that `goodbye` may take.
   *
   * @default the clock of the running program
   */
  readonly clock?: Clock;
}

/**
 * Ends the process in order at SIGTERM or SIGINT.
 *
 * It exits with 0 once `goodbye` is done, or after 4.5 s when that is not; with 1 when `goodbye` rejects. A second signal
 * exits at once with 128 plus its number.
 */
export function exitOnSignals(options: ShutdownOptions): void {
  const { goodbye, onError, source = process, clock = systemClock } = options;
  let isEnding = false;

  const end = async (): Promise<void> => {
    clock.schedule(graceMs, () => source.exit(0));
    try {
      await goodbye();
      source.exit(0);
    } catch (error) {
      onError(error);
      source.exit(1);
    }
  };
  for (const signal of signals) {
    source.on(signal, () => {
      if (isEnding) {
        source.exit(128 + constants.signals[signal]);
        return;
      }
      isEnding = true;
      void end();
    });
  }
}
