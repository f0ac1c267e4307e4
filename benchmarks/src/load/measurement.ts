/** One server and one load generator, from their start to their end. */

import { setTimeout as sleep } from "node:timers/promises";

import type { Contestant, ContestOptions, RunningContestant } from "./contestants.ts";
import { GeneratorProcess } from "./generator-process.ts";
import type { LoadFigures, ServerAddress } from "./generator.ts";
import { cores } from "./pinning.ts";
import type { Usage } from "./server-process.ts";
import { type StreamShape, usualStream } from "./stamped-stream.ts";

/** Named numbers, their units in their names; what a table shows of one run. */
export type Figures = Readonly<Record<string, number>>;

/** What was counted in a span of time, and what it cost the server. */
export interface Span extends LoadFigures {
  readonly serverCpuSeconds: number;
  readonly rssBytes: number;
}

const warmUpPlayers = 20;
const defaultPlayersPerSecond = 250;
const settleMs = 1_500;

/** What a measurement begins with. */
export interface MeasurementOptions extends ContestOptions {
  /** Streams that are published. @default ["cam"] */
  readonly streamNames?: readonly string[];
  /** @default the usual stream */
  readonly shape?: StreamShape;
  /** Where the streams are published, if not at the server under test. */
  readonly origin?: ServerAddress;
}

/** A server under load. */
export class Measurement {
  /** The server under test. */
  readonly server: RunningContestant;
  readonly generator: GeneratorProcess = new GeneratorProcess(cores.load);
  readonly streamNames: readonly string[];
  readonly #options: MeasurementOptions;

  private constructor(server: RunningContestant, options: MeasurementOptions) {
    this.server = server;
    this.#options = options;
    this.streamNames = options.streamNames ?? ["cam"];
  }

  /**
   * Starts a server and its load, and measures.
   *
   * @throws what `run` throws, as the rejection; everything has been ended then
   */
  static async run<T>(
    contestant: Contestant,
    options: MeasurementOptions,
    run: (measurement: Measurement) => Promise<T>,
  ): Promise<T> {
    const measurement = new Measurement(await contestant.start(options), options);
    try {
      return await run(measurement);
    } finally {
      await measurement.generator.stop();
      await measurement.server.process.stop();
    }
  }

  /** What the server has cost so far. */
  get usage(): Usage {
    return this.server.process.usage;
  }

  /** Starts the publishers. */
  async publish(): Promise<void> {
    const { shape = usualStream, mergeWindowMs = 0, origin } = this.#options;
    await this.generator.publish({
      server: origin ?? { ...this.server.address, scheme: "rtmp" },
      streamNames: this.streamNames,
      shape,
      bareWindowMs: mergeWindowMs,
    });
  }

  /** Publishes, and plays for a moment, so that the server has done everything once. */
  async warmUp(): Promise<void> {
    await this.publish();
    await this.play(warmUpPlayers);
    await sleep(settleMs);
    await this.generator.leaveAll();
    await sleep(settleMs);
  }

  /** Starts players and waits until each has a keyframe. */
  async play(count: number, perSecond = defaultPlayersPerSecond): Promise<void> {
    const { address: server } = this.server;
    const { streamNames } = this;
    await this.generator.play({ server, streamNames, count, perSecond, untilPlaying: true });
  }

  /** Calls something every second for some seconds, and before. */
  async everySecond(seconds: number, run: (second: number) => void | Promise<void>): Promise<void> {
    const begun = performance.now();
    for (let second = 0; second <= seconds; second++) {
      await sleep(Math.max(0, begun + second * 1_000 - performance.now()));
      await run(second);
    }
  }

  /** Counts for some seconds. */
  async watch(seconds: number, meanwhile: () => Promise<void> = async () => {}): Promise<Span> {
    await this.generator.begin();
    const before = this.usage.cpuSeconds;
    await Promise.all([sleep(seconds * 1_000), meanwhile()]);
    const after = this.usage;
    const figures = await this.generator.figures();
    return {
      ...figures,
      serverCpuSeconds: after.cpuSeconds - before,
      rssBytes: after.rssBytes,
    };
  }
}

/** What the most tables show of a span. */
export function figuresOf(span: Span): Figures {
  return {
    "CPU s/GB": span.serverCpuSeconds / (span.bytes / 1e9),
    "core %": (100 * span.serverCpuSeconds) / span.seconds,
    "messages/s": span.messages / span.seconds,
    "p50 ms": span.delays.p50,
    "p99 ms": span.delays.p99,
    "max ms": span.delays.max,
    ...faultsOf(span),
    "generator core %": (100 * span.generatorCpuSeconds) / span.seconds,
  };
}

/** What players should never see. */
export function faultsOf({ missing, misordered, timestampsBack, lost }: Span): Figures {
  return { missing, "out of order": misordered, "timestamps back": timestampsBack, lost };
}
