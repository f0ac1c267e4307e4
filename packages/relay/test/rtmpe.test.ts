import { pullStream, pushStream, serve } from "@rtmp/relay";
import { type KeyAgreement, PortableKeyAgreement } from "@rtmp/session";
import { seededBytes, seededRandom, transportPair } from "@rtmp/testing";
import { expect, test } from "vitest";
import { linesOf, RelayStage } from "./relay-stage.ts";
import {
  audioFrame,
  audioHeader,
  interFrame,
  keyframe,
  sendMedia,
  TestServer,
  videoHeader,
} from "./served.ts";

const random = seededRandom(1111);
const portable = new PortableKeyAgreement({ randomBytes: (length) => seededBytes(random, length) });

/** Portable keys, and how many pairs were made. */
class CountedKeys implements KeyAgreement {
  pairs = 0;

  createKeyPair() {
    this.pairs++;
    return portable.createKeyPair();
  }
}

test("a pull and a push over rtmpe carry the same as a player in the clear gets", async () => {
  const stage = new RelayStage();
  const [ofOrigin, ofRelay] = [new CountedKeys(), new CountedKeys()];
  const origin = stage.add("origin", { rtmpe: ofOrigin });
  const target = stage.add("target", { rtmpe: ofOrigin });
  const edge = stage.add("edge");
  const { options } = stage.relay();
  const route = { ...options, keyAgreement: ofRelay, streamPath: "live/cam" };
  const pull = pullStream({ ...route, hub: edge.hub, urls: ["rtmpe://origin/live/cam"] });
  const push = pushStream({ ...route, hub: edge.hub, urls: ["rtmpte://target/live/cam"] });

  const players = [origin, edge, target].map((server) => server.player());
  const publisher = origin.publisher();
  await stage.settle();
  sendMedia(publisher, videoHeader(), audioHeader(), keyframe(1_111));
  await stage.settle();
  for (const time of [1_151, 1_191]) {
    sendMedia(publisher, audioFrame(time - 10), interFrame(time));
    await stage.settle();
  }
  const [clear, ...others] = players.map((player) =>
    linesOf(player).filter((line) => !line.startsWith("data")),
  );
  expect(clear).toHaveLength(7);
  for (const lines of others) expect(lines).toEqual(clear);
  expect([ofOrigin.pairs, ofRelay.pairs]).toEqual([2, 2]);
  void push.close();
  void pull.close();
});

test("a server that refuses RTMPE says so to its observer", () => {
  const { hub, clock } = new TestServer();
  const [near, far] = transportPair({ clock });
  const codes: (string | undefined)[] = [];
  const observer = { onClose: (cause?: { code: string }) => codes.push(cause?.code) };
  serve(far, { hub, clock, rtmpe: "refuse", observer });
  const received: Uint8Array[] = [];
  near.start({
    onBytes: (bytes) => received.push(bytes),
    onDrain: () => {},
    onClose: () => codes.push("closed"),
  });
  near.write(Uint8Array.of(6));
  near.flush();
  expect(codes).toEqual(["RTMP_ERR_RTMPE_REFUSED", "closed"]);
  expect(received).toEqual([]);
});
