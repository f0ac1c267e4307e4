import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";

import { dial, dialTcp, listenTcp } from "@rtmp/transport-node";
import { describe, expect, test } from "vitest";

describe("dialTcp", () => {
  test("opens a connection that carries bytes both ways", async () => {
    const listener = await listenTcp({ port: 0 }, (transport) => {
      transport.start({
        onBytes: (bytes) => transport.write(bytes),
        onDrain: () => {},
        onClose: () => {},
      });
    });
    const transport = await dialTcp(listener.address);
    expect(transport.remote).toBe(`127.0.0.1:${listener.address.port}`);
    const got = await new Promise<Uint8Array>((resolve) => {
      transport.start({ onBytes: resolve, onDrain: () => {}, onClose: () => {} });
      transport.write(Uint8Array.of(1, 2, 3));
    });
    expect([...got]).toEqual([1, 2, 3]);
    transport.close(1_000);
    await listener.close();
  });

  test("where nobody listens is rejected with the code of Node", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    server.close();
    await once(server, "close");
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    await expect(dialTcp({ host: "127.0.0.1", port })).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
  });

  test("with a port out of range is a RangeError", async () => {
    await expect(dialTcp({ host: "127.0.0.1", port: 65_536 })).rejects.toThrow(RangeError);
  });

  test("that takes too long is rejected with ETIMEDOUT", async () => {
    // It accepts nothing: once its backlog is full the kernel leaves further connections without an answer.
    const script = `const server = require("node:net").createServer();
      server.listen({ host: "127.0.0.1", port: 0, backlog: 1 }, () => {
        require("node:fs").writeSync(1, String(server.address().port) + "\\n");
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10000);
      });`;
    const deaf = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    const fillers: Socket[] = [];
    try {
      const [line] = await once(deaf.stdout, "data");
      const port = Number(line);
      for (let count = 0; count < 4; count++) {
        const filler = connect({ host: "127.0.0.1", port });
        filler.on("error", () => {});
        fillers.push(filler);
      }
      await setTimeout(100);
      await expect(dialTcp({ host: "127.0.0.1", port, timeoutMs: 200 })).rejects.toMatchObject({
        code: "ETIMEDOUT",
        message: `no connection to 127.0.0.1:${port} within 200 ms`,
      });
    } finally {
      for (const filler of fillers) filler.destroy();
      deaf.kill("SIGKILL");
    }
  });
});

describe("dial", () => {
  test("takes rtmp", async () => {
    const listener = await listenTcp({ port: 0 }, (transport) => transport.close(0));
    const transport = await dial({ scheme: "rtmp", ...listener.address });
    expect(transport.remote).toBe(`127.0.0.1:${listener.address.port}`);
    transport.close(0);
    await listener.close();
  });

  test.each(["rtmps", "rtmpt", "rtmpts", "rtmpe", "rtmpte"] as const)(
    "refuses %s",
    async (scheme) => {
      await expect(dial({ scheme, host: "127.0.0.1", port: 1 })).rejects.toThrow(TypeError);
    },
  );
});
