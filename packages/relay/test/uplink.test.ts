import { StreamHub } from "@rtmp/hub";
import { expect, test } from "vitest";
import { Uplink, type UplinkHandlers } from "../src/uplink.ts";
import { RelayStage } from "./relay-stage.ts";

/** An uplink to the servers `a` and `b`, and what its owner was told. */
function uplinkOf(stage: RelayStage, handlers: Partial<UplinkHandlers> = {}) {
  const lines: string[] = [];
  const urls = ["rtmp://a/live/cam", "rtmp://b/live/cam"];
  const { dial, clock } = stage;
  const options = { hub: new StreamHub(), streamPath: "live/cam", urls, dial, clock };
  const uplink = new Uplink(
    { ...options, random: () => 1 },
    {
      onOpening: (server) => lines.push(`opening ${server}`),
      onLink: (_link, streamName) => lines.push(`link ${streamName}`),
      onDown: () => lines.push("down"),
      onFailure: (server, _cause, waitMs) => lines.push(`failure ${server} ${waitMs}`),
      ...handlers,
    },
  );
  return { uplink, lines };
}

test("an uplink that has not begun does nothing", async () => {
  const stage = new RelayStage();
  const { uplink, lines } = uplinkOf(stage);
  uplink.answered();
  uplink.fail(new Error("too early"));
  await stage.advance(1_000);
  expect(lines).toEqual([]);
  expect(uplink.state).toBe("idle");
});

test("one that is stopped can begin anew, at the same server", async () => {
  const stage = new RelayStage();
  stage.add("a");
  const { uplink, lines } = uplinkOf(stage);
  uplink.start();
  uplink.start();
  await stage.settle();
  uplink.answered();
  expect(uplink.state).toBe("open");
  uplink.stop();
  await stage.settle();
  expect(stage.lines[0]?.[0].isClosed).toBe(true);
  uplink.start();
  await stage.settle();
  expect(lines).toEqual(["opening 0", "link cam", "down", "opening 0", "link cam"]);
  expect(uplink.server).toBe(0);
});

test("one that is closed never begins anew", async () => {
  const stage = new RelayStage();
  const { uplink, lines } = uplinkOf(stage);
  uplink.start();
  void uplink.close();
  uplink.stop();
  uplink.start();
  await stage.advance(40_000);
  expect(lines).toEqual(["opening 0"]);
  expect(stage.clock.pending).toBe(0);
});

test("an owner that closes it when the link is down hears of no failure", async () => {
  const stage = new RelayStage();
  stage.add("a");
  const { uplink, lines } = uplinkOf(stage, { onDown: () => void uplink.close() });
  uplink.start();
  await stage.settle();
  uplink.fail(new Error("of no use"));
  await stage.advance(40_000);
  expect(lines).toEqual(["opening 0", "link cam"]);
  expect(uplink.state).toBe("closed");
  expect(stage.clock.pending).toBe(0);
});

test("an owner that closes it when a server is dialled has nobody dialled", async () => {
  const stage = new RelayStage();
  stage.add("a");
  const { uplink } = uplinkOf(stage, { onOpening: () => void uplink.close() });
  uplink.start();
  await stage.settle();
  expect(stage.dialled).toEqual([]);
  expect(stage.clock.pending).toBe(0);
});

test("a link that is not answered for in time makes room for the next server", async () => {
  const stage = new RelayStage();
  stage.add("a");
  stage.add("b");
  const { uplink, lines } = uplinkOf(stage);
  uplink.start();
  await stage.settle();
  await stage.advance(30_001);
  expect(lines).toEqual(["opening 0", "link cam", "down", "failure 0 0", "opening 1", "link cam"]);
  expect(stage.lines[0]?.[0].isClosed).toBe(true);
});
