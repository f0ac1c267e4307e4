import { WebSocketError, webSocketErrorFaults } from "@rtmp/transport-web";
import { RtmpError } from "@rtmp/wire";
import { expect, test } from "vitest";

test("a WebSocket error says what it means for the connection", () => {
  const cause = new Error("1111");
  const error = new WebSocketError("RTMP_ERR_TEXT_MESSAGE", "2222", { cause });
  expect(error).toBeInstanceOf(RtmpError);
  expect(error).toMatchObject({ name: "WebSocketError", fault: "malformed", cause });
});

test("every code has its fault", () => {
  expect(webSocketErrorFaults).toEqual({
    RTMP_ERR_WEBSOCKET_NOT_OPENED: "closed",
    RTMP_ERR_WEBSOCKET_TIMEOUT: "limit",
    RTMP_ERR_WEBSOCKET_BROKEN: "closed",
    RTMP_ERR_TEXT_MESSAGE: "malformed",
    RTMP_ERR_TOO_MANY_UNREAD_BYTES: "limit",
  });
});
