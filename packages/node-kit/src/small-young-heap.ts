import { PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** The bytes up to which the young generation may grow, both halves. */
const mostBytes = 8 * 1024 * 1024;

/**
 * Keeps V8's young generation at 4 MiB a half.
 *
 * By default it grows to 16 MiB a half while thousands of connections are opened, and stays so large: with 3,000 players
 * that is a fifth of the memory of the whole server. Smaller than this, media that lives as long as a GOP would be taken for
 * old, which costs time.
 *
 * It has to be called before the program is loaded: what grows stays large.
 */
export function keepYoungHeapSmall(): void {
  // It may be as large already, and the next collection would double it.
  if (stopsGrowth()) return;
  const observer = new PerformanceObserver(() => {
    if (stopsGrowth()) observer.disconnect();
  });
  observer.observe({ entryTypes: ["gc"] });
}

/** Lets it grow no more once it is large enough; says whether it is. */
function stopsGrowth(): boolean {
  if (youngBytes() < mostBytes) return false;
  setFlagsFromString("--semi-space-growth-factor=1");
  return true;
}

function youngBytes(): number {
  const spaces = getHeapSpaceStatistics();
  return spaces.find(({ space_name }) => space_name === "new_space")?.space_size ?? 0;
}
