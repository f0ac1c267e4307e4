import { setTimeout as delay } from "node:timers/promises";

import { seededBytes, seededRandom } from "@rtmp/testing";
import { listen, RtmptServer } from "@rtmp/transport-node";
import { describe, expect, test } from "vitest";

import { Recorder } from "../recorder.ts";
import { HttpStage, RawHttp } from "./http-stage.ts";

// Long enough for a request that nobody answers to have been read.
const readMs = 50;

describe("open", () => {
  test("is answered with the id and a newline, spelled as librtmp reads it", async () => {
    const random = seededRandom(1_111);
    const stage = await HttpStage.open({ randomBytes: (length) => seededBytes(random, length) });
    const { head, body } = await stage.connect().ask("/open/1");
    const lines = head.split("\r\n");
    expect(lines[0]).toBe("HTTP/1.1 200 OK");
    expect(lines).toContain("Content-Type: application/x-fcs");
    expect(lines).toContain("Content-Length: 23");
    expect(head).not.toMatch(/transfer-encoding/i);
    expect(body.toString()).toMatch(/^[\w-]{22}\n$/);
  });

  test("gives a transport with the client's address and the scheme", async () => {
    const stage = await HttpStage.open();
    const plain = await stage.openTunnel();
    stage.peer = { remote: "[2001:db8::1]:2222", secure: true };
    const secure = await stage.openTunnel();
    expect([plain.transport.remote, plain.scheme]).toEqual(["192.0.2.2:2222", "rtmpt"]);
    expect([secure.transport.remote, secure.scheme]).toEqual(["[2001:db8::1]:2222", "rtmpts"]);
    expect(plain.id).not.toBe(secure.id);
    expect(stage.rtmpt.tunnelCount).toBe(2);
  });

  test("is refused with 503 when an address has too many, and said to the owner", async () => {
    const stage = await HttpStage.open({ limits: { maxTunnelsPerAddress: 1 } });
    const http = stage.connect();
    stage.peer = { remote: "[2001:db8:1:2:3::4]:1", secure: false };
    expect((await http.ask("/open/1")).status).toBe(200);
    stage.peer = { remote: "[2001:db8:1:2::5]:1", secure: false };
    expect((await http.ask("/open/1")).status).toBe(503);
    stage.peer = { remote: "[2001:db8:1:3::5]:1", secure: false };
    expect((await http.ask("/open/1")).status).toBe(200);
    for (let port = 1; port <= 3; port++) {
      stage.peer = { remote: `127.0.0.1:${port}`, secure: false };
      expect((await http.ask("/open/1")).status).toBe(200);
    }
    expect(stage.refused.map(({ code }) => code)).toEqual(["RTMP_ERR_TOO_MANY_TUNNELS"]);
  });

  test("is refused with 503 after close, and open tunnels go on", async () => {
    const stage = await HttpStage.open();
    const { http, id, recorder } = await stage.openTunnel();
    stage.rtmpt.close();
    expect((await http.ask("/open/1")).status).toBe(503);
    expect((await http.ask(`/send/${id}/0`, [0x11])).status).toBe(200);
    expect(recorder.length).toBe(1);
  });
});

test("a listener that is closed opens no tunnels over connections that are there", async () => {
  const listener = await listen({ port: 0 }, (transport) => transport.start(new Recorder()));
  const http = new RawHttp(listener.address.port);
  expect((await http.ask("/open/1")).status).toBe(200);
  await listener.close();
  expect((await http.ask("/open/1")).status).toBe(503);
});

