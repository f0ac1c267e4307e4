/** Video without a container, as ffmpeg takes it. */

import type { MediaFrame } from "@rtmp/flv";

/**
 * Turns one frame of H.264, HEVC or AV1 into what stands for it in such a stream, also a configuration record.
 *
 * NAL units come behind start codes, AV1 behind temporal delimiters.
 */
export function toElementary({ codec, role, view }: MediaFrame): Uint8Array[] {
  if (codec === "av01") {
    if (role === "metadata") return [];
    return [Uint8Array.of(0x12, 0x00), role === "sequence-start" ? view.subarray(4) : view];
  }
  if (role === "coded-frames") return nalUnits(view);
  if (role !== "sequence-start") return [];
  return codec === "avc1" ? avcParameterSets(view) : hevcParameterSets(view);
}

const startCode = Uint8Array.of(0, 0, 0, 1);

function nalUnits(view: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  const bytes = Buffer.from(view);
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    units.push(startCode, bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return units;
}

function avcParameterSets(configuration: Uint8Array): Uint8Array[] {
  const bytes = Buffer.from(configuration);
  const units: Uint8Array[] = [];
  let at = 5;
  for (const mask of [0x1f, 0xff]) {
    let count = (bytes[at] ?? 0) & mask;
    at++;
    for (; count > 0; count--) {
      const length = bytes.readUInt16BE(at);
      units.push(startCode, bytes.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }
  return units;
}

function hevcParameterSets(configuration: Uint8Array): Uint8Array[] {
  const bytes = Buffer.from(configuration);
  const units: Uint8Array[] = [];
  let at = 23;
  for (let arrays = bytes[22] ?? 0; arrays > 0; arrays--) {
    let count = bytes.readUInt16BE(at + 1);
    at += 3;
    for (; count > 0; count--) {
      const length = bytes.readUInt16BE(at);
      units.push(startCode, bytes.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }
  return units;
}
