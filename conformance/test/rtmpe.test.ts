/** RTMPE and RTMPTE with librtmp in both roles, and between the parts of this repository. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { type MediaPacket, readFlvPackets } from "@rtmp/flv";
import { connect } from "@rtmp/session";
import { dial, NodeKeyAgreement } from "@rtmp/transport-node";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { encodeTestVideo, listedFrames, listFrames, publishFile } from "../src/ffmpeg.ts";
import { findFlvRecorders } from "../src/flv-recorder.ts";
import { type Frames, frameKinds, placeOf, since } from "../src/frames.ts";
import { interop } from "../src/interop/proof.ts";
import { Rtmpsrv, rtmpsrv } from "../src/rtmpsrv.ts";
import { ServerProcess } from "../src/server-process.ts";
import { Stage } from "../src/stage.ts";
import { linesOf, playWhole } from "../src/whole-play.ts";

const rtmpdump = findFlvRecorders().find(({ name }) => name === "rtmpdump");
if (rtmpdump === undefined) throw new Error("rtmpdump is not described");

let stage: Stage;
let file: string;
let source: Frames;
let packets: MediaPacket[];

beforeAll(async () => {
  stage = await Stage.open();
  file = await encodeTestVideo(stage.folder, { seconds: 3 });
  source = await listedFrames(listFrames(file));
  packets = [...readFlvPackets(await readFile(file))];
}, 30_000);
afterAll(() => stage.close());

/** Checks that a recording has every frame of the source, with its time. */
async function expectWhole(recording: string): Promise<void> {
  const recorded = await listedFrames(listFrames(recording));
  for (const kind of frameKinds) {
    expect(placeOf(recorded[kind], source[kind])).toBe(0);
    expect(recorded[kind]).toHaveLength(source[kind].length);
    const expected = since(source.video[0]!.dts, source[kind]);
    expect(since(recorded.video[0]!.dts, recorded[kind])).toEqual(expected);
  }
}

describe(`rtmpdump${rtmpdump.note}`, () => {
  const own = { meta: interop.live("rtmpdump", "play", "rtmpe"), timeout: 30_000 };
  for (const scheme of ["rtmpe", "rtmpte"]) {
    test.skipIf(!rtmpdump.takesPart)(
      `plays by ${scheme} what ffmpeg publishes in the clear, bit for bit`,
      own,
      async () => {
        const from = stage.server.log.length;
        const recording = join(stage.folder, `${scheme}.flv`);
        const player = stage.keep(rtmpdump.start(stage.url(scheme, scheme), recording));
        await stage.playing(scheme, from);
        await stage.publish(file, scheme).exited;
        expect(await player.exited).toEqual({ code: 0, signal: null });
        // It would go on in the clear if the server said so.
        expect(player.stderr).not.toContain("Type mismatch");
        await expectWhole(recording);
      },
    );
  }

  test.skipIf(!rtmpdump.takesPart)("is refused by a server with --no-rtmpe", async () => {
    const server = await ServerProcess.start("--no-rtmpe");
    onTestFinished(() => server.stop());
    const url = `${server.url.replace("rtmp:", "rtmpe:")}/live/cam`;
    const player = stage.keep(rtmpdump.start(url, join(stage.folder, "refused.flv")));
    const fields = { level: "warn", code: "RTMP_ERR_RTMPE_REFUSED" };
    const line = await server.waitForLog(fields);
    expect(line["reason"]).toBe("the client asks for RTMPE, which is refused");
    expect((await player.exited).code).not.toBe(0);
  });
});

test.skipIf(!rtmpsrv.takesPart)(
  `rtmpsrv is connected to and played from by our client, and finds it genuine${rtmpsrv.note}`,
  { meta: interop.live("rtmpdump", "rtmpe"), timeout: 30_000 },
  async () => {
    const server = await Rtmpsrv.open(stage.folder);
    onTestFinished(() => server.stop());
    // It does not know Set Chunk Size.
    const client = await connect(`rtmpe://${server.host}/live/cam`, { dial, chunkSize: 128 });
    expect(client.reply?.code).toBe("NetConnection.Connect.Success");
    // It says that the play has begun, and hangs up.
    await client.play().catch(() => {});
    await client.closed;
    expect(server.log).toContain("Genuine Adobe Flash Player");
    for (const command of ["connect", "createStream", "play"]) {
      expect(server.log).toContain(`client invoking <${command}>`);
    }
  },
);

describe.each(["rtmpe", "rtmpte"])("our client by %s", (scheme) => {
  const byClient = { meta: interop.live("client", "rtmpe"), timeout: 30_000 };
  test("publishes and plays bit for bit, with keys of either kind", byClient, async () => {
    const name = `client-${scheme}`;
    const rest = await playWhole(stage.url(name, scheme), dial);
    const keyAgreement = new NodeKeyAgreement();
    const client = await connect(stage.url(name, scheme), { dial, keyAgreement });
    const publisher = await client.publish();
    for (const packet of packets) publisher.send(packet);
    await publisher.drained();
    await client.close();
    expect(await rest()).toEqual(linesOf(packets));
  });

  test("publishes what ffmpeg plays in the clear", async () => {
    const name = `clear-${scheme}`;
    const player = await stage.list(name);
    const client = await connect(stage.url(name, scheme), { dial });
    const publisher = await client.publish();
    for (const packet of packets) publisher.send(packet);
    await publisher.drained();
    await client.close();
    const got = await listedFrames(player);
    for (const kind of frameKinds) {
      expect(placeOf(got[kind], source[kind])).toBe(0);
      expect(got[kind]).toHaveLength(source[kind].length);
    }
  }, 30_000);
});

test.each(["rtmpe", "rtmpte"])(
  "a proxy whose origin is %s gives every frame with its time",
  async (scheme) => {
    const name = `proxy-${scheme}`;
    const origin = stage.server.url.replace("rtmp:", `${scheme}:`);
    const proxy = await ServerProcess.startProxy(origin);
    const from = proxy.log.length;
    const player = stage.keep(listFrames(`${proxy.url}/live/${name}`));
    await proxy.waitForLog({ msg: "play started", stream: `live/${name}` }, { from });
    await stage.keep(publishFile(file, stage.url(name))).exited;
    await proxy.waitForLog({ msg: "stream has gone" }, { timeoutMs: 10_000 });
    await proxy.stop();
    const got = await listedFrames(player);
    for (const kind of frameKinds) {
      expect(placeOf(got[kind], source[kind])).toBe(0);
      expect(got[kind]).toHaveLength(source[kind].length);
    }
  },
  30_000,
);
