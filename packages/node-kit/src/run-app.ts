import { CertificateError } from "@rtmp/transport-node";

import { type CommandLine, parseCommandLine } from "./command-line.ts";
import { describeListenError } from "./listen-error.ts";
import { type Log, createLog, type LogValues } from "./log.ts";
import { type Listeners, formatReadyLine } from "./ready-line.ts";
import { exitOnSignals } from "./shutdown.ts";

/** An app that runs until it is told to end. */
export interface RunningApp {
  /** What it listens on. */
  readonly listeners: Listeners;
  /** Stops accepting, says goodbye to the peers and finishes what was begun. */
  close(): Promise<void>;
}

/** What makes one app different from the other. */
export interface App<V extends LogValues> {
  /** Its command line, with the flags of the log. */
  readonly commandLine: CommandLine<V>;
  /** Opens every listener; rejects with the error of Node when one cannot be opened. */
  start(values: V, log: Log): Promise<RunningApp>;
}

/**
 * Runs an app from its command line to its exit.
 *
 * stdout gets the ready line and nothing else; the log goes to stderr. The exit code is 0 after a signal, 1 when a
 * listener cannot be opened or a certificate cannot be used, 2 when the arguments are wrong.
 *
 * @param args  the arguments, without the names of the interpreter and the script
 */
export async function runApp<V extends LogValues>(
  app: App<V>,
  args: readonly string[] = process.argv.slice(2),
): Promise<void> {
  const result = parseCommandLine(app.commandLine, args);
  if (result.kind === "exit") {
    process.stdout.write(result.output);
    process.stderr.write(result.errors);
    process.exitCode = result.code;
    return;
  }

  const { logLevel: level, logFormat: format } = result.values;
  const log = createLog({ level, format });
  const starting = app.start(result.values, log);
  exitOnSignals({
    goodbye: async () => (await starting).close(),
    onError: (error) => log.error({ error }, "shutdown failed"),
  });
  try {
    const { listeners } = await starting;
    // A reader that has gone must not end the app.
    process.stdout.on("error", () => {});
    process.stdout.write(formatReadyLine(process.pid, listeners));
  } catch (error) {
    process.stderr.write(`error: ${describeListenError(error) ?? startError(error)}\n`);
    // What was opened before the failure must not keep the process alive.
    process.exit(1);
  }
}

function startError(error: unknown): string {
  if (error instanceof CertificateError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
