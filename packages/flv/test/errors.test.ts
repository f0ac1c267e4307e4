import { FlvError, flvErrorFaults } from "@rtmp/flv";
import { RtmpError } from "@rtmp/wire";
import { expect, test } from "vitest";

test("an error carries the fault of its code", () => {
  const error = new FlvError("RTMP_ERR_FLV_RESERVED_PACKET_TYPE", "packet type 9", {
    offset: 1111,
  });
  expect(error).toBeInstanceOf(RtmpError);
  expect(error).toMatchObject({
    name: "FlvError",
    code: "RTMP_ERR_FLV_RESERVED_PACKET_TYPE",
    fault: "unsupported",
    offset: 1111,
  });
});

test("what a later version may define is unsupported, what breaks the format is malformed", () => {
  expect(flvErrorFaults).toEqual({
    RTMP_ERR_FLV_TRUNCATED: "malformed",
    RTMP_ERR_FLV_NESTED_MULTITRACK: "malformed",
    RTMP_ERR_FLV_RESERVED_PACKET_TYPE: "unsupported",
    RTMP_ERR_FLV_RESERVED_MULTITRACK_TYPE: "unsupported",
    RTMP_ERR_FLV_TOO_MANY_TRACKS: "limit",
    RTMP_ERR_FLV_TOO_MANY_MOD_EX_BLOCKS: "limit",
    RTMP_ERR_FLV_INVALID_CONFIGURATION: "malformed",
    RTMP_ERR_FLV_UNKNOWN_CONFIGURATION_VERSION: "unsupported",
    RTMP_ERR_FLV_TOO_MANY_PARAMETER_SETS: "limit",
    RTMP_ERR_FLV_RESERVED_CHANNEL_ORDER: "unsupported",
    RTMP_ERR_FLV_INVALID_FILE_HEADER: "malformed",
    RTMP_ERR_FLV_UNKNOWN_FILE_VERSION: "unsupported",
    RTMP_ERR_FLV_ENCRYPTED_TAG: "unsupported",
    RTMP_ERR_FLV_TAG_TOO_LONG: "limit",
  });
});
