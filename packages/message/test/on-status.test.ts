import {
  decodeCommand,
  encodeCommand,
  onStatus,
  readStatus,
  StatusCode,
  statusInfo,
  statusLevel,
} from "@rtmp/message";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { captured } from "./captured.ts";
import { vectors } from "./vectors.ts";

describe("RTMP §7.2.2 onStatus", () => {
  test("Publish.Start has the bytes that clients know", () => {
    const command = onStatus(StatusCode.PublishStart, { description: "key is now published." });
    expect(encodeCommand(command)).toEqual(vectors.publishStart);
  });

  test("Publish.Start with a client id is what SRS sends", () => {
    const description = "Started publishing stream.";
    const command = onStatus(StatusCode.PublishStart, { description, clientId: "ASAICiss" });
    expect(encodeCommand(command)).toEqual(captured("srs-7-publish-start"));
  });

  test("Play.Start with details and a client id is what SRS sends", () => {
    const command = onStatus(StatusCode.PlayStart, {
      description: "Started playing stream.",
      details: "stream",
      clientId: "ASAICiss",
    });
    expect(encodeCommand(command)).toEqual(captured("srs-7-play-start"));
  });

  test("Publish.Start of Node-Media-Server has the same shape", () => {
    const command = onStatus(StatusCode.PublishStart, {
      description: "/live/cam is now published.",
    });
    expect(encodeCommand(command)).toEqual(captured("nms-4-publish-start"));
  });

  test("Play.Stop is what nginx sends", () => {
    const command = onStatus(StatusCode.PlayStop, { description: "Stopped" });
    expect(encodeCommand(command)).toEqual(captured("nginx-1.22-play-stop"));
  });

  test("the properties come in the order level, code, description, details, clientid", () => {
    const info = statusInfo("X", {
      clientId: 1111,
      details: "d",
      description: "e",
      level: "error",
    });
    expect(Object.entries(info)).toEqual([
      ["level", "error"],
      ["code", "X"],
      ["description", "e"],
      ["details", "d"],
      ["clientid", 1111],
    ]);
  });

  test("a refusal has the level error by its code", () => {
    const { args } = onStatus(StatusCode.PublishBadName, { description: "busy" });
    expect(args).toEqual([
      { level: "error", code: "NetStream.Publish.BadName", description: "busy" },
    ]);
  });
});

/** Every code that is in use, with the level that goes with it. */
const codes: readonly [code: string, level: string][] = [
  ["NetConnection.Connect.Success", "status"],
  ["NetConnection.Connect.Closed", "status"],
  ["NetConnection.Connect.ReconnectRequest", "status"],
  ["NetConnection.Connect.Rejected", "error"],
  ["NetConnection.Connect.Failed", "error"],
  ["NetConnection.Connect.InvalidApp", "error"],
  ["NetConnection.Connect.AppShutdown", "error"],
  ["NetConnection.Connect.IdleTimeOut", "error"],
  ["NetConnection.Call.Failed", "error"],
  ["NetConnection.Call.BadVersion", "error"],
  ["NetConnection.Call.Prohibited", "error"],
  ["NetConnection.Proxy.NotResponding", "error"],
  ["NetStream.Publish.Start", "status"],
  ["NetStream.Publish.Idle", "status"],
  ["NetStream.Publish.BadName", "error"],
  ["NetStream.Publish.Denied", "error"],
  ["NetStream.Unpublish.Success", "status"],
  ["NetStream.Record.Start", "status"],
  ["NetStream.Record.Stop", "status"],
  ["NetStream.Record.NoAccess", "error"],
  ["NetStream.Record.Failed", "error"],
  ["NetStream.Play.Reset", "status"],
  ["NetStream.Play.Start", "status"],
  ["NetStream.Play.Stop", "status"],
  ["NetStream.Play.Complete", "status"],
  ["NetStream.Play.PublishNotify", "status"],
  ["NetStream.Play.UnpublishNotify", "status"],
  ["NetStream.Play.Switch", "status"],
  ["NetStream.Play.Transition", "status"],
  ["NetStream.Play.TransitionComplete", "status"],
  ["NetStream.Play.StreamNotFound", "error"],
  ["NetStream.Play.Failed", "error"],
  ["NetStream.Play.FileStructureInvalid", "error"],
  ["NetStream.Play.NoSupportedTrackFound", "error"],
  ["NetStream.Play.InsufficientBW", "warning"],
  ["NetStream.Pause.Notify", "status"],
  ["NetStream.Unpause.Notify", "status"],
  ["NetStream.Seek.Notify", "status"],
  ["NetStream.Seek.Failed", "error"],
  ["NetStream.Seek.InvalidTime", "error"],
  ["NetStream.Data.Start", "status"],
  ["NetStream.Buffer.Empty", "status"],
  ["NetStream.Buffer.Full", "status"],
  ["NetStream.Buffer.Flush", "status"],
  ["NetStream.Video.DimensionChange", "status"],
  ["NetStream.Failed", "error"],
  ["SharedObject.NoReadAccess", "error"],
  ["SharedObject.NoWriteAccess", "error"],
  ["SharedObject.BadPersistence", "error"],
  ["SharedObject.ObjectCreationFailed", "error"],
];

