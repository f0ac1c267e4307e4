import { AmfError } from "@rtmp/amf";
import { MessageTypeId } from "@rtmp/chunk";
import { isAmf3, MessageError } from "@rtmp/message";
import { expect, test } from "vitest";
import { bodyError, bodyStart, trimNul } from "../src/amf-body.ts";

test("message types 15, 16 and 17 have a format byte, no other", () => {
  const all = Array.from({ length: 256 }, (_, typeId) => typeId);
  expect(all.filter(isAmf3)).toEqual([
    MessageTypeId.DataAmf3,
    MessageTypeId.SharedObjectAmf3,
    MessageTypeId.CommandAmf3,
  ]);
});

test("the body begins behind the format byte 0, where the type has one", () => {
  expect(bodyStart(Uint8Array.of(0, 2), true)).toBe(1);
  expect(bodyStart(Uint8Array.of(2, 0), true)).toBe(0);
  expect(bodyStart(Uint8Array.of(0, 2), false)).toBe(0);
  expect(bodyStart(Uint8Array.of(0, 2), undefined)).toBe(0);
  expect(bodyStart(Uint8Array.of(), true)).toBe(0);
});

test("only NULs at the end of a name go", () => {
  expect(trimNul("\0a\0b\0\0")).toBe("\0a\0b");
  expect(trimNul("\0\0")).toBe("");
});

test.each([
  ["RTMP_ERR_AMF_TRUNCATED", "RTMP_ERR_BAD_DATA"],
  ["RTMP_ERR_AMF_TOO_DEEP", "RTMP_ERR_BODY_LIMIT"],
  ["RTMP_ERR_AMF_UNKNOWN_EXTERNALIZABLE", "RTMP_ERR_BODY_UNSUPPORTED"],
] as const)("%s in a data message is %s", (code, expected) => {
  const cause = new AmfError(code, "why", { offset: 1111 });
  const error = bodyError(cause, "RTMP_ERR_BAD_DATA", "data message");
  expect(error).toBeInstanceOf(MessageError);
  expect(error).toMatchObject({ code: expected, fault: cause.fault, offset: 1111, cause });
});

test("an error of another kind passes as it is", () => {
  const error = new TypeError("not of the peer");
  expect(bodyError(error, "RTMP_ERR_BAD_DATA", "data message")).toBe(error);
});
