import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { receivedMedia, typeIdOf } from "../../src/client/media.ts";

test("audio, video and data have the types 8, 9 and 18", () => {
  expect([typeIdOf("audio"), typeIdOf("video"), typeIdOf("data")]).toEqual([8, 9, 18]);
});

describe("a message that arrived", () => {
  const onMetaData = toHex(hex(`02 000a "onMetaData" 05`));

  test.each([
    ["audio", 8, "af 01 21", "af 01 21"],
    ["video", 9, "27 01", "27 01"],
    ["data", 18, onMetaData, onMetaData],
    ["data of type 15 without its format byte", 15, `00 ${onMetaData}`, onMetaData],
    ["data of type 15 that has none", 15, onMetaData, onMetaData],
    [
      "data without @setDataFrame",
      18,
      toHex(hex(`02 000d "@setDataFrame" ${onMetaData}`)),
      onMetaData,
    ],
    ["data that is empty", 18, "", ""],
    ["data that is broken", 18, "02 ff", "02 ff"],
  ])("is %s", (kind, typeId, payload, body) => {
    const media = receivedMedia(typeId, 7, hex(payload));
    expect({ ...media, body: toHex(media.body) }).toEqual({
      kind: kind.split(" ", 1)[0],
      timestamp: 7,
      body,
    });
  });
});
