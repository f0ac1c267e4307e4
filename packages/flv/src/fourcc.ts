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
    encodeFourCc(text),
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
  return printableFourCc(decodeFourCc(value));
}

/**
 * Turns the four characters of a FourCC into its number, u32.
 *
 * @throws TypeError when `text` is not four printable ASCII characters
 */
export function fourCcNumber(text: string): number {
  if (printableFourCc(text) === "") throw notFourCc(text);
  return encodeFourCc(text);
}

/** Turns the UI32 of a header into four characters, one for each byte, printable or not. */
export function decodeFourCc(value: number): string {
  return (
    knownTexts.get(value) ??
    String.fromCharCode(value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff)
  );
}

/**
 * Turns four characters into the UI32 of a header.
 *
 * @throws TypeError unless there are four of them, each from U+0000 to U+00FF
 */
export function encodeFourCc(text: string): number {
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0xff) throw notFourCc(text);
    value = (value << 8) | unit;
  }
  if (text.length !== 4) throw notFourCc(text);
  return value >>> 0;
}

/** Returns `text` when it is four printable ASCII characters, else "". */
export function printableFourCc(text: string): string {
  if (text.length !== 4) return "";
  for (let i = 0; i < 4; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || unit > 0x7e) return "";
  }
  return text;
}

function notFourCc(text: string): TypeError {
  return new TypeError(`not a FourCC: ${JSON.stringify(text)}`);
}
