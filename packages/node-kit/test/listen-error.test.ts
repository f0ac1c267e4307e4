import { once } from "node:events";
import { createServer } from "node:net";

import { describeListenError } from "@rtmp/node-kit";
import { describe, expect, onTestFinished, test } from "vitest";

async function listenFailure(host: string, port: number): Promise<unknown> {
  const server = createServer();
  server.listen(port, host);
  const [error] = await once(server, "error");
  return error;
}

describe("why a listener could not be opened", () => {
  test("a port in use", async () => {
    const first = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void first.close());
    await once(first, "listening");
    const address = first.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    expect(describeListenError(await listenFailure("127.0.0.1", address.port))).toBe(
      `cannot listen on 127.0.0.1:${address.port}: the address is in use`,
    );
  });

  test("an address of another machine", async () => {
    expect(describeListenError(await listenFailure("192.0.2.1", 1111))).toBe(
      "cannot listen on 192.0.2.1:1111: the address is not one of this machine",
    );
    expect(describeListenError(await listenFailure("2001:db8::1", 1111))).toMatch(
      /^cannot listen on \[2001:db8::1\]:1111: /,
    );
  });

  test.each([
    ["EACCES", "permission denied; ports below 1024 may need privileges"],
    ["EOTHER", "listen EOTHER"],
  ])("%s", (code, reason) => {
    const error = new Error(`listen ${code}`);
    Object.assign(error, { code, syscall: "listen", address: "127.0.0.1", port: 80 });
    expect(describeListenError(error)).toBe(`cannot listen on 127.0.0.1:80: ${reason}`);
  });

  test("a host name that is unknown", () => {
    const error = new Error("getaddrinfo ENOTFOUND nowhere.test");
    Object.assign(error, {
      code: "ENOTFOUND",
      syscall: "getaddrinfo",
      hostname: "nowhere.test",
    });
    expect(describeListenError(error)).toBe(
      "cannot listen on nowhere.test: the host name was not found",
    );
  });

  test("other errors are not described", () => {
    expect(describeListenError(new TypeError("a mistake"))).toBeUndefined();
    expect(describeListenError("text")).toBeUndefined();
  });
});
