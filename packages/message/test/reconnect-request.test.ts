import type { AmfObject } from "@rtmp/amf";
import {
  decodeCommand,
  encodeCommand,
  MessageError,
  readReconnectRequest,
  readRedirect,
  readStatus,
  reconnectRequest,
  resolveReconnectUrl,
  StatusCode,
  statusInfo,
} from "@rtmp/message";
import { describe, expect, test } from "vitest";
import { vectors } from "./vectors.ts";

function refused(info: AmfObject) {
  const status = statusInfo(StatusCode.ConnectRejected, { description: "moved" });
  const args = [{ ...status, ...info }];
  return readStatus({ name: "_error", transactionId: 1, commandObject: null, args });
}

describe('E-RTMP "Reconnect Request"', () => {
  test("has the bytes of the specification", () => {
    const command = reconnectRequest({ description: "maintenance", tcUrl: "//192.0.2.0/live" });
    expect(encodeCommand(command)).toEqual(vectors.reconnectRequest);
  });

  test("says nothing that is not given", () => {
    expect(reconnectRequest()).toEqual({
      name: "onStatus",
      transactionId: 0,
      commandObject: null,
      args: [{ level: "status", code: "NetConnection.Connect.ReconnectRequest" }],
    });
  });

  test("is read", () => {
    expect(readReconnectRequest(readStatus(decodeCommand(vectors.reconnectRequest)))).toEqual({
      tcUrl: "//192.0.2.0/live",
      description: "maintenance",
    });
  });

  test.each([undefined, "", null, { a: 1 }])("tcUrl %j means the same place again", (tcUrl) => {
    const args = [{ code: StatusCode.ConnectReconnectRequest, tcUrl }];
    const status = readStatus({ name: "onStatus", transactionId: 0, commandObject: null, args });
    expect(readReconnectRequest(status)).toEqual({ tcUrl: undefined, description: "" });
  });

  test("another status is none", () => {
    expect(readReconnectRequest(refused({ tcUrl: "rtmp://h/live" }))).toBeUndefined();
  });
});

describe("where to connect again", () => {
  test.each([
    ["nothing", "rtmp://a:1111/live?x=1", undefined, "rtmp://a:1111/live?x=1"],
    ["an absolute URL", "rtmp://a/live", "rtmp://b:2222/other?y=2", "rtmp://b:2222/other?y=2"],
    ["a host and an app", "rtmp://a:1111/live", "//192.0.2.0/live", "rtmp://192.0.2.0/live"],
    ["an IPv6 host", "rtmps://a/live", "//[2001:db8::1]:443/x", "rtmps://[2001:db8::1]:443/x"],
    ["an app", "rtmp://a:1111/live/inst?x=1", "/other", "rtmp://a:1111/other"],
    ["an app on an IPv6 host", "rtmp://[::1]:1111/live", "/other/i", "rtmp://[::1]:1111/other/i"],
    ["an app without a slash", "rtmp://a/live?x=/1", "other", "rtmp://a/other"],
    ["an app beside an instance", "rtmp://a/live/one", "two", "rtmp://a/live/two"],
    ["an app where there was none", "rtmp://a", "live", "rtmp://a/live"],
  ])("%s", (_, current, sent, url) => {
    expect(resolveReconnectUrl(current, sent)).toBe(url);
  });

  test.each([
    ["rtmp://a/live", "rtmps://a/live"],
    ["rtmpt://a/live", "rtmpe://a/live"],
    ["rtmpe://a/live", "rtmps://a/live"],
    ["rtmps://a/live", "RTMPTS://a/live"],
    ["rtmpts://a/live", "rtmps://a/live"],
    ["rtmp://a/live", "rtmpt://a/live"],
  ])("from %s to %s is as well protected", (current, sent) => {
    expect(resolveReconnectUrl(current, sent)).toBe(sent);
  });

  const refusal = expect.objectContaining({
    code: "RTMP_ERR_RECONNECT_REFUSED",
    fault: "rejected",
  });

  test.each([
    ["rtmps://a/live", "rtmp://a/live"],
    ["RTMPS://a/live", "rtmp://a/live"],
    ["rtmps://a/live", "rtmpt://a/live"],
    ["rtmps://a/live", "rtmpe://a/live"],
    ["rtmpts://a/live", "rtmp://a/live"],
    ["rtmpe://a/live", "rtmp://a/live"],
    ["rtmpte://a/live", "rtmpt://a/live"],
  ])("from %s to %s is refused: less protected", (current, sent) => {
    expect(() => resolveReconnectUrl(current, sent)).toThrow(MessageError);
    expect(() => resolveReconnectUrl(current, sent)).toThrow(refusal);
  });

  test.each([
    "http://a/live",
    "file:///etc/passwd",
    "rtmp:a/live",
    "rtmp://",
    "//",
    "///live",
    "//a:b:c/live",
    "rtmp://a:99999/live",
    "rtmp://a/li\nve",
    "/li\0ve",
  ])("%j is refused: no RTMP URL", (sent) => {
    expect(() => resolveReconnectUrl("rtmp://a/live", sent)).toThrow(MessageError);
    expect(() => resolveReconnectUrl("rtmp://a/live", sent)).toThrow(refusal);
  });

  test("a current URL that is none is the caller's mistake", () => {
    expect(() => resolveReconnectUrl("a/live", "rtmp://b/live")).toThrow(TypeError);
  });
});

describe("a redirect", () => {
  const redirect = "rtmp://b/live";

  test.each<[string, AmfObject]>([
    ["in ex with code 302", { ex: { code: 302, redirect } }],
    ["in ex with the code as text", { ex: { code: "302", redirect } }],
    ["in ex without a code", { ex: { redirect } }],
    ["beside the code", { redirect }],
    ["beside an ex that says something else", { ex: { code: 403, redirect: "x" }, redirect }],
  ])("%s is read", (_, info) => {
    expect(readRedirect(refused(info))).toBe(redirect);
  });

  test.each<[string, AmfObject]>([
    ["a refusal without one", {}],
    ["an empty one", { ex: { code: 302, redirect: "" }, redirect: "" }],
    ["an ex with another code", { ex: { code: 403, redirect } }],
    ["an ex that is no object", { ex: redirect }],
    ["one that is no text", { redirect: { url: redirect } }],
  ])("%s is none", (_, info) => {
    expect(readRedirect(refused(info))).toBeUndefined();
  });
});
