/** Builds of the suite: the working tree's, and that of another revision in a worktree that goes again. */

import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { readFigures } from "../figures-file.ts";
import type { BenchFigures } from "../measure.ts";

const runFile = promisify(execFile);

/** A built suite. */
export interface Build {
  /** Measures the cases whose name matches, each for `timeMs`; rejects with what a failed suite wrote. */
  measure(pattern: string, timeMs: number): Promise<readonly BenchFigures[]>;
  /** Removes what was made for it. */
  remove(): void;
}

/** How a revision is built. */
export interface BuildOptions {
  /** Stops what is under way. */
  readonly signal?: AbortSignal;
  /**
   * Builds the suite in a fresh checkout.
   *
   * @default installs the dependencies and compiles
   */
  readonly prepare?: (root: string, signal: AbortSignal | undefined) => Promise<void>;
}

const git = (repository: string, ...args: string[]): string =>
  execFileSync("git", ["-C", repository, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();

/** Runs a program without a shell; what it wrote is part of the error when it fails. */
async function run(
  root: string,
  signal: AbortSignal | undefined,
  program: string,
  ...args: string[]
): Promise<void> {
  const options = { cwd: root, maxBuffer: 64 * 1024 * 1024, ...(signal && { signal }) };
  try {
    await runFile(program, args, options);
  } catch (error) {
    // tsc and pnpm complain on their standard output.
    const written = error instanceof Error && "stdout" in error ? String(error.stdout) : "";
    throw new Error(`${String(error)}\n${written}`, { cause: error });
  }
}

/**
 * Returns the commit that a revision names.
 *
 * @throws Error when there is none
 */
export function commitOf(repository: string, revision: string): string {
  return git(repository, "rev-parse", "--verify", "--end-of-options", `${revision}^{commit}`);
}

/**
 * Returns the merge base with the main branch, or the previous commit when that is where we are.
 *
 * Where there is no local `main`, as in a checkout of one branch, it is `origin/main`.
 *
 * @throws Error without a main branch or a previous commit
 */
export function defaultBase(repository: string): string {
  const head = commitOf(repository, "HEAD");
  const mergeBase = git(repository, "merge-base", "HEAD", mainBranch(repository));
  return mergeBase === head ? commitOf(repository, "HEAD~1") : mergeBase;
}

function mainBranch(repository: string): string {
  const branches = ["refs/heads/main", "refs/remotes/origin/main"];
  const known = git(repository, "for-each-ref", "--format=%(refname)", ...branches).split("\n");
  const found = branches.find((branch) => known.includes(branch));
  if (found === undefined) throw new Error("there is no main branch; name a base with --base");
  return found;
}

/** Returns the short name of a revision, for reports. */
export function shortRevision(repository: string, revision: string): string {
  return git(repository, "rev-parse", "--short", revision);
}

/** The suite of a folder that is built. */
export function builtSuite(root: string, signal?: AbortSignal): Build {
  return {
    async measure(pattern, timeMs) {
      const folder = mkdtempSync(join(tmpdir(), "rtmp-bench-"));
      try {
        const json = join(folder, "figures.json");
        const cli = join(root, "benchmarks/dist/cli.js");
        const args = [cli, pattern, "--json", json, "--time", String(timeMs)];
        await run(root, signal, process.execPath, ...args);
        return readFigures(json).cases;
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    remove() {},
  };
}

async function installAndCompile(root: string, signal: AbortSignal | undefined): Promise<void> {
  await run(root, signal, "pnpm", "install", "--frozen-lockfile", "--prefer-offline");
  await run(root, signal, "pnpm", "exec", "tsc", "-b", "benchmarks");
}

/**
 * Builds a revision in a temporary worktree, which is removed again when that fails.
 *
 * @returns undefined when the revision has no suite yet
 */
export async function revisionBuild(
  repository: string,
  revision: string,
  { signal, prepare = installAndCompile }: BuildOptions = {},
): Promise<Build | undefined> {
  const commit = commitOf(repository, revision);
  const folder = mkdtempSync(join(tmpdir(), "rtmp-base-"));
  const root = join(folder, "tree");
  const remove = (): void => removeWorktree(repository, folder, root);
  try {
    git(repository, "worktree", "add", "--quiet", "--detach", root, commit);
    if (!existsSync(join(root, "benchmarks/src/cli.ts"))) {
      remove();
      return undefined;
    }
    await prepare(root, signal);
    signal?.throwIfAborted();
    return { ...builtSuite(root, signal), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function removeWorktree(repository: string, folder: string, root: string): void {
  try {
    git(repository, "worktree", "remove", "--force", root);
  } catch {
    // It was not added, or a stopped program still wrote into it: the folder goes below.
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
