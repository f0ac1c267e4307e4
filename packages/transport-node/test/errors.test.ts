import { TransportError, transportErrorFaults } from "@rtmp/transport-node";
import { RtmpError } from "@rtmp/wire";
import { expect, test } from "vitest";

test("a transport error says what it means for the connection", () => {
  const cause = new Error("1111");
  const error = new TransportError("RTMP_ERR_TLS_REQUIRED", "2222", { cause });
  expect(error).toBeInstanceOf(RtmpError);
  expect(error).toMatchObject({ name: "TransportError", fault: "rejected", cause });
  expect(transportErrorFaults.RTMP_ERR_PROXY_HEADER).toBe("malformed");
  expect(transportErrorFaults.RTMP_ERR_MADE_ROOM).toBe("limit");
});
