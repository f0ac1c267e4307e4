/**
 * `pnpm bench:load [REGEX] [--repeat N] [--seconds N] [--json FILE] [--markdown FILE] [--profiles FOLDER]`: runs the suites whose name matches.
 *
 * With `--profiles` our own server writes where its time and memory go, as a `.cpuprofile` and a `.heapprofile` a run, which
 * the developer tools of Chromium show; its figures are then those of a server that is watched.
 *
 * All that take part in a suite run in turn, as often as `--repeat` says; the tables show medians.
 */

import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { machine } from "../figures-file.ts";
import { pins } from "./pinning.ts";
import { allSuites, type Suite } from "./suites.ts";
import { type EntryResult, formatSuite, type SuiteResult } from "./tables.ts";

const request = readArguments(process.argv.slice(2));
if (process.platform !== "linux") fail("the load bench reads /proc, which is Linux only");
const suites = allSuites(request.seconds, request.nodeOptions).filter(({ name, long }) =>
  long === true ? request.pattern.source === name : request.pattern.test(name),
);
if (suites.length === 0) fail(`no suite matches ${request.pattern}`);
if (!pins) process.stderr.write("warning: no taskset, or one core: programs share the cores\n");

for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));

const tables: SuiteResult[] = [];
for (const suite of suites) {
  const result = await runSuite(suite);
  tables.push(result);
  process.stdout.write(`${formatSuite(result)}\n`);
}
const { jsonFile, markdownFile, repeat, seconds } = request;
if (jsonFile !== undefined) {
  const content = { machine: machine(), pinned: pins, repeat, seconds, suites: tables };
  writeFileSync(jsonFile, `${JSON.stringify(content, null, 2)}\n`);
}
if (markdownFile !== undefined) writeFileSync(markdownFile, tables.map(formatSuite).join("\n"));
const failed = tables.some(({ entries }) => entries.some(({ failures }) => failures.length > 0));
process.exit(failed ? 1 : 0);

async function runSuite({ name, title, entries }: Suite): Promise<SuiteResult> {
  const results = entries.map(({ label, absence }) => ({
    label,
    absence,
    runs: [] as EntryResult["runs"][number][],
    failures: [] as string[],
  }));
  for (let round = 1; round <= request.repeat; round++) {
    for (const [index, entry] of entries.entries()) {
      const result = results[index];
      if (result === undefined || entry.absence !== undefined) continue;
      process.stderr.write(`${name}: ${entry.label}, ${round} of ${request.repeat} …\n`);
      try {
        result.runs.push(await entry.run());
      } catch (error) {
        result.failures.push(error instanceof Error ? error.message : String(error));
      }
    }
  }
  return { name, title, entries: results };
}

function readArguments(args: string[]): {
  pattern: RegExp;
  repeat: number;
  seconds: number;
  jsonFile: string | undefined;
  markdownFile: string | undefined;
  nodeOptions: readonly string[];
} {
  try {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        repeat: { type: "string", default: "3" },
        seconds: { type: "string", default: "8" },
        json: { type: "string" },
        markdown: { type: "string" },
        profiles: { type: "string" },
      },
    });
    if (positionals.length > 1) throw new TypeError(`one pattern, not ${positionals.length}`);
    return {
      pattern: new RegExp(positionals[0] ?? "."),
      repeat: positive("--repeat", values.repeat),
      seconds: positive("--seconds", values.seconds),
      jsonFile: values.json,
      markdownFile: values.markdown,
      nodeOptions: values.profiles === undefined ? [] : profileOptions(resolve(values.profiles)),
    };
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function profileOptions(folder: string): string[] {
  return ["cpu", "heap"].flatMap((kind) => [`--${kind}-prof`, `--${kind}-prof-dir=${folder}`]);
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new TypeError(`${name} wants a positive number, not ${text}`);
  return value;
}

function fail(message: string): never {
  process.stderr.write(`error: ${message}\n`);
  process.exit(2);
}
