import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Bench } from "tinybench";
import type { BenchCase } from "./bench-case.ts";

/** The figures of one case. */
export interface BenchFigures {
  readonly name: string;
  readonly opsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
  /** The slowest operation, where single ones are measured. */
  readonly maxNs?: number;
  /** JavaScript heap and array buffers together, measured apart from the time; null where it is not measured. */
  readonly allocatedBytesPerOp: number | null;
  readonly samples: number;
}

// Asked for here, so that no figure depends on how node was started.
setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

const defaultMemorySamples = 10;

/**
 * Measures one case.
 *
 * @param timeMs         how long to measure, without the time to get ready
 * @param memorySamples  how often the memory is measured; each costs a full garbage collection
 * @throws Error when the case does not do what it is meant to
 */
export async function measure(
  benchCase: BenchCase,
  timeMs: number,
  memorySamples: number = defaultMemorySamples,
): Promise<BenchFigures> {
  const { name, bytesPerOp, before, run, verify } = benchCase;
  verify();

  const bench = new Bench({ time: timeMs, warmupTime: timeMs / 4, throws: true });
  bench.add(name, run, before === undefined ? {} : { beforeEach: before });
  const [task] = await bench.run();
  const result = task?.result;
  if (result === undefined || !("latency" in result)) throw new Error(`${name} was not measured`);

  const { latency } = result;
  const secondsPerOp = latency.p50 / 1_000;
  return {
    name,
    opsPerSecond: 1 / secondsPerOp,
    bytesPerSecond: bytesPerOp / secondsPerOp,
    p50Ns: latency.p50 * 1e6,
    p99Ns: latency.p99 * 1e6,
    allocatedBytesPerOp: allocatedBytes(benchCase, memorySamples, latency.p50),
    samples: latency.samplesCount,
  };
}

// The measurement of the memory itself costs some kilobytes; this much work between two makes it small.
const allocationWorkMs = 2;
// More would bring a collection in between, which hides what was allocated.
const maxAllocationOps = 500;

/** Bytes that stay or wait for the collector after one operation, on average. */
function allocatedBytes({ before, run }: BenchCase, samples: number, opMs: number): number {
  const ops = Math.min(maxAllocationOps, Math.max(1, Math.floor(allocationWorkMs / opMs)));
  let allocated = 0;
  for (let i = 0; i < samples; i++) {
    before?.();
    collectGarbage();
    const start = memoryInUse();
    for (let k = 0; k < ops; k++) run();
    allocated += Math.max(0, memoryInUse() - start) / ops;
  }
  return Math.round(allocated / samples);
}

function memoryInUse(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