describe("the requests of a tunnel", () => {
  test("carry bytes both ways", async () => {
    const stage = await HttpStage.open();
    const { http, id, transport, recorder } = await stage.openTunnel();
    expect([...(await http.ask(`/send/${id}/0`, [1, 2, 3])).body]).toEqual([0x01]);
    expect(recorder.pieces).toEqual([Uint8Array.of(1, 2, 3)]);
    transport.write(Uint8Array.of(0x2a));
    expect(transport.queuedBytes).toBe(1);
    const { head, body } = await http.ask(`/idle/${id}/1`);
    expect(head).toContain("Content-Type: application/x-fcs");
    expect([...body]).toEqual([0x01, 0x2a]);
    await recorder.until(() => recorder.drains === 1);
    expect(transport.queuedBytes).toBe(0);
    expect([...(await http.ask(`/close/${id}/2`)).body]).toEqual([0x00]);
    await recorder.closed();
    expect(recorder.causes).toEqual([undefined]);
    expect((await http.ask(`/idle/${id}/3`)).status).toBe(404);
    expect(stage.rtmpt.tunnelCount).toBe(0);
  });

  test("may come over any connection", async () => {
    const stage = await HttpStage.open();
    const { id, recorder } = await stage.openTunnel();
    stage.peer = { remote: "192.0.2.99:9", secure: false };
    for (let sequence = 0; sequence < 3; sequence++) {
      await stage.connect().ask(`/send/${id}/${sequence}`, [sequence]);
    }
    expect(recorder.pieces.map((piece) => [...piece])).toEqual([[0], [1], [2]]);
  });

  test("may come one behind the other without waiting, as librtmp sends them", async () => {
    const stage = await HttpStage.open();
    const { http, id, recorder } = await stage.openTunnel();
    http.post(`/idle/${id}/0`);
    http.post(`/send/${id}/1`, [0x11]);
    http.post(`/send/${id}/2`, [0x12]);
    for (let count = 0; count < 3; count++) {
      expect([...(await http.answer()).body]).toEqual([0x01]);
    }
    expect(recorder.length).toBe(2);
  });

  test("are put in order when they come over several connections", async () => {
    const stage = await HttpStage.open();
    const { http, id, recorder } = await stage.openTunnel();
    await http.ask(`/send/${id}/0`, [0x10]);
    const other = stage.connect();
    other.post(`/send/${id}/2`, [0x12]);
    await delay(readMs);
    await http.ask(`/send/${id}/1`, [0x11]);
    await other.answer();
    expect(recorder.pieces.map(([byte]) => byte)).toEqual([0x10, 0x11, 0x12]);
  });

  test("bring all of a large body, in whatever pieces it comes", async () => {
    const stage = await HttpStage.open();
    const { http, id, recorder } = await stage.openTunnel();
    const body = seededBytes(seededRandom(1_111), 300_000);
    http.post(`/send/${id}/0`, body);
    await http.answer();
    expect(Buffer.concat(recorder.pieces).equals(body)).toBe(true);
  });

  test("wait for bytes when they are idle", async () => {
    const stage = await HttpStage.open();
    const { http, id, transport } = await stage.openTunnel();
    http.post(`/idle/${id}/0`);
    await delay(readMs);
    expect(http.unread).toBe("");
    transport.write(Uint8Array.of(0x2a));
    expect([...(await http.answer()).body]).toEqual([0x01, 0x2a]);
  });

  test("that are held leave their bytes to the next one when their connection is cut", async () => {
    const stage = await HttpStage.open({ limits: { idleHoldMs: 60_000 } });
    const { http, id, transport } = await stage.openTunnel();
    const cut = stage.connect();
    cut.post(`/idle/${id}/0`);
    await delay(readMs);
    cut.socket.destroy();
    await delay(readMs);
    transport.write(Uint8Array.of(0x2a));
    expect([...(await http.ask(`/idle/${id}/1`)).body]).toEqual([0x01, 0x2a]);
  });

  test("that are cut in their body bring nothing, and come whole the next time", async () => {
    const stage = await HttpStage.open({ limits: { maxTunnelInputBytes: 128 + 8 } });
    const { http, id, recorder } = await stage.openTunnel();
    for (let round = 0; round < 5; round++) {
      const cut = stage.connect();
      cut.socket.write(`POST /send/${id}/0 HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc`);
      await delay(readMs);
      cut.socket.destroy();
    }
    await delay(readMs);
    await http.ask(`/send/${id}/0`, Buffer.from("abcdef"));
    expect(recorder.text).toBe("abcdef");
  });

  test("whose answer was lost get it again", async () => {
    const stage = await HttpStage.open();
    const { http, id, transport, recorder } = await stage.openTunnel();
    transport.write(Uint8Array.of(0x2a));
    const lost = await http.ask(`/send/${id}/0`, [0x11]);
    const again = await stage.connect().ask(`/send/${id}/0`, [0x11]);
    expect(again.body).toEqual(lost.body);
    expect(recorder.length).toBe(1);
  });

  test("end with 404 when the owner closes, after its last bytes", async () => {
    const stage = await HttpStage.open();
    const { http, id, transport, recorder } = await stage.openTunnel();
    transport.write(Uint8Array.of(0x2a));
    transport.close(5_000);
    expect([...(await http.ask(`/idle/${id}/0`)).body]).toEqual([0x01, 0x2a]);
    expect((await http.ask(`/idle/${id}/1`)).status).toBe(404);
    await recorder.closed();
  });

  test("do not count as queued on connections that are gone, whatever stood before them", async () => {
    const stage = await HttpStage.open({ limits: { idleHoldMs: 60_000 } });
    const { http, id, transport, recorder } = await stage.openTunnel();
    const other = await stage.openTunnel();
    // The second answer waits behind the first on its connection.
    http.post(`/idle/${other.id}/0`);
    transport.write(Uint8Array.of(0x2a));
    http.post(`/idle/${id}/0`);
    await delay(readMs);
    expect([transport.queuedBytes, http.unread]).toEqual([1, ""]);
    http.socket.destroy();
    await delay(readMs);
    const retried = await stage.connect().ask(`/idle/${id}/0`);
    expect([...retried.body]).toEqual([0x01, 0x2a]);
    await recorder.until(() => recorder.drains === 1);
  });
});

