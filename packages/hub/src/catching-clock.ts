import type { Clock } from "@rtmp/wire";

/** Makes a clock whose timers give away what they throw: nobody called them who could take it. */
export function catchingClock(clock: Clock, onError: (error: unknown) => void): Clock {
  return {
    now: () => clock.now(),
    schedule: (delayMs, callback) =>
      clock.schedule(delayMs, () => {
        try {
          callback();
        } catch (error) {
          onError(error);
        }
      }),
  };
}
