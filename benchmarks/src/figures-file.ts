import { readFileSync, writeFileSync } from "node:fs";
import { arch, cpus, platform } from "node:os";
import type { BenchFigures } from "./measure.ts";

/** What a run of the suite leaves behind. */
export interface FiguresFile {
  readonly machine: {
    readonly node: string;
    readonly platform: string;
    readonly arch: string;
    readonly cpu: string;
    readonly cores: number;
  };
  readonly cases: readonly BenchFigures[];
}

/** Describes this machine. */
export function machine(): FiguresFile["machine"] {
  return {
    node: process.version,
    platform: platform(),
    arch: arch(),
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
  };
}

/** Writes figures with a description of this machine. */
export function writeFigures(file: string, cases: readonly BenchFigures[]): void {
  const content: FiguresFile = { machine: machine(), cases };
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
}

/** Reads what {@link writeFigures} wrote. */
export function readFigures(file: string): FiguresFile {
  const content: FiguresFile = JSON.parse(readFileSync(file, "utf8"));
  return content;
}
