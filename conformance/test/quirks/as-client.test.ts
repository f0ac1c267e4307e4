/**
 * Habits of servers, and what of ours other servers would stumble over when we publish to them.
 *
 * RTMP §5.3.1, §7.2
 */

import { StreamHub } from "@rtmp/hub";
import { serve } from "@rtmp/relay";
import { connect } from "@rtmp/session";
import { hex, toHex, transportPair } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import { listChunks } from "../../src/chunk-list.ts";
import { connected, LoneClient, reply, serverHandshake, status } from "../../src/lone-client.ts";
import { TappedTransport } from "../../src/tapped-transport.ts";
import {
  command,
  counting,
  ecmaArray,
  join,
  message,
  nothing,
  number,
  object,
  text,
  u32,
} from "../../src/wire-bytes.ts";

const video = 9;
const audio = 8;
const publishStart = status("NetStream.Publish.Start");
const playStart = status("NetStream.Play.Start");

/** A client whose server takes what it publishes. */
function publishing(): ReturnType<typeof LoneClient.publishing> {
  const peers = LoneClient.publishing();
  peers.client.hear(publishStart);
  return peers;
}

describe("ffmpeg -listen: its onFCPublish has no txn and no args:", () => {
  test.each([
    ["its name alone", text("onFCPublish")],
    ["with a transaction and nothing else", join(text("onFCPublish"), number(0))],
  ])("%s is tolerated as client, before and behind the answer to createStream", (_, body) => {
    const onFcPublish = message("03 000000 length 14 00000000", body);
    const client = LoneClient.connected();
    client.stream().publish("cam", "live", client.note);
    client.hear(onFcPublish, reply("_result", 4, nothing, number(1)), onFcPublish, publishStart);
    expect(client.codes).toEqual([
      "NetConnection.Connect.Success",
      "ok",
      "NetStream.Publish.Start",
    ]);
    expect(client.problems).toEqual([]);
    expect(client.closed).toBeUndefined();
  });
});

describe("nginx-rtmp pull: onStatus txn 0:", () => {
  test.each([
    ["transaction 0", { transactionId: 0 }],
    ["the transaction of another command", { transactionId: 2 }],
    ["message stream 0", { messageStreamId: 0 }],
    ["chunk stream 8", { chunkStreamId: "08" }],
  ])("%s: matched by name", (_, how) => {
    const { client, stream } = LoneClient.playing();
    expect(stream.state).toBe("play-pending");
    client.hear(status("NetStream.Play.Start", how));
    expect(stream.state).toBe("playing");
    expect(client.codes).toContain("ok");
  });

  test("an error is matched by its level", () => {
    const { client, stream } = LoneClient.playing();
    client.hear(status("NetStream.Play.StreamNotFound", { level: "error" }));
    expect(stream.state).toBe("idle");
    expect(client.codes).toContain("RTMP_ERR_PLAY_REJECTED");
  });
});

describe('YouTube as server: wants publish type "live":', () => {
  test('"live" unless the caller says otherwise, and no value behind it', async () => {
    const [near, far] = transportPair({ automatic: true });
    serve(far, { hub: new StreamHub() });
    const tapped = new TappedTransport(near);
    const client = await connect("rtmp://127.0.0.1/live/cam", { dial: async () => tapped });
    await client.publish();
    await client.close();

    const commands = listChunks(join(...tapped.sent).subarray(3_073)).filter(
      ({ typeId }) => typeId === 20,
    );
    const publish = command("publish", 5, nothing, text("cam"), text("live"));
    expect(commands.map(({ payload }) => toHex(payload))).toContain(toHex(publish));
  });
});

describe("FMS 3.5+: user control 31/32, even 2 bytes long:", () => {
  test.each(["00 1f", "00 20", "00 1f 00 00 00 01", "00 20 00 00 00 01", "00 1c 00 00 00 01"])(
    "%s is ignored",
    (body) => {
      const { client, stream } = LoneClient.playing();
      client.hear(playStart, message("02 000000 length 04 00000000", hex(body)));
      expect(stream.state).toBe("playing");
      expect(client.problems).toEqual([]);
      expect(client.closed).toBeUndefined();
    },
  );
});

describe("FMS relays: aggregate 22:", () => {
  test("is split for a player too", () => {
    const { client } = LoneClient.playing();
    const aggregate = hex(
      `08 00 00 03 00 13 88 00 00 00 00 af 01 21 00 00 00 0e 09 00 00 0a 00 13
       b0 00 00 00 00 27 01 00 00 00 00 00 00 01 41 00 00 00 15`,
    );
    client.hear(playStart, message("06 002ee0 length 16 01000000", aggregate));
    expect(client.media).toEqual([
      { typeId: audio, timestamp: 12_000, payload: hex("af 01 21") },
      { typeId: video, timestamp: 12_040, payload: hex("27 01 00 00 00 00 00 00 01 41") },
    ]);
  });
});

