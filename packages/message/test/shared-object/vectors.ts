import type { SharedObjectMessage } from "@rtmp/message";
import { hex } from "@rtmp/testing";

/** One message and its payload. */
export interface SharedObjectVector {
  readonly name: string;
  readonly message: SharedObjectMessage;
  readonly bytes: Uint8Array;
}

const chat = (version: number, ...events: SharedObjectMessage["events"]): SharedObjectMessage => ({
  name: "chat",
  version,
  persistent: false,
  events,
});

/** Payloads of type 19, written down from the layout without any encoder. */
export const vectors: readonly SharedObjectVector[] = [
  {
    name: "Use",
    message: chat(0, { type: "use" }),
    bytes: hex("00 04 63 68 61 74 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00 00 00"),
  },
  {
    name: "Use of a persistent object",
    message: { ...chat(0, { type: "use" }), persistent: true },
    bytes: hex("00 04 63 68 61 74 00 00 00 00 00 00 00 02 00 00 00 00 01 00 00 00 00"),
  },
  {
    name: "UseSuccess and Clear",
    message: chat(0, { type: "use-success" }, { type: "clear" }),
    bytes: hex(`00 04 63 68 61 74 00 00 00 00 00 00 00 00 00 00 00 00
      0b 00 00 00 00 08 00 00 00 00`),
  },
  {
    name: "RequestChange",
    message: chat(1, { type: "request-change", name: "name", value: "bob" }),
    bytes: hex(`00 04 63 68 61 74 00 00 00 01 00 00 00 00 00 00 00 00
      03 00 00 00 0c 00 04 6e 61 6d 65 02 00 03 62 6f 62`),
  },
  {
    name: "Success",
    message: chat(1, { type: "success", name: "name" }),
    bytes: hex(`00 04 63 68 61 74 00 00 00 01 00 00 00 00 00 00 00 00
      05 00 00 00 06 00 04 6e 61 6d 65`),
  },
  {
    name: "Change",
    message: chat(1, { type: "change", name: "name", value: "bob" }),
    bytes: hex(`00 04 63 68 61 74 00 00 00 01 00 00 00 00 00 00 00 00
      04 00 00 00 0c 00 04 6e 61 6d 65 02 00 03 62 6f 62`),
  },
  {
    name: "SendMessage",
    message: chat(1, { type: "send-message", handler: "msg", args: ["hi"] }),
    bytes: hex(`00 04 63 68 61 74 00 00 00 01 00 00 00 00 00 00 00 00
      06 00 00 00 0b 02 00 03 6d 73 67 02 00 02 68 69`),
  },
  {
    name: "Remove",
    message: chat(2, { type: "remove", name: "name" }),
    bytes: hex(`00 04 63 68 61 74 00 00 00 02 00 00 00 00 00 00 00 00
      09 00 00 00 06 00 04 6e 61 6d 65`),
  },
  {
    name: "Release",
    message: chat(2, { type: "release" }),
    bytes: hex("00 04 63 68 61 74 00 00 00 02 00 00 00 00 00 00 00 00 02 00 00 00 00"),
  },
  {
    name: "RequestRemove",
    message: chat(0x457, { type: "request-remove", name: "é" }),
    bytes: hex(`00 04 63 68 61 74 00 00 04 57 00 00 00 00 00 00 00 00
      0a 00 00 00 04 00 02 c3 a9`),
  },
  {
    name: "Status SharedObject.NoWriteAccess",
    message: chat(0, { type: "status", code: "SharedObject.NoWriteAccess", level: "error" }),
    bytes: hex(`00 04 63 68 61 74 00 00 00 00 00 00 00 00 00 00 00 00
      07 00 00 00 23 00 1a 53 68 61 72 65 64 4f 62 6a 65 63 74 2e 4e 6f 57 72 69 74 65 41 63 63 65 73 73
      00 05 65 72 72 6f 72`),
  },
  {
    name: "Status SharedObject.NoReadAccess",
    message: chat(0, { type: "status", code: "SharedObject.NoReadAccess", level: "error" }),
    bytes: hex(`0004 "chat" 00000000 00000000 00000000
      07 00000022 0019 "SharedObject.NoReadAccess" 0005 "error"`),
  },
  {
    name: "Status SharedObject.BadPersistence",
    message: chat(0, { type: "status", code: "SharedObject.BadPersistence", level: "error" }),
    bytes: hex(`0004 "chat" 00000000 00000000 00000000
      07 00000024 001b "SharedObject.BadPersistence" 0005 "error"`),
  },
  {
    name: "Status SharedObject.ObjectCreationFailed",
    message: chat(0, { type: "status", code: "SharedObject.ObjectCreationFailed", level: "error" }),
    bytes: hex(`0004 "chat" 00000000 00000000 00000000
      07 0000002a 0021 "SharedObject.ObjectCreationFailed" 0005 "error"`),
  },
  {
    name: "an event of no known type, and a header with the highest version",
    message: chat(0xffffffff, { type: "unknown", id: 12, data: Uint8Array.of(0xab, 0xcd) }),
    bytes: hex(`00 04 63 68 61 74 ff ff ff ff 00 00 00 00 00 00 00 00
      0c 00 00 00 02 ab cd`),
  },
  {
    name: "a call without arguments behind a change with an object",
    message: chat(
      3,
      { type: "change", name: "p", value: { x: 1 } },
      { type: "send-message", handler: "go", args: [] },
    ),
    bytes: hex(`00 04 63 68 61 74 00 00 00 03 00 00 00 00 00 00 00 00
      04 00 00 00 13 00 01 70 03 00 01 78 00 3f f0 00 00 00 00 00 00 00 00 09
      06 00 00 00 05 02 00 02 67 6f`),
  },
  {
    name: "an empty name and no event",
    message: { name: "", version: 0, persistent: false, events: [] },
    bytes: hex("00 00 00 00 00 00 00 00 00 00 00 00 00 00"),
  },
];
