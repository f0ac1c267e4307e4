import { type DestinationStream, pino } from "pino";
import { prettyFactory } from "pino-pretty";

import type { CommandLineOptions } from "./command-line.ts";
import { oneOf } from "./option-values.ts";

const stderrFd = 2;

/** What is logged, from little to much; `silent` logs nothing. */
export const logLevels = ["silent", "fatal", "error", "warn", "info", "debug", "trace"] as const;

/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number];

/** How a line of the log looks: for people, or one JSON object a line. */
export const logFormats = ["pretty", "json"] as const;

/** One of {@link logFormats}. */
export type LogFormat = (typeof logFormats)[number];

/**
 * Takes one line: what happened as a constant text, and the values that go with it.
 *
 * Whatever a peer had a say in belongs into `fields`, where its control characters are escaped.
 */
export type LogMethod = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** Where the program reports what happens. */
export interface Log {
  /** Something failed that the program cannot repair. */
  readonly error: LogMethod;
  /** Something is wrong, and the program goes on. */
  readonly warn: LogMethod;
  /** One line per transition of a connection or a stream. */
  readonly info: LogMethod;
  /** For looking into a fault. */
  readonly debug: LogMethod;
}

/** How to log. */
export interface LogOptions {
  /** The least important lines that are written. */
  readonly level: LogLevel;
  /** How a line looks. */
  readonly format: LogFormat;
  /**
   * Takes the finished lines, each with its line feed, at once.
   *
   * @default written to stderr
   */
  readonly write?: (line: string) => void;
  /**
   * Whether pretty lines have colours.
   *
   * @default whether stderr is a terminal
   */
  readonly hasColour?: boolean;
}

/** Makes a log whose lines are written before the call returns, so that none is lost at the exit. */
export function createLog(options: LogOptions): Log {
  const destination: DestinationStream =
    options.write === undefined
      ? pino.destination({ fd: stderrFd, sync: true })
      : { write: options.write };
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err },
    },
    options.format === "json" ? destination : prettyStream(destination, options.hasColour),
  );
  return {
    error: (fields, message) => logger.error(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    info: (fields, message) => logger.info(fields, message),
    debug: (fields, message) => logger.debug(fields, message),
  };
}

function prettyStream(destination: DestinationStream, hasColour?: boolean): DestinationStream {
  const pretty = prettyFactory({
    colorize: hasColour ?? process.stderr.isTTY,
    translateTime: "SYS:yyyy-mm-dd HH:MM:ss.l",
    singleLine: true,
  });
  return { write: (line) => destination.write(pretty(line)) };
}

/** The values of {@link logOptions}. */
export interface LogValues {
  /** The value of `--log-level`. */
  readonly logLevel: LogLevel;
  /** The value of `--log-format`. */
  readonly logFormat: LogFormat;
}

/** The flags of the log, the same for every app. */
export const logOptions: CommandLineOptions<LogValues> = {
  logLevel: {
    flag: "--log-level <level>",
    description: `least important lines to log to stderr: ${logLevels.join(", ")}`,
    default: "info",
    parse: oneOf(logLevels),
  },
  logFormat: {
    flag: "--log-format <format>",
    description: `how a line of the log looks: ${logFormats.join(", ")}`,
    default: "pretty",
    parse: oneOf(logFormats),
  },
};
