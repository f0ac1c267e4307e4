/** `pnpm bench [REGEX] [--json FILE] [--time MS]`: measures the cases whose name matches. */

import { parseArgs } from "node:util";
import { allCases } from "./cases.ts";
import { writeFigures } from "./figures-file.ts";
import { measureLatency } from "./latency.ts";
import { type BenchFigures, measure } from "./measure.ts";

// A million messages in the half second that a case takes by default; it takes longer, for each is timed alone.
const latencyMessagesPerMs = 2_000;

const request = readArguments(process.argv.slice(2));
const { pattern, jsonFile } = request;
const cases = allCases().filter(({ name }) => pattern.test(name));
const latencyName = "latency/reader-to-writer";
const hasLatency = pattern.test(latencyName);
if (cases.length === 0 && !hasLatency) fail(`no case matches ${pattern}`);

const figures: BenchFigures[] = [];
for (const benchCase of cases) {
  process.stderr.write(`${benchCase.name} …\n`);
  figures.push(await measure(benchCase, request.timeMs));
}

if (hasLatency) {
  process.stderr.write(`${latencyName} …\n`);
  figures.push(measureLatency(request.timeMs * latencyMessagesPerMs));
}

console.table(
  Object.fromEntries(
    figures.map((figure) => [
      figure.name,
      {
        "ops/s": Math.round(figure.opsPerSecond),
        "MB/s": Math.round(figure.bytesPerSecond / 1e6),
        "p50 µs": +(figure.p50Ns / 1e3).toFixed(2),
        "p99 µs": +(figure.p99Ns / 1e3).toFixed(2),
        "max µs": figure.maxNs === undefined ? "" : +(figure.maxNs / 1e3).toFixed(2),
        "bytes/op": figure.allocatedBytesPerOp ?? "",
      },
    ]),
  ),
);
if (jsonFile !== undefined) {
  writeFigures(jsonFile, figures);
}

function readArguments(args: string[]): {
  pattern: RegExp;
  jsonFile: string | undefined;
  timeMs: number;
} {
  try {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: "string" }, time: { type: "string", default: "500" } },
    });
    const timeMs = Number(values.time);
    if (!(timeMs > 0)) throw new TypeError(`--time wants milliseconds, not ${values.time}`);
    if (positionals.length > 1) throw new TypeError(`one pattern, not ${positionals.length}`);
    return { pattern: new RegExp(positionals[0] ?? "."), jsonFile: values.json, timeMs };
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function fail(message: string): never {
  process.stderr.write(`error: ${message}\n`);
  process.exit(2);
}
