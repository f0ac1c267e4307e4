import { EcmaArray } from "@rtmp/amf";
import { expect, test } from "vitest";
import { capabilityProperties, readCapabilities } from "../src/capabilities.ts";

const none = {
  fourCcList: [],
  videoFourCcInfoMap: {},
  audioFourCcInfoMap: {},
  capsEx: 0,
  videoFunction: 0,
};

test("a peer that says nothing has no capabilities", () => {
  expect(readCapabilities()).toEqual(none);
  expect(readCapabilities({ app: "live" })).toEqual(none);
});

test("every key is read", () => {
  expect(
    readCapabilities({
      fourCcList: ["hvc1", ".mp3", "*"],
      videoFourCcInfoMap: { "*": 4, vp09: 3 },
      audioFourCcInfoMap: { Opus: 1 },
      capsEx: 15,
      videoFunction: 7,
    }),
  ).toEqual({
    fourCcList: ["hvc1", ".mp3", "*"],
    videoFourCcInfoMap: { "*": 4, vp09: 3 },
    audioFourCcInfoMap: { Opus: 1 },
    capsEx: 15,
    videoFunction: 7,
  });
});

test("FourCCs keep their letter case", () => {
  expect(readCapabilities({ fourCcList: ["Opus", "opus", "fLaC"] }).fourCcList).toEqual([
    "Opus",
    "opus",
    "fLaC",
  ]);
});

test("what is no FourCC or no number is left out", () => {
  expect(
    readCapabilities({
      fourCcList: ["hevc1", "", 1111, null, "av01"],
      videoFourCcInfoMap: { hvc1: "2", toolong: 1, vp09: null, av01: Number.NaN },
      audioFourCcInfoMap: 7,
      capsEx: Number.POSITIVE_INFINITY,
      videoFunction: "3",
    }),
  ).toEqual({
    ...none,
    fourCcList: ["av01"],
    videoFourCcInfoMap: { hvc1: 2 },
    videoFunction: 3,
  });
});

test("ECMA arrays will do for lists and maps", () => {
  const { fourCcList, videoFourCcInfoMap } = readCapabilities({
    fourCcList: new EcmaArray({ 0: "hvc1", 1: "av01" }),
    videoFourCcInfoMap: new EcmaArray({ "*": 4 }),
  });
  expect(fourCcList).toEqual(["hvc1", "av01"]);
  expect(videoFourCcInfoMap).toEqual({ "*": 4 });
});

test("the later of two objects counts, key by key", () => {
  const merged = readCapabilities({ capsEx: 1, videoFunction: 2 }, { capsEx: 4 });
  expect(merged).toEqual({ ...none, capsEx: 4, videoFunction: 2 });
});

test("the maps inherit nothing", () => {
  const { videoFourCcInfoMap } = readCapabilities({ videoFourCcInfoMap: { "*": 1 } });
  expect(Object.getPrototypeOf(videoFourCcInfoMap)).toBeNull();
});

test("only what is given is announced", () => {
  expect(capabilityProperties({})).toEqual({});
  expect(capabilityProperties({ capsEx: 3, fourCcList: ["*"] })).toEqual({
    fourCcList: ["*"],
    capsEx: 3,
  });
});

test("announced capabilities read back the same", () => {
  const capabilities = {
    fourCcList: ["*"],
    videoFourCcInfoMap: { "*": 4 },
    audioFourCcInfoMap: { Opus: 7 },
    capsEx: 7,
    videoFunction: 5,
  };
  expect(readCapabilities(capabilityProperties(capabilities))).toEqual(capabilities);
});
