import { pullStream, type PullOptions } from "@rtmp/relay";
import type { Dial } from "@rtmp/session";
import { hex, transportPair } from "@rtmp/testing";
import { expect, test } from "vitest";
import { RelayStage } from "./relay-stage.ts";

const handshakeBytes = 3073;

/** `_error` for connect: rejected, with code 302 and a place of 15 characters in `ex`. */
const redirectTo = (place: string): Uint8Array => {
  const ex = `0002 "ex" 03 0004 "code" 00 4072e00000000000 0008 "redirect" 02 000f "${place}" 000009`;
  const code = '0004 "code" 02 001e "NetConnection.Connect.Rejected"';
  const body = hex(`02 0006 "_error" 00 3ff0000000000000 05 03 ${code} ${ex} 000009`);
  // One type 0 chunk of 128 bytes, and the rest in a type 3 chunk.
  return Uint8Array.of(
    ...hex("03 000000 0000"),
    body.length,
    ...hex("14 00000000"),
    ...body.subarray(0, 128),
    ...hex("c3"),
    ...body.subarray(128),
  );
};

/** Pulls from `a`, which sends the pull away; gives the apps that `b` was asked for, which wants a password. */
async function redirected(options: Partial<PullOptions>): Promise<string[]> {
  const stage = new RelayStage();
  const asked: string[] = [];
  const description = "[ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ] : ";
  stage.add("b", {
    authenticate: ({ app }) => {
      asked.push(app);
      return { granted: false, description };
    },
  });
  const edge = stage.add("edge");
  const dial: Dial = (target) => {
    if (target.host !== "a") return stage.dial(target);
    const [near, far] = transportPair({ automatic: true });
    let received = 0;
    far.start({
      onBytes: ({ length }) => {
        if (received === 0) far.write(Uint8Array.of(3, ...new Uint8Array(handshakeBytes - 1)));
        received += length;
        if (received > handshakeBytes) far.write(redirectTo("rtmp://b/other/"));
      },
      onDrain: () => {},
      onClose: () => {},
    });
    return Promise.resolve(near);
  };
  const { options: shared } = stage.relay();
  const urls = ["rtmp://alice:secret@a/live/cam"];
  const pull = pullStream({
    ...shared,
    hub: edge.hub,
    streamPath: "live/cam",
    urls,
    ...options,
    dial,
  });
  for (let round = 0; round < 4; round++) await stage.settle();
  void pull.close();
  return asked;
}

test("a redirect of a server takes no user and no password of the URL along", async () => {
  expect(await redirected({})).toEqual(["other/"]);
});

test("a redirect of a server takes no user and no password of the options along", async () => {
  const options = { urls: ["rtmp://a/live/cam"], user: "alice", password: "secret" };
  expect(await redirected(options)).toEqual(["other/"]);
});
