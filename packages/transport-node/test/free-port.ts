import { once } from "node:events";
import type { Server } from "node:net";

import { onTestFinished } from "vitest";

/** Lets a server listen on a free port until the test is over, and returns the port. */
export async function listenOnFreePort(server: Server, host = "127.0.0.1"): Promise<number> {
  server.listen(0, host);
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("not an IP address");
  return address.port;
}
