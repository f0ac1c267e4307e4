/** Codec configuration records and heads of frames, each behind the index of its codec. */

import { readFileSync } from "node:fs";
import { AudioFourCc, describeTrack, VideoFourCc } from "@rtmp/flv";

const trackCodecs = [
  ...Object.values(VideoFourCc).map((codec) => ["video", codec] as const),
  ...Object.values(AudioFourCc).map((codec) => ["audio", codec] as const),
];

/** Records and heads of frames of real encoders, and one of VVC from its specification. */
export function trackSeeds(): Uint8Array[] {
  const lists = ["ffmpeg5-records", "ffmpeg5-frames", "captured"].map((name) =>
    readFileSync(
      new URL(`../../packages/flv/test/codec/fixtures/${name}.json`, import.meta.url),
      "utf8",
    ),
  );
  const rows: readonly { readonly codec: string; readonly hex: string }[] = [
    ...lists.flatMap((list) => JSON.parse(list)),
    { codec: "vvc1", hex: "ff00315f0102338080d003050002d00000018f00010004007900ad" },
  ];
  return rows.map(({ codec, hex }) => {
    const index = trackCodecs.findIndex(([, known]) => known === codec);
    return new Uint8Array(Buffer.from(`0${index.toString(16)}${hex}`, "hex"));
  });
}

/** Describes a track; the first byte chooses the codec. */
export function runTrack(bytes: Uint8Array): void {
  const [kind, codec] = trackCodecs[(bytes[0] ?? 0) % trackCodecs.length]!;
  describeTrack(kind, codec, bytes.subarray(1));
}
