import { EcmaArray } from "@rtmp/amf";
import {
  clearDataFrame,
  decodeData,
  encodeData,
  onMetaData,
  setDataFrame,
  splitSetDataFrame,
} from "@rtmp/message";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { captured } from "./captured.ts";

describe("metadata", () => {
  const metadata = new EcmaArray({ width: 1280, height: 720 });

  test("of a publisher comes behind @setDataFrame, as OBS sends it", () => {
    expect(encodeData(setDataFrame("onMetaData", metadata))).toEqual(
      hex(`
        02 00 0d 40 73 65 74 44 61 74 61 46 72 61 6d 65
        02 00 0a 6f 6e 4d 65 74 61 44 61 74 61 08 00 00 00 02
        00 05 77 69 64 74 68 00 40 94 00 00 00 00 00 00
        00 06 68 65 69 67 68 74 00 40 86 80 00 00 00 00 00 00 00 09
      `),
    );
  });

  test("that OBS sent is built again from its values", () => {
    const bytes = captured("obs-29-metadata");
    expect(encodeData(setDataFrame("onMetaData", decodeData(bytes).args[1]))).toEqual(bytes);
  });

  test("for players has nothing in front", () => {
    expect(encodeData(onMetaData(metadata))).toEqual(
      splitSetDataFrame(encodeData(setDataFrame("onMetaData", metadata))).body,
    );
    expect(onMetaData(null)).toEqual({ handler: "onMetaData", args: [null] });
  });

  test("is taken back by @clearDataFrame", () => {
    const bytes = encodeData(clearDataFrame("onMetaData"));
    expect(bytes).toEqual(
      hex(`
        02 00 0f 40 63 6c 65 61 72 44 61 74 61 46 72 61 6d 65
        02 00 0a 6f 6e 4d 65 74 61 44 61 74 61
      `),
    );
    expect(splitSetDataFrame(bytes)).toMatchObject({ command: "clear", handler: "onMetaData" });
  });
});
