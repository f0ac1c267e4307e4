import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type AmfValue, decodeAmf0Sequence, EcmaArray, encodeAmf0 } from "@rtmp/amf";
import type { BenchCase } from "./bench-case.ts";
import { nodeMediaServerAmf } from "./peers/node-media-server.ts";

const require = createRequire(import.meta.url);
const rtmpAmf: { AMF0: new () => { decode(bytes: Buffer): unknown[] } } = require("rtmp-amf");
const amfUtils: { amf0Decode(bytes: Buffer): unknown } = require("node-amfutils");

/** A payload that OBS 29 sent; see the README beside the files. */
function captured(name: string): Uint8Array {
  const file = new URL(`../../packages/amf/test/fixtures/${name}.hex`, import.meta.url);
  return Buffer.from(readFileSync(file, "utf8").replaceAll(/\s/g, ""), "hex");
}

/** Metadata with an index of two hours of keyframes, as recorded files have it. */
function largeObject(): Uint8Array {
  const times = Array.from({ length: 3_600 }, (_, i) => i * 2);
  const filepositions = times.map((time) => time * 312_500);
  const tags = Array.from({ length: 100 }, (_, i) => [`tag-${i}`, { name: `tag ${i}`, at: i }]);
  const properties = {
    duration: 7_200,
    keyframes: { times, filepositions },
    ...Object.fromEntries(tags),
  };
  return encodeAmf0("onMetaData", new EcmaArray(properties));
}

function expectSame(name: string, decoded: unknown, wanted: unknown): void {
  if (JSON.stringify(decoded) !== JSON.stringify(wanted)) throw new Error(`${name} differs`);
}

/** Whether a peer decodes at all what it is measured with; its values have shapes of their own. */
function expectWord(name: string, decoded: unknown, word: string): void {
  if (!JSON.stringify(decoded).includes(word)) throw new Error(`${name} did not decode ${word}`);
}

/** The cases of AMF0, with the peers on npm beside them where they can decode the payload. */
export function amf0Cases(): BenchCase[] {
  const payloads = [
    ["connect", captured("obs-29-connect"), "FMLE/3.0"],
    ["on-metadata", captured("obs-29-on-meta-data"), "libobs"],
    ["large-object", largeObject(), "tag 99"],
  ] as const;
  return payloads.flatMap(([name, bytes, word]) => {
    const values: AmfValue[] = decodeAmf0Sequence(bytes);
    const buffer = Buffer.from(bytes);
    const decode = (peer: string, run: () => unknown): BenchCase => ({
      name: `${peer}/decode-${name}`,
      bytesPerOp: bytes.length,
      run,
      verify: () => expectWord(`${peer}/decode-${name}`, run(), word),
    });
    const peers = [
      decode("node-media-server", () => nodeMediaServerAmf.amf0Decode(buffer)),
      decode("node-amfutils", () => amfUtils.amf0Decode(buffer)),
      decode("rtmp-amf", () => new rtmpAmf.AMF0().decode(buffer)),
    ];
    return [
      decode("amf0", () => decodeAmf0Sequence(bytes)),
      {
        name: `amf0/encode-${name}`,
        bytesPerOp: bytes.length,
        run: () => encodeAmf0(...values),
        verify: () => expectSame(name, decodeAmf0Sequence(encodeAmf0(...values)), values),
      },
      ...peers.filter(({ verify }) => works(verify)),
    ];
  });
}

/** A peer that cannot do what is measured is left out; the table then shows no figure for it. */
function works(verify: () => void): boolean {
  try {
    verify();
    return true;
  } catch {
    return false;
  }
}
