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

// Each costs a full garbage collection before it.
const defaultAllocationOps = 10;

/**
 * Measures one case.
 *
 * @param timeMs         how long to measure, without the time to get ready
 * @param allocationOps  operations over which the memory is averaged
 * @throws Error when the case does not do what it is meant to
 */
export async function measure(
  benchCase: BenchCase,
  timeMs: number,
  allocationOps: number = defaultAllocationOps,
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
    allocatedBytesPerOp: allocatedBytes(benchCase, allocationOps),
    samples: latency.samplesCount,
  };
}

/** Bytes that stay or wait for the collector after one operation, on average. */
function allocatedBytes({ before, run }: BenchCase, allocationOps: number): number {
  let allocated = 0;
  for (let i = 0; i < allocationOps; i++) {
    before?.();
    collectGarbage();
    const start = memoryInUse();
    run();
    allocated += Math.max(0, memoryInUse() - start);
  }
  return Math.round(allocated / allocationOps);
}

function memoryInUse(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
