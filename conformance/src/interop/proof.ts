/**
 * Which program a test shows to work with which feature: what the tables of docs/interop.md are made of.
 *
 * A test says it by its options: `test(name, { meta: interop.live("nginx-rtmp", "pull") }, …)`. The names are literals
 * there, so that they can be read without a run.
 */

import type { TaskMeta } from "vitest";

import type { FeatureName } from "./features.ts";
import type { ProgramName } from "./programs.ts";

/**
 * How a program takes part: it runs; bytes that it once sent are replayed; or bytes are written by hand after what is
 * known of it.
 */
export type Evidence = "live" | "capture" | "by hand";

/** What one test shows. */
export interface Proof {
  readonly program: ProgramName;
  readonly features: readonly FeatureName[];
  readonly evidence: Evidence;
}

declare module "vitest" {
  interface TaskMeta {
    /** What the test shows of another program. */
    interop?: Proof;
  }
}

/** Makes the metadata of a test. */
export const interop = {
  /** The program runs. */
  live: (program: ProgramName, ...features: FeatureName[]): TaskMeta => ({
    interop: { program, features, evidence: "live" },
  }),
  /** What the program once sent is replayed. */
  capture: (program: ProgramName, ...features: FeatureName[]): TaskMeta => ({
    interop: { program, features, evidence: "capture" },
  }),
  /** What the program is known to send was written by hand. */
  byHand: (program: ProgramName, ...features: FeatureName[]): TaskMeta => ({
    interop: { program, features, evidence: "by hand" },
  }),
};
