import { createRequire } from "node:module";
import { Readable } from "node:stream";
import { type AmfValue, decodeAmf3, encodeAmf3 } from "@rtmp/amf";
import type { BenchCase } from "./bench-case.ts";

interface AmfjsDecoder {
  decode(version: number): unknown;
}
const require = createRequire(import.meta.url);
const amfjs: {
  AMF3: number;
  AMFDecoder: new (stream: Readable) => AmfjsDecoder;
} = require("amfjs");

// What a Flash client sends with a remote call: a few fields, and a list of objects of the same shape.
const call: AmfValue = {
  service: "chat",
  room: "lobby",
  at: 1_609_459_200_000,
  tags: ["live", "video", "live"],
};
const users: AmfValue = Array.from({ length: 500 }, (_, i) => ({
  name: `user ${i}`,
  role: i % 10 === 0 ? "moderator" : "viewer",
  seconds: i * 31,
}));

function decodeWithAmfjs(bytes: Buffer): unknown {
  const stream = new Readable({ read() {} });
  stream.push(bytes);
  return new amfjs.AMFDecoder(stream).decode(amfjs.AMF3);
}

function expectSame(name: string, decoded: unknown, wanted: unknown): void {
  if (JSON.stringify(decoded) !== JSON.stringify(wanted)) throw new Error(`${name} differs`);
}

/** The cases of AMF3, with the peer on npm that reads it. */
export function amf3Cases(): BenchCase[] {
  const values = [
    ["call", call],
    ["large-object", users],
  ] as const;
  return values.flatMap(([name, value]) => {
    const bytes = encodeAmf3(value);
    const buffer = Buffer.from(bytes);
    const decode = (peer: string, run: () => unknown): BenchCase => ({
      name: `${peer}/decode-${name}`,
      bytesPerOp: bytes.length,
      run,
      verify: () => expectSame(`${peer}/decode-${name}`, run(), value),
    });
    return [
      decode("amf3", () => decodeAmf3(bytes)),
      {
        name: `amf3/encode-${name}`,
        bytesPerOp: bytes.length,
        run: () => encodeAmf3(value),
        verify: () => expectSame(name, decodeAmf3(encodeAmf3(value)), value),
      },
      decode("amfjs", () => decodeWithAmfjs(buffer)),
    ];
  });
}
