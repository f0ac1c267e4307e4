/** How many connections a server sets up in a second: handshake, connect, createStream and play. */

import { createStreamCommand, encodeCommand, playCommand } from "@rtmp/message";

import { connectTo, LoadConnection } from "./load-connection.ts";
import type { Target } from "./socket.ts";

/** What to measure. */
export interface SetUpOptions {
  readonly target: Target;
  readonly app: string;
  /** Nobody publishes it, so that no media has to be sent. */
  readonly streamName: string;
  readonly seconds: number;
}

/** What was measured. */
export interface SetUpRate {
  readonly count: number;
  readonly seconds: number;
  /** Connections that ended before the answer. */
  readonly failed: number;
}

// Connections under way at a time.
const atATime = 64;

/** Sets connections up for some seconds; each leaves when play was answered. */
export async function measureSetUps(options: SetUpOptions): Promise<SetUpRate> {
  const begun = performance.now();
  const end = begun + options.seconds * 1_000;
  let count = 0;
  let failed = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      if (await setUp(options)) count++;
      else failed++;
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return { count, failed, seconds: (performance.now() - begun) / 1_000 };
}

function setUp({ target, app, streamName }: SetUpOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const connection: LoadConnection = new LoadConnection(target, {
      onOpen: () => connection.command(0, connectTo(target, app)),
      onCommand({ name, transactionId }) {
        if (name === "_result" && transactionId === 1) {
          connection.command(0, encodeCommand(createStreamCommand(2)));
        } else if (name === "_result") {
          connection.command(1, encodeCommand(playCommand(0, { streamName })));
        } else if (name === "onStatus") {
          resolve(true);
          connection.reset();
        }
      },
      onMessage: () => {},
      onReceived: () => {},
      onClose: () => resolve(false),
    });
  });
}

/** Opens a connection that connects to an app and does nothing else; resolves with whether it could. */
export function openIdle(target: Target, app: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection: LoadConnection = new LoadConnection(target, {
      onOpen: () => connection.command(0, connectTo(target, app)),
      onCommand: ({ name }) => resolve(name === "_result"),
      onMessage: () => {},
      onReceived: () => {},
      onClose: () => resolve(false),
    });
  });
}
