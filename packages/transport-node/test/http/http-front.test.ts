import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

import { AddressRanges, defaultListenLimits } from "@rtmp/transport-node";
import { describe, expect, onTestFinished, test } from "vitest";

import { HttpFront } from "../../src/http/http-front.ts";
import type { HttpPeer } from "../../src/http-peer.ts";
import { readAll } from "../recorder.ts";

const peer = { remote: "192.0.2.1:1111", secure: true };
const proxies = new AddressRanges(["10.0.0.0/8"]);

/** A front whose tunnels are below `/tunnel`, and a way to connect to it. */
async function setUp(limits: Partial<typeof defaultListenLimits> = {}, isOfProxy = false) {
  const told: string[] = [];
  const front = new HttpFront({
    limits: { ...defaultListenLimits, ...limits },
    trustedProxies: proxies,
    tunnels: {
      handle(request: IncomingMessage, response: ServerResponse, { remote, secure }: HttpPeer) {
        if (request.url?.startsWith("/tunnel") !== true) return false;
        told.push(`tunnel ${remote} ${secure}`);
        const body = request.url === "/tunnel/large" ? "t".repeat(16 << 20) : "t";
        response.writeHead(200, { "Content-Length": body.length });
        response.end(body);
        return true;
      },
    },
    upgrades: {
      handle(_request: IncomingMessage, socket: Duplex, head: Buffer, { remote }: HttpPeer) {
        told.push(`upgrade ${remote} ${String(head)}`);
        socket.end("upgraded");
      },
    },
    onStray: (remote, status, what) => told.push(`stray ${remote} ${status} ${what}`),
  });
  const countTowards = (remote: string): boolean => {
    told.push(`count ${remote}`);
    return remote !== "192.0.2.99:0";
  };
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    const arrival = { scheme: "rtmp", established: () => told.push("established") } as const;
    front.accept(socket, { peer, arrival, isOfProxy, countTowards });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const bound = server.address();
  const port = typeof bound === "object" ? (bound?.port ?? 0) : 0;
  const open = (bytes: string): Socket => {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    onTestFinished(() => void socket.destroy());
    socket.write(bytes);
    return socket;
  };
  return { told, open };
}

const request = (line: string, ...headers: string[]) =>
  `${[`${line} HTTP/1.1`, "Host: a", ...headers].join("\r\n")}\r\n\r\n`;
const last = "Connection: close";

async function answerTo(socket: Socket): Promise<string> {
  return String(await readAll(socket));
}

describe("a request", () => {
  test("for the root is answered with what speaks here", async () => {
    const { told, open } = await setUp();
    const answer = await answerTo(open(request("GET /", last)));
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toMatch(/\r\n\r\nThis is an RTMP server; .*\n$/);
    expect(told).toEqual(["stray 192.0.2.1:1111 200 GET /"]);
  });

  test.each(["GET /nothing", "POST /", "DELETE /", "OPTIONS *"])("%s gets 404", async (line) => {
    const { told, open } = await setUp();
    expect(await answerTo(open(request(line, last)))).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    expect(told).toEqual([`stray 192.0.2.1:1111 404 ${line}`]);
  });

  test("with a body that is for nothing closes the connection, whatever is in the body", async () => {
    const { told, open } = await setUp();
    const body = request("GET /tunnel");
    const answer = await answerTo(open(`${request("POST /x", "Content-Length: 99999")}${body}`));
    expect(answer).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    expect(answer).toMatch(/\r\nConnection: close\r\n/);
    expect(told).toEqual(["stray 192.0.2.1:1111 404 POST /x"]);
  });

  test("for a tunnel is theirs, with the peer of the connection", async () => {
    const { told, open } = await setUp();
    const answer = await answerTo(open(request("POST /tunnel") + request("GET /tunnel", last)));
    expect(answer.match(/\r\n\r\nt/g)).toHaveLength(2);
    expect(answer).toMatch(/\r\nContent-Length: 1\r\n/);
    const each = ["tunnel 192.0.2.1:1111 true", "established"];
    expect(told).toEqual([...each, ...each]);
  });

  test("to upgrade is theirs, with what came behind it", async () => {
    const { told, open } = await setUp();
    const upgrade = request("GET /", "Connection: Upgrade", "Upgrade: websocket");
    expect(await answerTo(open(`${upgrade}head`))).toBe("upgraded");
    expect(told).toEqual(["established", "upgrade 192.0.2.1:1111 head"]);
  });

  test("to upgrade by a trusted proxy counts as one of its client, and is nobody's when that has too many", async () => {
    const { told, open } = await setUp({}, true);
    const headers = ["Connection: Upgrade", "Upgrade: websocket"];
    const upgrade = (client: string) =>
      open(request("GET /", ...headers, `X-Forwarded-For: ${client}`));
    expect(await answerTo(upgrade("192.0.2.1"))).toBe("upgraded");
    upgrade("192.0.2.99");
    await expect
      .poll(() => told)
      .toEqual(["count 192.0.2.1:0", "established", "upgrade 192.0.2.1:0 ", "count 192.0.2.99:0"]);
  });

  test.each([
    [true, "X-Forwarded-For: 198.51.100.1, 10.0.0.1", "198.51.100.1:0"],
    [true, "X-Forwarded-For: nobody", "192.0.2.1:1111"],
    [false, "X-Forwarded-For: 198.51.100.1", "192.0.2.1:1111"],
  ])("of a trusted proxy (%s) with %s is of %s", async (isOfProxy, header, remote) => {
    const { told, open } = await setUp({}, isOfProxy);
    await answerTo(open(request("GET /tunnel", header, last)));
    expect(told[0]).toBe(`tunnel ${remote} true`);
  });

  test("of HTTP 1.0 is answered and ended", async () => {
    const { open } = await setUp();
    expect(await answerTo(open("GET / HTTP/1.0\r\n\r\n"))).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });
});