describe("a client that does not read its answers", () => {
  test("is cut with its tunnel, so that they are not kept for ever", async () => {
    const stage = await HttpStage.open({ limits: { maxTunnelAnswerBytes: 16 << 20 } });
    const { http, id, transport, recorder } = await stage.openTunnel();
    transport.write(new Uint8Array(16 << 20));
    http.socket.pause();
    http.post(`/idle/${id}/0`);
    await delay(readMs);
    transport.close(0);
    await recorder.closed();
    http.socket.resume();
    await http.closed();
    expect(http.unread.length).toBeLessThan(16 << 20);
  });

  test("is cut also when they stand behind that of another tunnel", async () => {
    const stage = await HttpStage.open({ limits: { idleHoldMs: 60_000 } });
    const { http, id, transport, recorder } = await stage.openTunnel();
    const other = await stage.openTunnel();
    http.post(`/idle/${other.id}/0`);
    http.post(`/idle/${id}/0`);
    transport.write(Uint8Array.of(0x2a));
    await delay(readMs);
    transport.close(0);
    await recorder.closed();
    await http.closed();
    expect(http.unread).toBe("");
  });
});

describe("what clients and proxies do", () => {
  test("Expect: 100-continue is answered before the body", async () => {
    const stage = await HttpStage.open();
    const { http, id, recorder } = await stage.openTunnel();
    http.socket.write(
      `POST /send/${id}/0 HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n`,
    );
    expect((await http.answer()).head).toBe("HTTP/1.1 100 Continue");
    http.socket.write("ab");
    expect((await http.answer()).status).toBe(200);
    expect(recorder.text).toBe("ab");
  });

  test("HTTP/1.0 is answered, and the connection closed", async () => {
    const stage = await HttpStage.open();
    const { id, recorder } = await stage.openTunnel();
    const old = stage.connect();
    old.socket.write(`POST /send/${id}/0 HTTP/1.0\r\nContent-Length: 2\r\n\r\nab`);
    const { head, body } = await old.answer();
    expect(head).toMatch(/^HTTP\/1\.1 200 .*\r\nContent-Length: 1\r\n.*Connection: close/s);
    expect([...body]).toEqual([0x01]);
    await old.closed();
    expect(recorder.text).toBe("ab");
  });

  test("a body in chunks is taken", async () => {
    const stage = await HttpStage.open();
    const { http, id, recorder } = await stage.openTunnel();
    http.socket.write(
      `POST /send/${id}/0 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n`,
    );
    expect((await http.answer()).status).toBe(200);
    expect(recorder.text).toBe("abc");
  });
});

