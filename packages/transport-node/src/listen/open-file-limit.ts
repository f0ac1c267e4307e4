import { readFileSync } from "node:fs";

let known: number | undefined;

/**
 * Returns how many files and sockets the process may have open.
 *
 * Linux says it in `/proc`, other systems in the diagnostic report of Node; `Infinity` where neither does.
 */
export function readOpenFileLimit(): number {
  known ??= parseOpenFileLimit(readLimits()) ?? Number.POSITIVE_INFINITY;
  return known;
}

/** Finds the soft limit in the text of `/proc/self/limits`, or in that of a report; undefined when it is not there. */
export function parseOpenFileLimit(text: string): number | undefined {
  const [, inProc] = /^Max open files +(\S+)/m.exec(text) ?? [];
  const [, inReport] = /"open_files":\s*{\s*"soft":\s*"?(\w+)/.exec(text) ?? [];
  const limit = Number(inProc ?? inReport);
  return Number.isInteger(limit) && limit > 0 ? limit : undefined;
}

function readLimits(): string {
  try {
    return readFileSync("/proc/self/limits", "utf8");
  } catch {
    return JSON.stringify(process.report.getReport());
  }
}
