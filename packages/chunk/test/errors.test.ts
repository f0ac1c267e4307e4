import { ChunkError, type ChunkErrorCode, chunkErrorFaults } from "@rtmp/chunk";
import { RtmpError } from "@rtmp/wire";
import { expect, test } from "vitest";

const codes: readonly ChunkErrorCode[] = [
  "RTMP_ERR_MISSING_PREVIOUS_HEADER",
  "RTMP_ERR_INVALID_CHUNK_SIZE",
  "RTMP_ERR_PROTOCOL_CONTROL_TRUNCATED",
  "RTMP_ERR_CHUNK_SIZE_OUT_OF_LIMITS",
  "RTMP_ERR_MESSAGE_TOO_LARGE",
  "RTMP_ERR_TOO_MANY_CHUNK_STREAMS",
  "RTMP_ERR_TOO_MANY_PARTIAL_MESSAGES",
  "RTMP_ERR_TOO_MANY_PARTIAL_BYTES",
];

test.each(codes)("%s is an RtmpError with its fault", (code) => {
  const error = new ChunkError(code, "what happened", { offset: 7 });
  expect(error).toBeInstanceOf(RtmpError);
  expect(error).toMatchObject({ name: "ChunkError", code, offset: 7 });
  expect(error.fault).toBe(chunkErrorFaults[code]);
});

test("the table has no other codes", () => {
  expect(Object.keys(chunkErrorFaults).toSorted()).toEqual(codes.toSorted());
});
