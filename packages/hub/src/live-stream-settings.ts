import type { Clock } from "@rtmp/wire";
import type { HubLimits } from "./limits.ts";
import type { MergeWindow } from "./merge-window.ts";
import type { TakeOver } from "./take-over.ts";

/** What all streams of a hub share. */
export interface LiveStreamSettings {
  /** The time; what its timers throw is taken care of. */
  readonly clock: Clock;
  readonly limits: HubLimits;
  readonly takeOver: TakeOver;
  readonly merge: MergeWindow;
  /** What one who joins is sent of the cached GOP. */
  readonly latency: "low" | "smooth";
}
