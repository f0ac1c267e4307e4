import { SessionError, sessionErrorFaults } from "@rtmp/session";
import { RtmpError } from "@rtmp/wire";
import { expect, test } from "vitest";

test("a session error has the fault of its code, a name and a cause", () => {
  const cause = new Error("ECONNRESET");
  const error = new SessionError("RTMP_ERR_CONNECTION_LOST", "the connection broke", { cause });
  expect(error).toBeInstanceOf(RtmpError);
  expect(error).toMatchObject({ name: "SessionError", fault: "closed", cause });
});

test("every code has its fault", () => {
  expect(sessionErrorFaults).toEqual({
    RTMP_ERR_HANDSHAKE_TIMEOUT: "limit",
    RTMP_ERR_CONNECT_TIMEOUT: "limit",
    RTMP_ERR_IDLE_TIMEOUT: "limit",
    RTMP_ERR_SILENT_PEER: "limit",
    RTMP_ERR_COMMAND_BEFORE_CONNECT: "malformed",
    RTMP_ERR_CONNECT_TWICE: "rejected",
    RTMP_ERR_CONNECT_REJECTED: "rejected",
    RTMP_ERR_TOO_MANY_STREAMS: "limit",
    RTMP_ERR_TOO_MANY_PENDING_COMMANDS: "limit",
    RTMP_ERR_TOO_MANY_FAULTS: "limit",
    RTMP_ERR_UNKNOWN_COMMAND: "unsupported",
    RTMP_ERR_UNKNOWN_MESSAGE_TYPE: "unsupported",
    RTMP_ERR_UNKNOWN_STREAM: "unsupported",
    RTMP_ERR_STREAM_BUSY: "rejected",
    RTMP_ERR_PLAYLIST_FULL: "limit",
    RTMP_ERR_CALL_REJECTED: "rejected",
    RTMP_ERR_CALL_TIMEOUT: "limit",
    RTMP_ERR_TOO_MANY_PENDING_CALLS: "limit",
    RTMP_ERR_PUBLISH_REJECTED: "rejected",
    RTMP_ERR_PLAY_REJECTED: "rejected",
    RTMP_ERR_TOO_MANY_REDIRECTS: "limit",
    RTMP_ERR_RECONNECT_FAILED: "rejected",
    RTMP_ERR_SESSION_ENDED: "closed",
    RTMP_ERR_TOO_MANY_SLOTS: "limit",
    RTMP_ERR_CONNECTION_LOST: "closed",
    RTMP_ERR_INTERNAL: "closed",
  });
});