describe("what is refused", () => {
  test.each([
    ["/fcs/ident2", 404],
    ["/idle/AAAAAAAAAAAAAAAAAAAAAA/0", 404],
    ["/send/AAAAAAAAAAAAAAAAAAAAAA/0", 404],
    ["/send/x", 400],
    ["/open/x", 400],
  ])("%s: %d, and the connection goes on", async (path, status) => {
    const stage = await HttpStage.open();
    const http = stage.connect();
    const refusal = await http.ask(path);
    expect([refusal.status, refusal.body.toString()]).toEqual([
      status,
      expect.stringMatching(/^.+\n$/),
    ]);
    expect((await http.ask("/open/1")).status).toBe(200);
  });

  test("another method: 405", async () => {
    const stage = await HttpStage.open();
    const http = stage.connect();
    http.socket.write("GET /open/1 HTTP/1.1\r\nHost: x\r\n\r\n");
    const { status, head } = await http.answer();
    expect(status).toBe(405);
    expect(head).toContain("Allow: POST");
    expect(stage.tunnels).toEqual([]);
  });

  test("a body that is announced to be too long: 413 before it comes", async () => {
    const stage = await HttpStage.open({ limits: { maxTunnelBodyBytes: 1_111 } });
    const { http, id, recorder } = await stage.openTunnel();
    expect((await http.ask(`/send/${id}/0`, new Uint8Array(1_111))).status).toBe(200);
    http.socket.write(`POST /send/${id}/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1112\r\n\r\n`);
    const { status, head } = await http.answer();
    expect(status).toBe(413);
    expect(head).toContain("Connection: close");
    await http.closed();
    expect(recorder.length).toBe(1_111);
  });

  test("a body in chunks that becomes too long: 413, and nothing of it is taken", async () => {
    const limits = { maxTunnelBodyBytes: 4, maxTunnelInputBytes: 2 * 128 + 9 };
    const stage = await HttpStage.open({ limits });
    const { http, id, recorder } = await stage.openTunnel();
    for (let round = 0; round < 5; round++) {
      const long = stage.connect();
      long.socket.write(
        `POST /send/${id}/0 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n`,
      );
      expect((await long.answer()).status).toBe(413);
      await long.closed();
    }
    expect((await http.ask(`/send/${id}/0`, Buffer.from("abc"))).status).toBe(200);
    expect(recorder.text).toBe("abc");
  });

  test("a body in chunks that becomes too long: nothing of what comes behind is taken either", async () => {
    const stage = await HttpStage.open({ limits: { maxTunnelBodyBytes: 4 } });
    const { http, id, recorder } = await stage.openTunnel();
    const long = stage.connect();
    long.socket.write(
      `POST /send/${id}/0 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n1\r\nf\r\n0\r\n\r\n`,
    );
    expect((await long.answer()).status).toBe(413);
    await http.ask(`/send/${id}/0`, Buffer.from("abc"));
    expect(recorder.text).toBe("abc");
  });

  test("bodies that are too many together: 404, for the tunnel is closed", async () => {
    const stage = await HttpStage.open({ limits: { maxTunnelInputBytes: 2 * 128 + 9 } });
    const { http, id, recorder } = await stage.openTunnel();
    const other = stage.connect();
    other.socket.write(
      `POST /send/${id}/0 HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nabcdefg`,
    );
    await delay(readMs);
    expect((await http.ask(`/send/${id}/1`, Buffer.from("abc"))).status).toBe(404);
    await recorder.closed();
    expect(recorder.causes).toMatchObject([{ code: "RTMP_ERR_TUNNEL_INPUT" }]);
    // At once: what has come of it does not wait for the rest.
    expect((await other.answer()).status).toBe(404);
    other.socket.write("h");
    expect((await other.ask("/open/1")).status).toBe(200);
  });

  test("a path of somebody else is left to him", async () => {
    const stage = await HttpStage.open();
    expect((await stage.connect().ask("/live/cam")).status).toBe(418);
  });

  test("a limit out of range: RangeError", () => {
    expect(() => new RtmptServer({ limits: { maxTunnels: 0 } }, () => {})).toThrow(RangeError);
  });
});
