import { HandshakeError, handshakeErrorFaults } from "@rtmp/handshake";
import { RtmpError } from "@rtmp/wire";
import { expect, test } from "vitest";

test("a handshake error closes the connection", () => {
  expect(handshakeErrorFaults).toEqual({
    RTMP_ERR_HANDSHAKE_VERSION: "malformed",
    RTMP_ERR_HANDSHAKE_SIGNATURE: "malformed",
    RTMP_ERR_RTMPE_KEY: "malformed",
    RTMP_ERR_RTMPE_SECRET: "unsupported",
    RTMP_ERR_RTMPE_REFUSED: "rejected",
  });
  const error = new HandshakeError("RTMP_ERR_HANDSHAKE_VERSION", "1111", { offset: 2222 });
  expect(error).toBeInstanceOf(RtmpError);
  expect(error).toMatchObject({ name: "HandshakeError", fault: "malformed", offset: 2222 });
});
