/** Servers of others, as programs that the tests start on a port of their own. */

import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

import type { Child } from "./child.ts";
import { openSocket } from "./tcp-client.ts";

const startMs = 10_000;
const pollMs = 50;

/** A running server that is not ours. */
export class PeerServer {
  /** Where it listens, such as `rtmp://127.0.0.1:40000`. */
  readonly url: string;
  readonly #child: Child;

  private constructor(child: Child, url: string) {
    this.#child = child;
    this.url = url;
  }

  /**
   * Starts a server on a free port; resolves when it accepts connections.
   *
   * @param launch  starts it; it must listen on 127.0.0.1 and this port
   * @throws Error when it ends, or does not listen in time
   */
  static async start(launch: (port: number) => Promise<Child>): Promise<PeerServer> {
    const port = await freePort();
    const server = new PeerServer(await launch(port), `rtmp://127.0.0.1:${port}`);
    await server.#untilItAccepts();
    return server;
  }

  /** The URL of a stream. */
  streamUrl(app: string, name: string): string {
    return `${this.url}/${app}/${name}`;
  }

  /**
   * Waits until it has written something, to stdout or stderr.
   *
   * @param count  how many times
   * @throws Error when it does not come in time
   */
  async waitForText(text: string, count = 1): Promise<void> {
    const isThere = (): true | undefined => {
      const output = this.#child.stdout + this.#child.stderr;
      return output.split(text).length > count ? true : undefined;
    };
    await this.#child.waitFor(`"${text}"`, isThere, startMs);
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
  }

  async #untilItAccepts(): Promise<void> {
    const deadline = performance.now() + startMs;
    while (this.#child.running && performance.now() < deadline) {
      try {
        (await openSocket(this.url)).destroy();
        return;
      } catch {
        await delay(pollMs);
      }
    }
    await this.stop();
    throw new Error(`no server at ${this.url}: ${this.#child.stdout}${this.#child.stderr}`);
  }
}

/** A port that nobody listens on at the moment. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no address");
  return address.port;
}
