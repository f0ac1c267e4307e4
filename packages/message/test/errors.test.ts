import { MessageError, messageErrorFaults } from "@rtmp/message";
import { RtmpError } from "@rtmp/wire";
import { expect, test } from "vitest";

test("every code has the fault that decides what happens to the connection", () => {
  expect(messageErrorFaults).toEqual({
    RTMP_ERR_BAD_COMMAND: "malformed",
    RTMP_ERR_BAD_DATA: "malformed",
    RTMP_ERR_BAD_SHARED_OBJECT: "malformed",
    RTMP_ERR_BAD_AGGREGATE: "malformed",
    RTMP_ERR_TOO_MANY_AGGREGATE_PARTS: "limit",
    RTMP_ERR_BAD_USER_CONTROL: "malformed",
    RTMP_ERR_BODY_LIMIT: "limit",
    RTMP_ERR_BODY_UNSUPPORTED: "unsupported",
    RTMP_ERR_NO_STREAM_NAME: "rejected",
    RTMP_ERR_BAD_STREAM_PATH: "rejected",
    RTMP_ERR_BAD_ARGUMENT: "rejected",
    RTMP_ERR_RECONNECT_REFUSED: "rejected",
  });
});

test("an error says which command it was", () => {
  const cause = new Error("below");
  const error = new MessageError("RTMP_ERR_BAD_COMMAND", "why", {
    commandName: "publish",
    transactionId: 5,
    offset: 1111,
    cause,
  });
  expect(error).toBeInstanceOf(RtmpError);
  expect(error).toMatchObject({
    name: "MessageError",
    message: "why",
    fault: "malformed",
    commandName: "publish",
    transactionId: 5,
    offset: 1111,
    cause,
  });
});

test("an error without a command has neither name nor transaction id", () => {
  const error = new MessageError("RTMP_ERR_BAD_STREAM_PATH", "why");
  expect([error.commandName, error.transactionId, error.offset]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
