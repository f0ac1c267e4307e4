/** `pnpm bench:guard [REGEX] [options]`: fails when a case got slower or hungrier than a base revision. */

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Build, builtSuite, defaultBase, revisionBuild, shortRevision } from "./build.ts";
import { minRounds, unmatchedCases } from "./compare.ts";
import { judgeBuilds } from "./judge.ts";
import { isWorse, markdownReport } from "./report.ts";

const usage = `usage: bench:guard [REGEX] [--base REV] [--rounds N] [--time MS] [--threshold FRACTION]
                   [--json FILE] [--markdown FILE]`;

const repository = fileURLToPath(new URL("../../..", import.meta.url));

// So that the worktree goes also when the guard is stopped; a second signal ends it at once.
const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => stop.abort());

process.exitCode = await guard().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(stop.signal.aborted ? "stopped\n" : `error: ${message}\n`);
  return stop.signal.aborted ? 130 : 2;
});

async function guard(): Promise<number> {
  const request = readArguments(process.argv.slice(2));
  const base = request.base ?? defaultBase(repository);
  const baseName = shortRevision(repository, base);
  process.stderr.write(`building ${baseName} …\n`);
  const baseBuild = await revisionBuild(repository, base, { signal: stop.signal });
  if (baseBuild === undefined) {
    process.stdout.write(`${baseName} has no benchmarks; there is nothing to compare with.\n`);
    return 0;
  }
  try {
    return await compareWith(baseBuild, baseName, request);
  } finally {
    baseBuild.remove();
  }
}

async function compareWith(base: Build, baseName: string, request: GuardRequest): Promise<number> {
  const candidate = builtSuite(repository, stop.signal);
  const { pattern, timeMs, rounds: count, threshold } = request;
  const { comparisons, rounds } = await judgeBuilds(
    (cases) => base.measure(cases, timeMs),
    (cases) => candidate.measure(cases, timeMs),
    { pattern, rounds: count, threshold },
    (round) => process.stderr.write(`round ${round} of ${count}\n`),
  );
  if (comparisons.length === 0) throw new Error(`${baseName} and the working tree share no case`);

  const about = { base: baseName, threshold, rounds: count, unmatched: unmatchedCases(rounds) };
  const markdown = markdownReport(comparisons, about);
  process.stdout.write(markdown);
  if (request.markdownFile !== undefined) writeFileSync(request.markdownFile, markdown);
  if (request.jsonFile !== undefined) {
    const content = { base: baseName, threshold, comparisons, rounds };
    writeFileSync(request.jsonFile, `${JSON.stringify(content, null, 2)}\n`);
  }
  return comparisons.some(isWorse) ? 1 : 0;
}

interface GuardRequest {
  readonly pattern: string;
  readonly base: string | undefined;
  readonly rounds: number;
  readonly timeMs: number;
  readonly threshold: number;
  readonly jsonFile: string | undefined;
  readonly markdownFile: string | undefined;
}

function readArguments(args: string[]): GuardRequest {
  try {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        base: { type: "string" },
        rounds: { type: "string", default: "10" },
        time: { type: "string", default: "100" },
        threshold: { type: "string", default: "0.1" },
        json: { type: "string" },
        markdown: { type: "string" },
      },
    });
    if (positionals.length > 1) throw new TypeError(`one pattern, not ${positionals.length}`);
    const [pattern = "."] = positionals;
    const rounds = positive("--rounds", values.rounds);
    if (!Number.isInteger(rounds) || rounds < minRounds) {
      throw new TypeError(`--rounds wants an integer from ${minRounds}, not ${values.rounds}`);
    }
    return {
      // Looked at here, so that a mistake shows before anything is built.
      pattern: new RegExp(pattern).source,
      base: values.base,
      rounds,
      timeMs: positive("--time", values.time),
      threshold: positive("--threshold", values.threshold),
      jsonFile: values.json,
      markdownFile: values.markdown,
    };
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function fail(message: string): never {
  process.stderr.write(`error: ${message}\n${usage}\n`);
  process.exit(2);
}

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new TypeError(`${flag} wants a number above 0, not ${text}`);
  return value;
}
