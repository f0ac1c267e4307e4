import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { readCompositionTime } from "../../src/video/composition-time.ts";
import { flvErrorOf } from "../frame.ts";

describe("FLV E.4.3.1 composition time offset", () => {
  test.each([
    ["00 00 00", 0],
    ["00 00 28", 40],
    ["ff ff ec", -20],
    ["7f ff ff", 8388607],
    ["80 00 00", -8388608],
    ["01 02 03", 66051],
  ])("%s is %i ms", (bytes, milliseconds) => {
    expect(readCompositionTime(hex(bytes), 0)).toBe(milliseconds);
    expect(readCompositionTime(hex(`ff ff ${bytes} ff`), 2)).toBe(milliseconds);
  });

  test.each([0, 1, 2])("%i bytes are too few", (length) => {
    const error = flvErrorOf(() => readCompositionTime(new Uint8Array(1 + length), 1, 2222));
    expect(error).toMatchObject({ code: "RTMP_ERR_FLV_TRUNCATED", offset: 2223 });
  });
});
