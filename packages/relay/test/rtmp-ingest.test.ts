import { MessageTypeId } from "@rtmp/chunk";
import { type MediaBatch, StreamHub, type Subscriber } from "@rtmp/hub";
import { hex, toHex, VirtualClock } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { RtmpIngest } from "../src/rtmp-ingest.ts";

const onMetaData = "02 00 0a 6f 6e 4d 65 74 61 44 61 74 61";
const onTextData = "02 00 0a 6f 6e 54 65 78 74 44 61 74 61";
const setDataFrame = "02 00 0d 40 73 65 74 44 61 74 61 46 72 61 6d 65";
const clearDataFrame = "02 00 0f 40 63 6c 65 61 72 44 61 74 61 46 72 61 6d 65";
const emptyArray = "08 00 00 00 00 00 00 09";
const keyframe = "17 01 00 00 00 22";

/** A stream that takes RTMP messages, and what a player got of it. */
class Ingested implements Subscriber {
  readonly queuedBytes = 0;
  readonly hub = new StreamHub({ clock: new VirtualClock() });
  readonly ingest = new RtmpIngest(this.hub.publish("live/cam"));
  readonly got: string[] = [];

  constructor() {
    this.hub.subscribe("live/cam", this);
  }

  write(typeId: number, body: string, timestamp = 0): void {
    this.ingest.write(typeId, timestamp, hex(body));
    this.ingest.flush();
  }

  /** What a player gets that joins now. */
  late(): string[] {
    const late: string[] = [];
    const onBatch = (batch: MediaBatch, from: number): void => record(late, batch, from);
    this.hub
      .subscribe("live/cam", {
        queuedBytes: 0,
        onBatch,
        onPublish: none,
        onUnpublish: none,
        onEvict: none,
      })
      .close();
    return late;
  }

  onBatch(batch: MediaBatch, from: number): void {
    record(this.got, batch, from);
  }

  onPublish(): void {}
  onUnpublish(): void {
    this.got.push("unpublish");
  }
  onEvict(): void {}
}

function none(): void {}

function record(into: string[], batch: MediaBatch, from: number): void {
  for (const { kind, timestamp, body } of batch.packets.slice(from)) {
    into.push(`${kind} ${timestamp}: ${toHex(body)}`);
  }
}

describe("RTMP §7.1.4, §7.1.5 audio and video", () => {
  test("pass bit-identical, whatever the timestamp", () => {
    const stream = new Ingested();
    stream.write(MessageTypeId.Video, "17 00 00 00 00 11", 0xffff_ffff);
    stream.write(MessageTypeId.Video, keyframe, 0xffff_ffff);
    stream.write(MessageTypeId.Audio, "af 01 44", 7);
    expect(stream.got).toEqual([
      "video 4294967295: 17 00 00 00 00 11",
      `video 4294967295: ${keyframe}`,
      "audio 7: af 01 44",
    ]);
  });

  test("with a header that is cut are dropped with an error, and the next one passes", () => {
    const stream = new Ingested();
    expect(() => stream.write(MessageTypeId.Video, "17 01 00")).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_FLV_TRUNCATED" }),
    );
    stream.write(MessageTypeId.Video, keyframe);
    expect(stream.got).toEqual([`video 0: ${keyframe}`]);
  });

  test("reach players with the next flush only", () => {
    const stream = new Ingested();
    stream.ingest.write(MessageTypeId.Video, 0, hex(keyframe));
    expect(stream.got).toEqual([]);
    stream.ingest.flush();
    expect(stream.got.length).toBe(1);
  });
});

describe("RTMP §7.1.2 data", () => {
  test("@setDataFrame is taken off, and late players get what stood behind it", () => {
    const stream = new Ingested();
    stream.write(MessageTypeId.DataAmf0, `${setDataFrame} ${onMetaData} ${emptyArray}`);
    stream.write(MessageTypeId.Video, keyframe, 40);
    expect(stream.late()).toEqual([`data 0: ${onMetaData} ${emptyArray}`, `video 40: ${keyframe}`]);
  });

  test("onMetaData without @setDataFrame, as nginx-rtmp relays it, is metadata too", () => {
    const stream = new Ingested();
    stream.write(MessageTypeId.DataAmf0, `${onMetaData} ${emptyArray}`);
    stream.write(MessageTypeId.Video, keyframe);
    expect(stream.late()[0]).toBe(`data 0: ${onMetaData} ${emptyArray}`);
  });

  test("of type 15 loses its format byte and goes on as type 18", () => {
    const stream = new Ingested();
    stream.write(MessageTypeId.DataAmf3, `00 ${setDataFrame} ${onMetaData} ${emptyArray}`);
    stream.write(MessageTypeId.Video, keyframe);
    stream.write(MessageTypeId.DataAmf3, `00 ${onTextData} 05`, 10);
    expect(stream.got).toEqual([
      `data 0: ${onMetaData} ${emptyArray}`,
      `video 0: ${keyframe}`,
      `data 10: ${onTextData} 05`,
    ]);
  });

  test("@clearDataFrame takes metadata back from the next GOP on, and reaches no player", () => {
    const stream = new Ingested();
    stream.write(MessageTypeId.DataAmf0, `${setDataFrame} ${onMetaData} ${emptyArray}`);
    stream.write(MessageTypeId.Video, keyframe);
    const before = stream.got.length;
    stream.write(MessageTypeId.DataAmf0, `${clearDataFrame} ${onMetaData}`);
    expect(stream.got.length).toBe(before);
    stream.write(MessageTypeId.Video, keyframe, 40);
    expect(stream.late()).toEqual([`video 40: ${keyframe}`]);
  });

  test("@clearDataFrame of something else keeps the metadata", () => {
    const stream = new Ingested();
    stream.write(MessageTypeId.DataAmf0, `${onMetaData} ${emptyArray}`);
    stream.write(MessageTypeId.DataAmf0, `${clearDataFrame} ${onTextData}`);
    stream.write(MessageTypeId.Video, keyframe);
    expect(stream.late().length).toBe(2);
  });

  test("that is no metadata goes to those who watch and is not kept", () => {
    const stream = new Ingested();
    stream.write(MessageTypeId.DataAmf0, `${onTextData} 05`);
    stream.write(MessageTypeId.Video, keyframe);
    stream.write(MessageTypeId.DataAmf0, `${onTextData} 05`, 5);
    stream.write(MessageTypeId.Video, keyframe, 40);
    expect(stream.got).toContain(`data 5: ${onTextData} 05`);
    expect(stream.late()).toEqual([`video 40: ${keyframe}`]);
  });

  test.each([
    ["nothing", ""],
    ["@setDataFrame alone", setDataFrame],
    ["a number in place of the name", "00 3f f0 00 00 00 00 00 00"],
    ["a name that is cut", "02 00 0a 6f 6e"],
  ])("%s has no name and is dropped: ffmpeg's player would end", (_, body) => {
    const stream = new Ingested();
    stream.write(MessageTypeId.Video, keyframe);
    expect(() => stream.write(MessageTypeId.DataAmf0, body)).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_BAD_DATA", fault: "malformed" }),
    );
    stream.ingest.flush();
    expect(stream.got.length).toBe(1);
  });
});

test("the end of the stream frees the name, after what was written before", () => {
  const stream = new Ingested();
  stream.ingest.write(MessageTypeId.Video, 0, hex(keyframe));
  stream.ingest.end("closed");
  stream.ingest.end("closed");
  expect(stream.got).toEqual([`video 0: ${keyframe}`, "unpublish"]);
  expect(() => stream.hub.publish("live/cam")).not.toThrow();
});
