import {
  decodeUserControl,
  encodeUserControl,
  MessageError,
  type UserControl,
  UserControlEvent,
} from "@rtmp/message";
import { hex } from "@rtmp/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { captured } from "./captured.ts";

interface Row {
  readonly name: string;
  readonly bytes: string;
  readonly control: UserControl;
}

const rows: readonly Row[] = [
  {
    name: "StreamBegin",
    bytes: "0000 00000001",
    control: { event: UserControlEvent.StreamBegin, messageStreamId: 1 },
  },
  {
    name: "StreamEof",
    bytes: "0001 00000001",
    control: { event: UserControlEvent.StreamEof, messageStreamId: 1 },
  },
  {
    name: "StreamDry",
    bytes: "0002 00000001",
    control: { event: UserControlEvent.StreamDry, messageStreamId: 1 },
  },
  {
    name: "SetBufferLength",
    bytes: "0003 00000001 00000bb8",
    control: {
      event: UserControlEvent.SetBufferLength,
      messageStreamId: 1,
      bufferLengthMs: 3000,
    },
  },
  {
    name: "StreamIsRecorded",
    bytes: "0004 00000001",
    control: { event: UserControlEvent.StreamIsRecorded, messageStreamId: 1 },
  },
  {
    name: "PingRequest",
    bytes: "0006 00000d0f",
    control: { event: UserControlEvent.PingRequest, timestamp: 0x0d0f },
  },
  {
    name: "PingResponse",
    bytes: "0007 00000d0f",
    control: { event: UserControlEvent.PingResponse, timestamp: 0x0d0f },
  },
  {
    name: "SwfVerifyRequest",
    bytes: "001a 01",
    control: { event: UserControlEvent.SwfVerifyRequest, data: hex("01") },
  },
  {
    name: "SwfVerifyResponse",
    bytes: "001b 0101 00001111 00001111",
    control: { event: UserControlEvent.SwfVerifyResponse, data: hex("0101 00001111 00001111") },
  },
  {
    name: "BufferEmpty",
    bytes: "001f 00000001",
    control: { event: UserControlEvent.BufferEmpty, messageStreamId: 1 },
  },
  {
    name: "BufferReady",
    bytes: "0020 00000001",
    control: { event: UserControlEvent.BufferReady, messageStreamId: 1 },
  },
  {
    name: "an event type that is not in use",
    bytes: "0005 2222",
    control: { kind: "unknown", event: 5, data: hex("2222") },
  },
  {
    name: "the highest event type, stream and time",
    bytes: "0003 ffffffff ffffffff",
    control: {
      event: UserControlEvent.SetBufferLength,
      messageStreamId: 0xffffffff,
      bufferLengthMs: 0xffffffff,
    },
  },
];

describe("RTMP §7.1.7 user control message", () => {
  test.each(rows)("$name is decoded", ({ bytes, control }) => {
    expect(decodeUserControl(hex(bytes))).toEqual(control);
  });

  test.each(rows)("$name is encoded to the same bytes", ({ bytes, control }) => {
    expect(encodeUserControl(control)).toEqual(hex(bytes));
  });

  test.each(rows)("$name cut behind the event type still has its event", ({ bytes, control }) => {
    const whole = hex(bytes);
    for (let length = 2; length < whole.length; length++) {
      expect(decodeUserControl(whole.slice(0, length)).event).toBe(control.event);
    }
  });

  test.each(["", "00"])("%j has no event type and is malformed", (bytes) => {
    const decode = () => decodeUserControl(hex(bytes));
    expect(decode).toThrow(MessageError);
    expect(decode).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_BAD_USER_CONTROL", offset: 0 }),
    );
  });

  test("surplus data is ignored", () => {
    expect(decodeUserControl(hex("0000 00000001 ff"))).toEqual({ event: 0, messageStreamId: 1 });
  });

  test("a message stream id that is cut counts as 0", () => {
    expect(decodeUserControl(hex("0000 000001"))).toEqual({ event: 0, messageStreamId: 0 });
  });

  test("quirk 18: Flash Media Server sends events 31 and 32 without a message stream id", () => {
    expect(decodeUserControl(hex("001f"))).toEqual({ event: 31, messageStreamId: 0 });
    expect(decodeUserControl(hex("0020"))).toEqual({ event: 32, messageStreamId: 0 });
  });

  test.each([
    ["event", { kind: "unknown", event: 65_536, data: hex("") }],
    ["messageStreamId", { event: UserControlEvent.StreamBegin, messageStreamId: -1 }],
    ["messageStreamId", { event: UserControlEvent.StreamBegin, messageStreamId: 2 ** 32 }],
    ["timestamp", { event: UserControlEvent.PingRequest, timestamp: 1.5 }],
  ] satisfies [string, UserControl][])(
    "an %s out of range is the caller's mistake",
    (field, control) => {
      expect(() => encodeUserControl(control)).toThrow(RangeError);
      expect(() => encodeUserControl(control)).toThrow(field);
    },
  );

  test("whatever is decoded is encoded to a message that says the same", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 50 }), (bytes) => {
        const control = decodeUserControl(bytes);
        expect(decodeUserControl(encodeUserControl(control))).toEqual(control);
      }),
    );
  });
});

describe("captured user control messages", () => {
  test("rtmpdump buffers 300 ms on stream 0 before there is a stream", () => {
    expect(decodeUserControl(captured("rtmpdump-2.4-buffer-length-0"))).toEqual({
      event: UserControlEvent.SetBufferLength,
      messageStreamId: 0,
      bufferLengthMs: 300,
    });
  });

  test("ffmpeg buffers 3 s", () => {
    expect(decodeUserControl(captured("ffmpeg-5-buffer-length"))).toEqual({
      event: UserControlEvent.SetBufferLength,
      messageStreamId: 1,
      bufferLengthMs: 3000,
    });
  });

  test("nginx sends StreamBegin 1 as a publisher", () => {
    expect(decodeUserControl(captured("nginx-1.22-push-stream-begin"))).toEqual({
      event: UserControlEvent.StreamBegin,
      messageStreamId: 1,
    });
  });

  test("nginx serves a file with StreamIsRecorded and StreamEof", () => {
    expect(decodeUserControl(captured("nginx-1.22-stream-is-recorded"))).toEqual({
      event: UserControlEvent.StreamIsRecorded,
      messageStreamId: 1,
    });
    expect(decodeUserControl(captured("nginx-1.22-stream-eof"))).toEqual({
      event: UserControlEvent.StreamEof,
      messageStreamId: 1,
    });
  });
});
