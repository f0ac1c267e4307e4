/** Keeps programs on a core each, where the system has `taskset`. */

import { spawnSync } from "node:child_process";
import { cpus } from "node:os";

const canPin = cpus().length > 1 && spawnSync("taskset", ["-c", "0", "true"]).status === 0;

/** The cores of a measurement: one for the server, one for everything else. */
export const cores = { server: 0, load: 1 };

/** Whether programs are kept on their cores. */
export const pins: boolean = canPin;

/** The command that runs a program on a core. */
export function pinned(
  core: number,
  command: string,
  args: readonly string[],
): [string, readonly string[]] {
  return canPin ? ["taskset", ["-c", String(core), command, ...args]] : [command, args];
}