/** A text of AMF0 without its marker. */
function text(value: string): Uint8Array {
  return Uint8Array.of(0, value.length, ...Buffer.from(value, "latin1"));
}

/** An onStatus of three properties, as the layout of AMF0 has it. */
function statusBytes(level: string, code: string, description: string): Uint8Array {
  const properties = Object.entries({ level, code, description });
  return new Uint8Array(
    Buffer.concat([
      hex("02"),
      text("onStatus"),
      hex("00 0000000000000000 05 03"),
      ...properties.flatMap(([name, value]) => [text(name), hex("02"), text(value)]),
      hex("000009"),
    ]),
  );
}

describe("levels", () => {
  test.each(codes)("%s is in the table, with level %s", (code, level) => {
    expect(Object.values(StatusCode)).toContain(code);
    expect(statusLevel(code)).toBe(level);
  });

  test.each(codes)("%s is written and read", (code, level) => {
    const bytes = statusBytes(level, code, "why");
    expect(encodeCommand(onStatus(code, { description: "why" }))).toEqual(bytes);

    const status = readStatus(decodeCommand(bytes));
    expect(status).toMatchObject({ code, level, description: "why", details: "" });
  });

  test("there are no other codes", () => {
    expect(Object.keys(StatusCode)).toHaveLength(50);
  });

  test("an unknown code is a status", () => {
    expect(statusLevel("NetStream.Own.Code")).toBe("status");
  });
});

describe("reading a status", () => {
  test("the refusal that asks for credentials keeps its description", () => {
    expect(readStatus(decodeCommand(vectors.needAuth))).toMatchObject({
      code: "NetConnection.Connect.Rejected",
      level: "error",
      description: "code=403 need auth; authmod=adobe",
      details: "",
    });
  });

  test("a ReconnectRequest keeps its tcUrl in the information object", () => {
    const { code, level, info } = readStatus(decodeCommand(vectors.reconnectRequest));
    expect([code, level]).toEqual([StatusCode.ConnectReconnectRequest, "status"]);
    expect(info["tcUrl"]).toBe("//192.0.2.0/live");
  });

  test("without a level, the one of the code counts", () => {
    const command = { name: "onStatus", transactionId: 0, commandObject: null };
    expect(readStatus({ ...command, args: [{ code: "NetStream.Play.Failed" }] }).level).toBe(
      "error",
    );
    expect(readStatus({ ...command, args: [{ code: "X", level: "fatal" }] }).level).toBe("status");
  });

  test("an _error without an information object is an error", () => {
    const command = { name: "_error", transactionId: 4, commandObject: null, args: [null] };
    expect(readStatus(command)).toMatchObject({ code: "", level: "error", description: "" });
  });

  test("an information object behind another value is found", () => {
    const args = [null, { code: "X", description: "d", details: "e" }];
    expect(readStatus({ name: "onStatus", transactionId: 0, commandObject: null, args })).toEqual({
      code: "X",
      level: "status",
      description: "d",
      details: "e",
      info: args[1],
    });
  });
});
