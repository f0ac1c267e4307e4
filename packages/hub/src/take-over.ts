/** Whether a publisher that is there has to make room for a newcomer. */

import type { HubLimits } from "./limits.ts";
import type { PublishOptions } from "./publication.ts";

/**
 * Who may take a name over that somebody publishes under.
 *
 * - `reject`: whoever may publish, once the publisher has been silent for `staleMs`.
 * - `resume`: besides, its owner, once it has been silent for `resumeMs`.
 * - `replace`: whoever may publish, at any time.
 */
export type TakeOver = "reject" | "resume" | "replace";

/** Tells whether `present` has to give its name to `newcomer`. */
export function mayTakeOver(
  policy: TakeOver,
  { staleMs, resumeMs }: HubLimits,
  present: PublishOptions,
  newcomer: PublishOptions,
): boolean {
  if (policy === "replace") return true;

  const silentMs = present.silentMs?.() ?? 0;
  if (silentMs >= staleMs) return true;
  if (policy === "reject" || present.owner === undefined) return false;
  return present.owner === newcomer.owner && silentMs >= resumeMs;
}
