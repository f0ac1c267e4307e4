/** `pnpm bench [REGEX] [--json FILE] [--time MS]`: measures the cases whose name matches. */

import { writeFileSync } from "node:fs";
import { arch, cpus, platform } from "node:os";
import { Command, InvalidArgumentError } from "commander";
import { amfCases } from "./amf-cases.ts";
import { chunkCases } from "./chunk-cases.ts";
import { type BenchFigures, measure } from "./measure.ts";

const command = new Command("bench")
  .description("Measures the packages.")
  .argument("[regex]", "cases to run", parseRegex, /./)
  .option("--json <file>", "write the figures to this file as JSON")
  .option("--time <ms>", "how long to measure each case", parseTime, 500)
  .parse();

const options = command.opts<{ json?: string; time: number }>();
const [pattern] = command.processedArgs as [RegExp];
const cases = [...chunkCases, ...amfCases].filter(({ name }) => pattern.test(name));
if (cases.length === 0) command.error(`error: no case matches ${pattern}`);

const figures: BenchFigures[] = [];
for (const benchCase of cases) {
  process.stderr.write(`${benchCase.name} …\n`);
  figures.push(await measure(benchCase, options.time));
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
        "bytes/op": figure.allocatedBytesPerOp,
      },
    ]),
  ),
);
if (options.json !== undefined) {
  const machine = {
    node: process.version,
    platform: platform(),
    arch: arch(),
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
  };
  writeFileSync(options.json, `${JSON.stringify({ machine, cases: figures }, null, 2)}\n`);
}

function parseRegex(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new InvalidArgumentError("not a regular expression");
  }
}

function parseTime(text: string): number {
  const time = Number(text);
  if (!(time > 0)) throw new InvalidArgumentError("milliseconds expected");
  return time;
}
