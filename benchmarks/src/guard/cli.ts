/** `pnpm bench:guard [REGEX] [options]`: fails when a case got slower or hungrier than a base revision. */

import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { defaultBase, revisionBuild, shortRevision, workingTreeBuild } from "./build.ts";
import { compare } from "./compare.ts";
import { isWorse, markdownReport } from "./report.ts";
import { measureRounds } from "./rounds.ts";

const usage = `usage: bench:guard [REGEX] [--base REV] [--rounds N] [--time MS] [--threshold FRACTION]
                   [--json FILE] [--markdown FILE]`;

process.exitCode = await guard();

async function guard(): Promise<number> {
  const request = readArguments(process.argv.slice(2));
  const base = request.base ?? defaultBase();
  const baseName = shortRevision(base);
  process.stderr.write(`building ${baseName} …\n`);
  const baseBuild = revisionBuild(base);
  if (baseBuild === undefined) {
    process.stdout.write(`${baseName} has no benchmarks; there is nothing to compare with.\n`);
    return 0;
  }

  try {
    const candidateBuild = workingTreeBuild();
    const { pattern, timeMs, rounds: count, threshold } = request;
    const rounds = await measureRounds(
      count,
      () => Promise.resolve(baseBuild.measure(pattern, timeMs)),
      () => Promise.resolve(candidateBuild.measure(pattern, timeMs)),
      (round) => process.stderr.write(`round ${round} of ${count}\n`),
    );
    const comparisons = compare(rounds, threshold);
    const markdown = markdownReport(comparisons, { base: baseName, threshold, rounds: count });
    process.stdout.write(markdown);
    if (request.markdownFile !== undefined) writeFileSync(request.markdownFile, markdown);
    if (request.jsonFile !== undefined) {
      const content = { base: baseName, threshold, comparisons, rounds };
      writeFileSync(request.jsonFile, `${JSON.stringify(content, null, 2)}\n`);
    }
    return comparisons.some(isWorse) ? 1 : 0;
  } finally {
    baseBuild.remove();
  }
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
    const [pattern = "."] = positionals;
    return {
      // Looked at here, so that a mistake shows before anything is built.
      pattern: new RegExp(pattern).source,
      base: values.base,
      rounds: positive("--rounds", values.rounds),
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
