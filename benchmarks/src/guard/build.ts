/** Builds of the suite: the working tree's, and that of another revision in a worktree that goes again. */

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFigures } from "../figures-file.ts";
import type { BenchFigures } from "../measure.ts";

/** A built suite. */
export interface Build {
  /** Measures the cases whose name matches, each for `timeMs`. */
  measure(pattern: string, timeMs: number): readonly BenchFigures[];
  /** Removes what was made for it. */
  remove(): void;
}

const git = (...args: string[]): string =>
  execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim();

/** Returns the merge base with the main branch, or the previous commit when that is where we are. */
export function defaultBase(): string {
  const head = git("rev-parse", "HEAD");
  const mergeBase = git("merge-base", "HEAD", "main");
  return mergeBase === head ? git("rev-parse", "HEAD~1") : mergeBase;
}

/** Returns the short name of a revision, for reports. */
export function shortRevision(revision: string): string {
  return git("rev-parse", "--short", revision);
}

/** The suite of a folder that is built. */
function suiteIn(root: string): Pick<Build, "measure"> {
  return {
    measure(pattern, timeMs) {
      const folder = mkdtempSync(join(tmpdir(), "rtmp-bench-"));
      try {
        const json = join(folder, "figures.json");
        const cli = join(root, "benchmarks/dist/cli.js");
        const args = [cli, pattern, "--json", json, "--time", String(timeMs)];
        execFileSync(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
        return readFigures(json).cases;
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  };
}

/** The working tree, which the calling script has built. */
export function workingTreeBuild(): Build {
  return { ...suiteIn(git("rev-parse", "--show-toplevel")), remove() {} };
}

/**
 * Builds a revision in a temporary worktree.
 *
 * @returns undefined when the revision has no suite yet
 */
export function revisionBuild(revision: string): Build | undefined {
  const folder = mkdtempSync(join(tmpdir(), "rtmp-base-"));
  const root = join(folder, "tree");
  git("worktree", "add", "--quiet", "--detach", root, revision);
  const remove = (): void => {
    git("worktree", "remove", "--force", root);
    rmSync(folder, { recursive: true });
  };
  try {
    if (!existsSync(join(root, "benchmarks/src/cli.ts"))) {
      remove();
      return undefined;
    }
    const pnpm = (...args: string[]): void => {
      execFileSync("pnpm", args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
    };
    pnpm("install", "--frozen-lockfile", "--prefer-offline");
    pnpm("exec", "tsc", "-b", "benchmarks");
    return { ...suiteIn(root), remove };
  } catch (error) {
    remove();
    throw error;
  }
}