describe("YouTube ingest: ack holds increments:", () => {
  test("nothing is held back for them, nor for those that wrap early", () => {
    const { client, stream } = publishing();
    for (const sequenceNumber of [1_000, 1_000, 0xef_ff_ff_00, 0x100]) {
      client.hear(message("02 000000 length 03 00000000", u32(sequenceNumber)));
      expect(stream.write(video, 0, hex("17 01 00 00 00 22"))).toBe(true);
    }
    expect(client.said(video)).toHaveLength(4);
    expect(client.problems).toEqual([]);
  });
});

describe("ffmpeg and many muxers: ECMA count is an estimate patched later, or 0:", () => {
  test.each([0, 13])("a _result of connect with a count of %d is read to its end", (count) => {
    const client = new LoneClient();
    const properties = ecmaArray(count, {
      fmsVer: text("FMS/3,0,1,123"),
      capabilities: number(31),
    });
    client.hear(serverHandshake, reply("_result", 1, properties, connected));
    expect(client.codes).toEqual(["NetConnection.Connect.Success"]);
  });

  test.each([
    ["null in place of the properties", nothing],
    ["properties without fmsVer", object({})],
  ])("%s: connected all the same", (_, properties) => {
    const client = new LoneClient();
    client.hear(serverHandshake, reply("_result", 1, properties, connected));
    expect(client.codes).toEqual(["NetConnection.Connect.Success"]);
  });
});

describe("nginx-rtmp, gortmplib peers: take the delta of a bare type 3 chunk as 0:", () => {
  test("no message that we publish begins with type 3 right after type 0", () => {
    const { client, stream } = publishing();
    // The distance is the first time as well: only here could a writer save the delta.
    for (let frame = 1; frame <= 50; frame++) {
      stream.write(audio, frame * 20, hex("af 01 21"));
      stream.write(video, frame * 20, hex("27 01 00 00 00 41"));
    }
    expect(client.said(audio)).toHaveLength(50);

    const last = new Map<number, number>();
    for (const { chunkStreamId, fmt, starts } of client.chunks) {
      if (!starts) continue;
      expect([chunkStreamId, fmt, last.get(chunkStreamId)]).not.toEqual([chunkStreamId, 3, 0]);
      last.set(chunkStreamId, fmt);
    }
  });
});

describe("ffmpeg reader: insists on the extended timestamp:", () => {
  test("every type 3 chunk of a message that has one repeats it", () => {
    const { client, stream } = publishing();
    const payload = counting("17 01 00 00 00", 70_000);
    stream.write(video, 0x01_00_00_2a, payload);
    const chunks = client.chunks.filter(({ typeId }) => typeId === video);
    expect(chunks.length).toBeGreaterThan(1);
    for (const { extendedTimestamp } of chunks) expect(extendedTimestamp).toBe(0x01_00_00_2a);
    expect(join(...chunks.map((chunk) => chunk.payload))).toEqual(payload);
  });
});

describe("SRS < 6.0.167: fmt 1/2 extension read as absolute:", () => {
  test("a jump of more than 0xffffff goes out as type 0", () => {
    const { client, stream } = publishing();
    for (const timestamp of [11_000, 11_020, 11_040, 11_040 + 0xfffc18 + 0x1000]) {
      stream.write(audio, timestamp, hex("af 01 21"));
    }
    const last = client.chunks.findLast(({ typeId }) => typeId === audio);
    expect(last).toMatchObject({ fmt: 0, extendedTimestamp: 11_040 + 0xfffc18 + 0x1000 });
  });
});

describe("relays with 128 MiB chunk size: nginx-rtmp closes them:", () => {
  test("we never announce more than 10485760, and read what does", () => {
    const { client } = LoneClient.playing();
    const [announced = hex("ff ff ff ff")] = client.said(1);
    expect(new DataView(announced.buffer, announced.byteOffset).getUint32(0)).toBeLessThanOrEqual(
      10_485_760,
    );

    const payload = counting("17 01 00 00 00", 70_000);
    client.hear(
      playStart,
      message("02 000000 length 01 00000000", u32(128 * 1024 * 1024)),
      message("06 000000 length 09 01000000", payload, { chunkSize: 70_000 }),
    );
    expect(client.media).toEqual([{ typeId: video, timestamp: 0, payload }]);
  });
});
