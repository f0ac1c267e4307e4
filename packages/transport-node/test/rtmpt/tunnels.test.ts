import { seededBytes, seededRandom, VirtualClock } from "@rtmp/testing";
import { TransportError, type TunnelLimits } from "@rtmp/transport-node";
import { describe, expect, test } from "vitest";

import { resolveTunnelLimits } from "../../src/rtmpt/limits.ts";
import { Tunnels } from "../../src/rtmpt/tunnels.ts";
import { RecordedReply } from "./tunnel-driver.ts";

function tunnelsWith(limits: Partial<TunnelLimits>): Tunnels {
  const random = seededRandom(1_111);
  return new Tunnels({
    limits: resolveTunnelLimits(limits),
    clock: new VirtualClock(1_000),
    randomBytes: (length) => seededBytes(random, length),
    groupOf: (remote) => (remote.startsWith("local") ? undefined : remote.split(":")[0]),
  });
}

describe("the tunnels of a server", () => {
  test("are found by their ids", () => {
    const tunnels = tunnelsWith({});
    const first = tunnels.open("a:1");
    const second = tunnels.open("b:1");
    expect(tunnels.find(first.id)).toBe(first.tunnel);
    expect(tunnels.find(second.id)).toBe(second.tunnel);
    expect(tunnels.find("other")).toBeUndefined();
    expect(tunnels.find("__proto__")).toBeUndefined();
    expect(first.tunnel.remote).toBe("a:1");
  });

  test("have ids of 128 random bits, which stand in a path as they are", () => {
    const asked: number[] = [];
    const tunnels = new Tunnels({
      limits: resolveTunnelLimits(),
      clock: new VirtualClock(1_000),
      randomBytes: (length) => {
        asked.push(length);
        return Uint8Array.from({ length }, () => 0xfb);
      },
      groupOf: () => undefined,
    });
    expect(tunnels.open("a:1").id).toBe("-_v7-_v7-_v7-_v7-_v7-w");
    expect(asked).toEqual([16]);
  });

  test("are at most maxTunnels", () => {
    const tunnels = tunnelsWith({ maxTunnels: 2 });
    const { tunnel } = tunnels.open("a:1");
    tunnels.open("local:1");
    expect(() => tunnels.open("c:1")).toThrow(TransportError);
    expect(() => tunnels.open("local:2")).toThrow("there are 2 tunnels");
    tunnel.close(0);
    expect(tunnels.size).toBe(1);
    tunnels.open("c:1");
  });

  test("are at most maxTunnelsPerAddress from one address, unless it is not counted", () => {
    const tunnels = tunnelsWith({ maxTunnelsPerAddress: 2 });
    const { tunnel } = tunnels.open("a:1");
    tunnels.open("a:2");
    expect(() => tunnels.open("a:3")).toThrow("a has 2 tunnels");
    tunnels.open("b:1");
    for (let port = 1; port < 10; port++) tunnels.open(`local:${port}`);
    tunnel.close(0);
    tunnels.open("a:3");
    expect(() => tunnels.open("a:4")).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_TOO_MANY_TUNNELS", fault: "limit" }),
    );
  });

  test("have at most maxAllTunnelsInputBytes together: the one with the most makes room", () => {
    const tunnels = tunnelsWith({ maxAllTunnelsInputBytes: 1_000 });
    const [small, large, other] = [tunnels.open("a:1"), tunnels.open("b:1"), tunnels.open("c:1")];
    const [ofSmall, ofLarge, ofOther] = [
      new RecordedReply(),
      new RecordedReply(),
      new RecordedReply(),
    ];
    // What was cut does not count. Each piece counts 128 bytes more than it has.
    for (let round = 0; round < 9; round++) {
      small.tunnel.admit(new Uint8Array(99), ofSmall);
      small.tunnel.withdraw([new Uint8Array(99)], ofSmall);
    }
    small.tunnel.admit(new Uint8Array(99), ofSmall);
    large.tunnel.admit(new Uint8Array(300), ofLarge);
    expect(other.tunnel.admit(new Uint8Array(217), ofOther)).toBe(true);
    expect(ofLarge.said).toBeUndefined();
    expect(small.tunnel.admit(new Uint8Array(0), ofSmall)).toBe(true);
    expect([ofSmall.said, ofLarge.said, tunnels.size]).toEqual([undefined, "ended", 2]);
    // What it had is free again: 1000 - 355 - 345.
    expect(other.tunnel.admit(new Uint8Array(300 - 128), ofOther)).toBe(true);
    expect(other.tunnel.admit(new Uint8Array(0), ofOther)).toBe(false);
    expect([ofSmall.said, ofOther.said, tunnels.size]).toEqual([undefined, "ended", 1]);
  });

  test("are forgotten when they end", () => {
    const tunnels = tunnelsWith({ maxTunnelsPerAddress: 1 });
    for (let round = 0; round < 3; round++) {
      const { id, tunnel } = tunnels.open("a:1");
      tunnel.close(0);
      tunnel.close(0);
      expect(tunnels.find(id)).toBeUndefined();
      expect(tunnels.size).toBe(0);
    }
  });
});
