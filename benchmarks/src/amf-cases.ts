import { type AmfValue, decodeAmf0Sequence, EcmaArray, encodeAmf0 } from "@rtmp/amf";
import type { BenchCase } from "./bench-case.ts";

// What ffmpeg sends as publisher.
const connect: AmfValue[] = [
  "connect",
  1,
  {
    app: "live",
    type: "nonprivate",
    flashVer: "FMLE/3.0 (compatible; Lavf59.27.100)",
    tcUrl: "rtmp://127.0.0.1:1935/live",
  },
];

// What OBS sends as publisher, without the channel layout flags.
const metadata: AmfValue[] = [
  "@setDataFrame",
  "onMetaData",
  new EcmaArray({
    duration: 0,
    fileSize: 0,
    width: 1_280,
    height: 720,
    videocodecid: 7,
    videodatarate: 2_500,
    framerate: 30,
    audiocodecid: 10,
    audiodatarate: 160,
    audiosamplerate: 48_000,
    audiosamplesize: 16,
    audiochannels: 2,
    stereo: true,
    encoder: "obs-output module (libobs version 29.0.2)",
  }),
];

function cases(name: string, values: AmfValue[]): BenchCase[] {
  const bytes = encodeAmf0(...values);
  const verify = (): void => {
    const decoded = decodeAmf0Sequence(bytes);
    if (JSON.stringify(decoded) !== JSON.stringify(values)) throw new Error(`${name} differs`);
  };
  return [
    {
      name: `amf0/decode-${name}`,
      bytesPerOp: bytes.length,
      run: () => decodeAmf0Sequence(bytes),
      verify,
    },
    {
      name: `amf0/encode-${name}`,
      bytesPerOp: bytes.length,
      run: () => encodeAmf0(...values),
      verify,
    },
  ];
}

/** The cases of AMF0. */
export const amfCases: readonly BenchCase[] = [
  ...cases("connect", connect),
  ...cases("on-metadata", metadata),
];
