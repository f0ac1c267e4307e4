/** The built server, or proxy, as a process of its own. */

import { fileURLToPath } from "node:url";

import { Child } from "./child.ts";

const builtApp = (name: string): string =>
  fileURLToPath(new URL(`../../apps/${name}/dist/cli.js`, import.meta.url));
const maxRunMs = 120_000;
const startMs = 10_000;

/** One line of the server's log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A running server. */
export class ServerProcess {
  /** Where it listens, such as `rtmp://127.0.0.1:40000`. */
  readonly url: string;
  readonly #child: Child;

  private constructor(child: Child, url: string) {
    this.#child = child;
    this.url = url;
  }

  /** Starts a server on a free port, with further flags; resolves when it listens. */
  static start(...flags: readonly string[]): Promise<ServerProcess> {
    return ServerProcess.#start(builtApp("server"), ...flags);
  }

  /** Starts a proxy on a free port in front of origins; resolves when it listens. */
  static startProxy(...origins: readonly string[]): Promise<ServerProcess> {
    return ServerProcess.#start(
      builtApp("player-proxy"),
      ...origins.map((url) => `--origin=${url}`),
    );
  }

  static async #start(cli: string, ...more: readonly string[]): Promise<ServerProcess> {
    const args = [cli, "--rtmp-port", "0", "--log-format", "json", ...more];
    const child = new Child(process.execPath, args, maxRunMs);
    const line = await child.waitFor("ready line", () => completeLines(child.stdout)[0], startMs);
    const ready: unknown = JSON.parse(line);
    if (typeof ready !== "object" || ready === null || !("rtmp" in ready)) {
      throw new Error(`not a ready line: ${line}`);
    }
    return new ServerProcess(child, String(ready.rtmp));
  }

  /** Every line that it has logged. */
  get log(): LogLine[] {
    return completeLines(this.#child.stderr).map((line): LogLine => JSON.parse(line));
  }

  /**
   * Waits for a line of the log that has these fields, among those that are there first.
   *
   * @param from  how many lines at the start not to look at
   * @throws Error when it does not come in time
   */
  waitForLog(
    fields: Readonly<Record<string, unknown>>,
    { timeoutMs = 5_000, from = 0 }: { timeoutMs?: number; from?: number } = {},
  ): Promise<LogLine> {
    const wanted = Object.entries(fields);
    const find = (): LogLine | undefined =>
      this.log.slice(from).find((line) => wanted.every(([key, value]) => line[key] === value));
    return this.#child.waitFor(`log line ${JSON.stringify(fields)}`, find, timeoutMs);
  }

  /** Ends the server without a word to its peers; resolves when it has ended. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
  }

  /**
   * Ends the server in order.
   *
   * @throws Error when it logged an error, or did not exit with 0
   */
  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    const { code } = await this.#child.exited;
    const errors = this.log.filter(({ level }) => level === "error" || level === "fatal");
    if (errors.length > 0) throw new Error(`the server logged ${JSON.stringify(errors)}`);
    if (code !== 0) throw new Error(`the server exited with ${code}: ${this.#child.stderr}`);
  }
}

function completeLines(text: string): string[] {
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .slice(0, -1);
}
