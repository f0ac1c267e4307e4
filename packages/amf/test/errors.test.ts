import { AmfError, amfErrorFaults } from "@rtmp/amf";
import { hex } from "@rtmp/testing";
import { RtmpError } from "@rtmp/wire";
import { expect, test } from "vitest";
import { tryDecode } from "./decoded.ts";

test("an AmfError is an RtmpError that says where and how bad", () => {
  const error = tryDecode(hex("05 12"));
  expect(error).toBeInstanceOf(AmfError);
  expect(error).toBeInstanceOf(RtmpError);
  expect(error).toMatchObject({
    name: "AmfError",
    code: "RTMP_ERR_AMF_UNKNOWN_MARKER",
    fault: "malformed",
    offset: 1,
    message: "no AMF0 value begins with 0x12",
  });
});

test("a class that reads itself is unsupported without a codec, not malformed", () => {
  expect(tryDecode(hex("11 0a 07 03 45"))).toMatchObject({ fault: "unsupported" });
});

test("a body that asks for too much is over a limit", () => {
  expect(tryDecode(hex("03 00 01 61".repeat(33)))).toMatchObject({ fault: "limit" });
});

test("each code has its fault", () => {
  expect(amfErrorFaults).toEqual({
    RTMP_ERR_AMF_TRUNCATED: "malformed",
    RTMP_ERR_AMF_UNKNOWN_MARKER: "malformed",
    RTMP_ERR_AMF_INVALID_REFERENCE: "malformed",
    RTMP_ERR_AMF_UNEXPECTED_OBJECT_END: "malformed",
    RTMP_ERR_AMF_INVALID_COUNT: "malformed",
    RTMP_ERR_AMF_TRAILING_BYTES: "malformed",
    RTMP_ERR_AMF_BODY_TOO_LONG: "limit",
    RTMP_ERR_AMF_TOO_DEEP: "limit",
    RTMP_ERR_AMF_TOO_MANY_VALUES: "limit",
    RTMP_ERR_AMF_TOO_MANY_PROPERTIES: "limit",
    RTMP_ERR_AMF_STRING_TOO_LONG: "limit",
    RTMP_ERR_AMF_NAME_TOO_LONG: "limit",
    RTMP_ERR_AMF_UNKNOWN_EXTERNALIZABLE: "unsupported",
  });
});