describe("what is no request", () => {
  test.each([
    ["another method", "MAKE / HTTP/1.1\r\n\r\n", "HPE_INVALID_METHOD"],
    ["another protocol", "GET / FOO/1.0\r\n\r\n", "HPE_INVALID_CONSTANT"],
    ["garbage behind a method", "GET / HTTP/1.1\r\n\x01\x02\r\n\r\n", "HPE_INVALID_HEADER_TOKEN"],
    ["two lengths", request("POST /", "Content-Length: 1", "Content-Length: 2"), "HPE_"],
  ])("gets 400 and is cut: %s", async (_, bytes, code) => {
    const { told, open } = await setUp();
    const answer = await answerTo(open(bytes));
    expect(answer).toBe(
      "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    );
    expect(told).toEqual([expect.stringContaining(`stray 192.0.2.1:1111 400 ${code}`)]);
  });

  test("is cut though it does not close its side", async () => {
    const { open } = await setUp();
    const socket = open("GARBAGE\r\n\r\n");
    socket.on("error", () => {});
    await once(socket.resume(), "end");
    // What comes behind the cut is answered with a reset.
    await expect
      .poll(() => {
        if (socket.writable) socket.write("more");
        return socket.closed;
      })
      .toBe(true);
  });

  test("gets 431 when its headers are too long", async () => {
    const { told, open } = await setUp({ maxHttpHeaderBytes: 1_111 });
    const answer = await answerTo(open(request("GET /tunnel", `X: ${"x".repeat(1_111)}`)));
    expect(answer).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
    expect(told).toEqual(["stray 192.0.2.1:1111 431 HPE_HEADER_OVERFLOW"]);
  });

  test("may end or be reset at any point, and nobody minds", async () => {
    const { told, open } = await setUp();
    const ended = open("GET / HT");
    ended.end();
    await answerTo(ended);
    const reset = open("POST /tunnel");
    await once(reset, "connect");
    reset.resetAndDestroy();
    await expect
      .poll(() => told)
      .toEqual([
        "stray 192.0.2.1:1111 400 HPE_INVALID_EOF_STATE",
        expect.stringMatching(/^stray 192.0.2.1:1111 400 (HPE_INVALID_EOF_STATE|ECONNRESET)$/),
      ]);
  });
});

describe("time limits", () => {
  test("hold for answers that the client does not read", async () => {
    const { open } = await setUp({ httpHeadersMs: 100, httpRequestMs: 100 });
    const socket = open(request("GET /tunnel/large"));
    socket.on("error", () => {});
    await delay(500);
    // What comes behind the cut is answered with a reset.
    await expect
      .poll(() => {
        if (socket.writable) socket.write("\r\n");
        return socket.closed;
      })
      .toBe(true);
  });

  test("hold for the headers of a request", async () => {
    const { told, open } = await setUp({ httpHeadersMs: 100 });
    expect(await answerTo(open("GET / HTTP/1.1\r\nHost"))).toMatch(/^HTTP\/1\.1 408 /);
    expect(told).toEqual(["stray 192.0.2.1:1111 408 ERR_HTTP_REQUEST_TIMEOUT"]);
  });

  test("hold for a whole request", async () => {
    const limits = { httpHeadersMs: 100, httpRequestMs: 200 };
    const { open } = await setUp(limits);
    const socket = open(request("POST /tunnel", "Content-Length: 11"));
    // It has been answered already; there is nothing to say any more.
    expect(await answerTo(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  test("hold for the time between requests", async () => {
    const { open } = await setUp({ httpKeepAliveMs: 100 });
    const start = performance.now();
    await answerTo(open(request("GET /tunnel")));
    expect(performance.now() - start).toBeGreaterThan(90);
  });
});
