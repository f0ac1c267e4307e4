import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { builtSuite, commitOf, defaultBase, revisionBuild } from "../src/guard/build.ts";

let folder = "";
let repository = "";
let temporary = "";

const identity = [
  "-c",
  "user.name=a",
  "-c",
  "user.email=a@example.org",
  "-c",
  "commit.gpgsign=false",
];
const git = (...args: string[]): string =>
  execFileSync("git", ["-C", repository, ...identity, ...args], { encoding: "utf8" }).trim();

/** Commits a suite that says it took so many nanoseconds; it is built already. */
function commitSuite(p50Ns: number): string {
  mkdirSync(join(repository, "benchmarks/src"), { recursive: true });
  mkdirSync(join(repository, "benchmarks/dist"), { recursive: true });
  writeFileSync(join(repository, "benchmarks/src/cli.ts"), "");
  const suite = `
    const [, , name, , file] = process.argv;
    if (name === "broken") { console.log("it broke"); process.exit(1); }
    require("node:fs").writeFileSync(file, JSON.stringify({ cases: [{ name, p50Ns: ${p50Ns} }] }));`;
  writeFileSync(join(repository, "benchmarks/dist/cli.js"), suite);
  git("add", ".");
  git("commit", "-q", "-m", "suite");
  return git("rev-parse", "HEAD");
}

/** Nothing is left: no worktree besides the repository's own, no temporary folder. */
function expectNothingLeft(): void {
  expect(git("worktree", "list", "--porcelain").match(/^worktree /gm)?.length).toBe(1);
  expect(readdirSync(temporary)).toEqual([]);
}

const prepare = (): Promise<void> => Promise.resolve();
const failing = (): Promise<void> => Promise.reject(new Error("does not compile"));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "guard test "));
  repository = join(folder, "a repository");
  temporary = join(folder, "a temporary folder");
  mkdirSync(repository);
  mkdirSync(temporary);
  vi.stubEnv("TMPDIR", temporary);
  git("init", "-q", "-b", "main");
  git("commit", "-q", "--allow-empty", "-m", "root");
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test("a revision is measured as it was, beside the working tree, and leaves nothing behind", async () => {
  const old = commitSuite(1_111);
  commitSuite(2_222);
  const build = await revisionBuild(repository, old, { prepare });
  expect(await build?.measure("a/b", 1)).toEqual([{ name: "a/b", p50Ns: 1_111 }]);
  expect(await builtSuite(repository).measure("a/b", 1)).toEqual([{ name: "a/b", p50Ns: 2_222 }]);
  build?.remove();
  expectNothingLeft();
});

test("two builds of one revision do not meet", async () => {
  commitSuite(1_111);
  const [first, second] = await Promise.all(
    [1, 2].map(() => revisionBuild(repository, "main", { prepare })),
  );
  first?.remove();
  expect(await second?.measure("a/b", 1)).toEqual([{ name: "a/b", p50Ns: 1_111 }]);
  second?.remove();
  expectNothingLeft();
});

test("a revision without a suite is none, and an unknown one an error", async () => {
  expect(await revisionBuild(repository, "main", { prepare })).toBeUndefined();
  await expect(revisionBuild(repository, "no-such", { prepare })).rejects.toThrow("rev-parse");
  await expect(revisionBuild(repository, "--help", { prepare })).rejects.toThrow("rev-parse");
  expectNothingLeft();
});

test("a build that fails leaves nothing behind", async () => {
  commitSuite(1_111);
  const build = revisionBuild(repository, "main", { prepare: failing });
  await expect(build).rejects.toThrow("does not compile");
  expectNothingLeft();
});

test("a build that is stopped leaves nothing behind", async () => {
  commitSuite(1_111);
  const stop = new AbortController();
  const stopped = (): Promise<void> => Promise.resolve(stop.abort());
  const build = revisionBuild(repository, "main", { prepare: stopped, signal: stop.signal });
  await expect(build).rejects.toThrow("aborted");
  expectNothingLeft();
});

test("a suite that fails says what it wrote, one that is stopped ends", async () => {
  commitSuite(1_111);
  await expect(builtSuite(repository).measure("broken", 1)).rejects.toThrow("it broke");
  const stopped = builtSuite(repository, AbortSignal.abort());
  await expect(stopped.measure("a/b", 1)).rejects.toThrow("aborted");
  expectNothingLeft();
});

test("the base is the previous commit on main, and where a branch began elsewhere", () => {
  const first = commitSuite(1);
  const second = commitSuite(2);
  expect(defaultBase(repository)).toBe(first);
  git("switch", "-q", "-c", "branch");
  commitSuite(3);
  commitSuite(4);
  expect(defaultBase(repository)).toBe(second);
});

test("without a local main branch the base is that of the origin", () => {
  const first = commitSuite(1);
  git("update-ref", "refs/remotes/origin/main", first);
  git("branch", "-q", "-m", "main", "branch");
  commitSuite(2);
  expect(defaultBase(repository)).toBe(first);
  git("update-ref", "-d", "refs/remotes/origin/main");
  expect(() => defaultBase(repository)).toThrow("--base");
});

test("a revision that names no commit is an error", () => {
  expect(commitOf(repository, "HEAD")).toMatch(/^[0-9a-f]{40}$/);
  expect(() => commitOf(repository, "HEAD~9")).toThrow("rev-parse");
});
