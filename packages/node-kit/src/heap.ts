import { PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** The bytes up to which the young generation may grow, both halves. */
const mostYoungBytes = 8 * 1024 * 1024;

/**
 * Fits V8's heap to an app that passes media on to thousands of connections.
 *
 * It has to be called before the program is loaded: what grows stays large.
 */
export function fitHeap(): void {
  keepYoungSmall();
  letOldDouble();
}

/**
 * Keeps the young generation at 4 MiB a half.
 *
 * By default it grows to 16 MiB a half while thousands of connections are opened, and stays so large: with 3,000 players
 * that is a fifth of the memory of the whole server. Smaller than this, media that waits for the end of the merge window
 * would be taken for old, which costs time.
 */
function keepYoungSmall(): void {
  // It may be as large already, and the next collection would double it.
  if (stopsGrowth()) return;
  const observer = new PerformanceObserver(() => {
    if (stopsGrowth()) observer.disconnect();
  });
  observer.observe({ entryTypes: ["gc"] });
}

/** Lets it grow no more once it is large enough; says whether it is. */
function stopsGrowth(): boolean {
  if (youngBytes() < mostYoungBytes) return false;
  setFlagsFromString("--semi-space-growth-factor=1");
  return true;
}

function youngBytes(): number {
  const spaces = getHeapSpaceStatistics();
  return spaces.find(({ space_name }) => space_name === "new_space")?.space_size ?? 0;
}

/**
 * Lets the old generation double before it is collected again.
 *
 * By default V8 chooses a factor between 1.1 and 4, so that collections take at most 3 % of all time. That is little of a
 * busy process, but a quarter of the work of a server that is busy for a tenth of the time: with twenty publishers it
 * walked over all connections once a second to find next to nothing.
 */
function letOldDouble(): void {
  setFlagsFromString("--heap-growing-percent=100");
}
