/**
 * FourCC: a codec named by four ASCII characters, sent as a big-endian UI32 in reading order.
 *
 * E-RTMP "Enhanced Video", "Enhanced Audio"
 */

/** The video codecs that Enhanced RTMP names. */
export const VideoFourCc = {
  Vp8: "vp08",
  Vp9: "vp09",
  Av1: "av01",
  Avc: "avc1",
  Hevc: "hvc1",
  Vvc: "vvc1",
} as const;
export type VideoFourCc = (typeof VideoFourCc)[keyof typeof VideoFourCc];

/** The audio codecs that Enhanced RTMP names; upper and lower case matter. */
export const AudioFourCc = {
  Ac3: "ac-3",
  Eac3: "ec-3",
  Opus: "Opus",
  Mp3: ".mp3",
  Flac: "fLaC",
  Aac: "mp4a",
} as const;
export type AudioFourCc = (typeof AudioFourCc)[keyof typeof AudioFourCc];

const knownTexts: ReadonlyMap<number, string> = new Map(
  [...Object.values(VideoFourCc), ...Object.values(AudioFourCc)].map((text) => [
    fourCcNumber(text),
    text,
  ]),
);

/**
 * Turns the number of a FourCC into its four characters.
 *
 * @param value  u32, as in a media header or in `videocodecid` and `audiocodecid` of onMetaData
 * @returns four printable ASCII characters, also of an unknown codec; "" when one of them is not printable
 */
export function fourCcText(value: number): string {
  const known = knownTexts.get(value);
  if (known !== undefined) return known;

  let text = "";
  for (let shift = 24; shift >= 0; shift -= 8) {
    const unit = (value >>> shift) & 0xff;
    if (unit < 0x20 || unit > 0x7e) return "";
    text += String.fromCharCode(unit);
  }
  return text;
}

/**
 * Turns the four characters of a FourCC into its number, u32.
 *
 * @throws TypeError when `text` is not four printable ASCII characters
 */
export function fourCcNumber(text: string): number {
  if (!/^[ -~]{4}$/.test(text)) throw new TypeError(`not a FourCC: ${JSON.stringify(text)}`);

  let value = 0;
  for (let i = 0; i < 4; i++) value = (value << 8) | text.charCodeAt(i);
  return value >>> 0;
}
