/** AMF0 values and their bytes, for decoding, encoding, round trips and as seeds of the fuzz tests. */
import {
  AmfDate,
  AmfDictionary,
  AmfObjectVector,
  type AmfValue,
  AmfVector,
  AmfXml,
  EcmaArray,
  TypedObject,
  Unsupported,
} from "@rtmp/amf";

export interface Vector {
  readonly name: string;
  readonly values: readonly AmfValue[];
  readonly hex: string;
  /** Whether the bytes are the form that the encoder writes; true unless given. */
  readonly canonical?: boolean;
  /** Where the AMF0 values begin; 0 unless given. */
  readonly offset?: number;
}

const selfReferring: { [name: string]: AmfValue } = {};
selfReferring["self"] = selfReferring;
const shared = {};

/** AMF0 §2: one value each. */
const singleValues: readonly Vector[] = [
  { name: "number 0", values: [0], hex: "00 00 00 00 00 00 00 00 00" },
  { name: "number 1", values: [1], hex: "00 3f f0 00 00 00 00 00 00" },
  { name: "number -1.5", values: [-1.5], hex: "00 bf f8 00 00 00 00 00 00" },
  { name: "number 2500000", values: [2_500_000], hex: "00 41 43 12 d0 00 00 00 00" },
  { name: "FourCC av01", values: [1_635_135_537], hex: "00 41 d8 5d 8c 0c 40 00 00" },
  { name: "FourCC hvc1", values: [1_752_589_105], hex: "00 41 da 1d 98 cc 40 00 00" },
  { name: "FourCC Opus", values: [1_332_770_163], hex: "00 41 d3 dc 1d 5c c0 00 00" },
  { name: "true", values: [true], hex: "01 01" },
  { name: "false", values: [false], hex: "01 00" },
  { name: "string", values: ["onStatus"], hex: "02 00 08 6f 6e 53 74 61 74 75 73" },
  { name: "empty string", values: [""], hex: "02 00 00" },
  { name: "string of two bytes a character", values: ["é"], hex: "02 00 02 c3 a9" },
  { name: "string of four bytes a character", values: ["😀"], hex: "02 00 04 f0 9f 98 80" },
  { name: "null", values: [null], hex: "05" },
  { name: "undefined", values: [undefined], hex: "06" },
  {
    name: "reference to a sibling",
    values: [{ a: shared, b: shared }],
    hex: "03 00 01 61 03 00 00 09 00 01 62 07 00 01 00 00 09",
    canonical: false,
  },
  {
    name: "object",
    values: [{ a: 1, b: "x" }],
    hex: "03 00 01 61 00 3f f0 00 00 00 00 00 00 00 01 62 02 00 01 78 00 00 09",
  },
  { name: "empty object", values: [{}], hex: "03 00 00 09" },
  {
    name: "ECMA array",
    values: [new EcmaArray({ duration: 0 })],
    hex: "08 00 00 00 01 00 08 64 75 72 61 74 69 6f 6e 00 00 00 00 00 00 00 00 00 00 00 09",
  },
  {
    name: "ECMA array that states 0 members",
    values: [new EcmaArray({ duration: 0 })],
    hex: "08 00 00 00 00 00 08 64 75 72 61 74 69 6f 6e 00 00 00 00 00 00 00 00 00 00 00 09",
    canonical: false,
  },
  {
    name: "ECMA array that states 4294967295 members",
    values: [new EcmaArray({})],
    hex: "08 ff ff ff ff 00 00 09",
    canonical: false,
  },
  {
    name: "strict array",
    values: [[1, null, "a"]],
    hex: "0a 00 00 00 03 00 3f f0 00 00 00 00 00 00 05 02 00 01 61",
  },
  { name: "date 1970-01-01", values: [new AmfDate(0)], hex: "0b 00 00 00 00 00 00 00 00 00 00" },
  {
    name: "date 2021-01-01",
    values: [new AmfDate(1_609_459_200_000)],
    hex: "0b 42 77 6b b3 e7 00 00 00 00 00",
  },
  {
    name: "date with a time zone of -60 minutes",
    values: [new AmfDate(0, -60)],
    hex: "0b 00 00 00 00 00 00 00 00 ff c4",
  },
  {
    name: "long string that is short",
    values: ["abc"],
    hex: "0c 00 00 00 03 61 62 63",
    canonical: false,
  },
  { name: "unsupported", values: [Unsupported], hex: "0d" },
  { name: "XML document", values: [new AmfXml("<a/>")], hex: "0f 00 00 00 04 3c 61 2f 3e" },
  {
    name: "typed object",
    values: [new TypedObject("C", { x: true })],
    hex: "10 00 01 43 00 01 78 01 01 00 00 09",
  },
  {
    name: "object that refers to itself",
    values: [selfReferring],
    hex: "03 00 04 73 65 6c 66 07 00 00 00 00 09",
  },
];

/** AMF0 §3: values that are AMF3. */
const avmPlusValues: readonly Vector[] = [
  { name: "AMF3 integer", values: [5], hex: "11 04 05", canonical: false },
  { name: "AMF3 string", values: ["hi"], hex: "11 06 05 68 69", canonical: false },
  {
    name: "AMF3 object",
    values: [{ a: 1 }],
    hex: "11 0a 0b 01 03 61 04 01 01",
    canonical: false,
  },
  {
    name: "AMF3 byte array between AMF0 values",
    values: [true, Uint8Array.of(0xde, 0xad), "x"],
    hex: "01 01 11 0c 05 de ad 02 00 01 78",
  },
  {
    name: "AMF3 byte array in an AMF0 object",
    values: [{ a: Uint8Array.of(1), b: null }],
    hex: "03 00 01 61 11 0c 03 01 00 01 62 05 00 00 09",
  },
  {
    name: "AMF3 byte array, AMF0 object, AMF0 reference to itself",
    values: [Uint8Array.of(), selfReferring],
    hex: "11 0c 01 03 00 04 73 65 6c 66 07 00 00 00 00 09",
  },
  { name: "XML of E4X", values: [new AmfXml("<a/>", "XML")], hex: "11 0b 09 3c 61 2f 3e" },
  {
    name: "sealed object",
    values: [new TypedObject("P", { x: 3 }, { sealed: ["x"], dynamic: false })],
    hex: "11 0a 13 03 50 03 78 04 03",
  },
  {
    name: "array with names and dense values",
    values: [new EcmaArray({ a: 1 }, [2])],
    hex: "11 09 03 03 61 04 01 01 04 02",
  },
  {
    name: "vectors and a dictionary",
    values: [
      new AmfVector(Int32Array.of(-1)),
      new AmfObjectVector([null]),
      new AmfDictionary([["k", 1]]),
    ],
    hex: "11 0d 03 00 ff ff ff ff 11 10 03 00 03 2a 01 11 11 03 00 06 03 6b 04 01",
  },
];

/** RTMP §7.1, §7.2 and E-RTMP: whole message payloads. */
const payloads: readonly Vector[] = [
  {
    name: "connect",
    values: [
      "connect",
      1,
      {
        app: "live",
        type: "nonprivate",
        flashVer: "FMLE/3.0 (compatible; FMSc/1.0)",
        tcUrl: "rtmp://localhost:1935/live",
      },
    ],
    hex: `02 00 07 63 6f 6e 6e 65 63 74 00 3f f0 00 00 00 00 00 00 03 00 03 61 70
      70 02 00 04 6c 69 76 65 00 04 74 79 70 65 02 00 0a 6e 6f 6e 70 72 69 76
      61 74 65 00 08 66 6c 61 73 68 56 65 72 02 00 1f 46 4d 4c 45 2f 33 2e 30
      20 28 63 6f 6d 70 61 74 69 62 6c 65 3b 20 46 4d 53 63 2f 31 2e 30 29 00
      05 74 63 55 72 6c 02 00 1a 72 74 6d 70 3a 2f 2f 6c 6f 63 61 6c 68 6f 73
      74 3a 31 39 33 35 2f 6c 69 76 65 00 00 09`,
  },
  {
    name: "_result of connect",
    values: [
      "_result",
      1,
      { fmsVer: "FMS/3,0,1,123", capabilities: 31 },
      {
        level: "status",
        code: "NetConnection.Connect.Success",
        description: "Connection succeeded.",
        objectEncoding: 0,
      },
    ],
    hex: `02 00 07 5f 72 65 73 75 6c 74 00 3f f0 00 00 00 00 00 00 03 00 06 66 6d
      73 56 65 72 02 00 0d 46 4d 53 2f 33 2c 30 2c 31 2c 31 32 33 00 0c 63 61
      70 61 62 69 6c 69 74 69 65 73 00 40 3f 00 00 00 00 00 00 00 00 09 03 00
      05 6c 65 76 65 6c 02 00 06 73 74 61 74 75 73 00 04 63 6f 64 65 02 00 1d
      4e 65 74 43 6f 6e 6e 65 63 74 69 6f 6e 2e 43 6f 6e 6e 65 63 74 2e 53 75
      63 63 65 73 73 00 0b 64 65 73 63 72 69 70 74 69 6f 6e 02 00 15 43 6f 6e
      6e 65 63 74 69 6f 6e 20 73 75 63 63 65 65 64 65 64 2e 00 0e 6f 62 6a 65
      63 74 45 6e 63 6f 64 69 6e 67 00 00 00 00 00 00 00 00 00 00 00 09`,
  },
  {
    name: "createStream",
    values: ["createStream", 4, null],
    hex: `02 00 0c 63 72 65 61 74 65 53 74 72 65 61 6d 00 40 10 00 00 00 00 00 00
      05`,
  },
  {
    name: "_result of createStream",
    values: ["_result", 4, null, 1],
    hex: `02 00 07 5f 72 65 73 75 6c 74 00 40 10 00 00 00 00 00 00 05 00 3f f0 00
      00 00 00 00 00`,
  },
  {
    name: "publish",
    values: ["publish", 5, null, "key", "live"],
    hex: `02 00 07 70 75 62 6c 69 73 68 00 40 14 00 00 00 00 00 00 05 02 00 03 6b
      65 79 02 00 04 6c 69 76 65`,
  },
  {
    name: "onStatus NetStream.Publish.Start",
    values: [
      "onStatus",
      0,
      null,
      { level: "status", code: "NetStream.Publish.Start", description: "key is now published." },
    ],
    hex: `02 00 08 6f 6e 53 74 61 74 75 73 00 00 00 00 00 00 00 00 00 05 03 00 05
      6c 65 76 65 6c 02 00 06 73 74 61 74 75 73 00 04 63 6f 64 65 02 00 17 4e
      65 74 53 74 72 65 61 6d 2e 50 75 62 6c 69 73 68 2e 53 74 61 72 74 00 0b
      64 65 73 63 72 69 70 74 69 6f 6e 02 00 15 6b 65 79 20 69 73 20 6e 6f 77
      20 70 75 62 6c 69 73 68 65 64 2e 00 00 09`,
  },
  {
    name: "@setDataFrame onMetaData",
    values: ["@setDataFrame", "onMetaData", new EcmaArray({ width: 1280, height: 720 })],
    hex: `02 00 0d 40 73 65 74 44 61 74 61 46 72 61 6d 65 02 00 0a 6f 6e 4d 65 74
      61 44 61 74 61 08 00 00 00 02 00 05 77 69 64 74 68 00 40 94 00 00 00 00
      00 00 00 06 68 65 69 67 68 74 00 40 86 80 00 00 00 00 00 00 00 09`,
  },
  {
    name: "|RtmpSampleAccess",
    values: ["|RtmpSampleAccess", true, true],
    hex: `02 00 11 7c 52 74 6d 70 53 61 6d 70 6c 65 41 63 63 65 73 73 01 01 01 01`,
  },
  {
    name: "connect with Enhanced RTMP capabilities",
    values: [
      "connect",
      1,
      {
        app: "live",
        tcUrl: "rtmp://127.0.0.1/live",
        fourCcList: ["hvc1", "Opus"],
        videoFourCcInfoMap: { "*": 4, vp09: 3 },
        capsEx: 15,
        objectEncoding: 0,
      },
    ],
    hex: `02 00 07 63 6f 6e 6e 65 63 74 00 3f f0 00 00 00 00 00 00 03 00 03 61 70
      70 02 00 04 6c 69 76 65 00 05 74 63 55 72 6c 02 00 15 72 74 6d 70 3a 2f
      2f 31 32 37 2e 30 2e 30 2e 31 2f 6c 69 76 65 00 0a 66 6f 75 72 43 63 4c
      69 73 74 0a 00 00 00 02 02 00 04 68 76 63 31 02 00 04 4f 70 75 73 00 12
      76 69 64 65 6f 46 6f 75 72 43 63 49 6e 66 6f 4d 61 70 03 00 01 2a 00 40
      10 00 00 00 00 00 00 00 04 76 70 30 39 00 40 08 00 00 00 00 00 00 00 00
      09 00 06 63 61 70 73 45 78 00 40 2e 00 00 00 00 00 00 00 0e 6f 62 6a 65
      63 74 45 6e 63 6f 64 69 6e 67 00 00 00 00 00 00 00 00 00 00 00 09`,
  },
  {
    name: "_result of connect with Enhanced RTMP capabilities",
    values: [
      "_result",
      1,
      { fmsVer: "FMS/3,0,1,123", capabilities: 31, fourCcList: ["*"], capsEx: 3 },
      {
        level: "status",
        code: "NetConnection.Connect.Success",
        description: "Connection succeeded.",
        objectEncoding: 0,
      },
    ],
    hex: `02 00 07 5f 72 65 73 75 6c 74 00 3f f0 00 00 00 00 00 00 03 00 06 66 6d
      73 56 65 72 02 00 0d 46 4d 53 2f 33 2c 30 2c 31 2c 31 32 33 00 0c 63 61
      70 61 62 69 6c 69 74 69 65 73 00 40 3f 00 00 00 00 00 00 00 0a 66 6f 75
      72 43 63 4c 69 73 74 0a 00 00 00 01 02 00 01 2a 00 06 63 61 70 73 45 78
      00 40 08 00 00 00 00 00 00 00 00 09 03 00 05 6c 65 76 65 6c 02 00 06 73
      74 61 74 75 73 00 04 63 6f 64 65 02 00 1d 4e 65 74 43 6f 6e 6e 65 63 74
      69 6f 6e 2e 43 6f 6e 6e 65 63 74 2e 53 75 63 63 65 73 73 00 0b 64 65 73
      63 72 69 70 74 69 6f 6e 02 00 15 43 6f 6e 6e 65 63 74 69 6f 6e 20 73 75
      63 63 65 65 64 65 64 2e 00 0e 6f 62 6a 65 63 74 45 6e 63 6f 64 69 6e 67
      00 00 00 00 00 00 00 00 00 00 00 09`,
  },
  {
    name: "onStatus NetConnection.Connect.ReconnectRequest",
    values: [
      "onStatus",
      0,
      null,
      {
        level: "status",
        code: "NetConnection.Connect.ReconnectRequest",
        tcUrl: "//192.0.2.0/live",
        description: "maintenance",
      },
    ],
    hex: `02 00 08 6f 6e 53 74 61 74 75 73 00 00 00 00 00 00 00 00 00 05 03 00 05
      6c 65 76 65 6c 02 00 06 73 74 61 74 75 73 00 04 63 6f 64 65 02 00 26 4e
      65 74 43 6f 6e 6e 65 63 74 69 6f 6e 2e 43 6f 6e 6e 65 63 74 2e 52 65 63
      6f 6e 6e 65 63 74 52 65 71 75 65 73 74 00 05 74 63 55 72 6c 02 00 10 2f
      2f 31 39 32 2e 30 2e 32 2e 30 2f 6c 69 76 65 00 0b 64 65 73 63 72 69 70
      74 69 6f 6e 02 00 0b 6d 61 69 6e 74 65 6e 61 6e 63 65 00 00 09`,
  },
  {
    name: "_error that asks for adobe authentication",
    values: [
      "_error",
      1,
      null,
      {
        level: "error",
        code: "NetConnection.Connect.Rejected",
        description: "code=403 need auth; authmod=adobe",
      },
    ],
    hex: `02 00 06 5f 65 72 72 6f 72 00 3f f0 00 00 00 00 00 00 05 03 00 05 6c 65
      76 65 6c 02 00 05 65 72 72 6f 72 00 04 63 6f 64 65 02 00 1e 4e 65 74 43
      6f 6e 6e 65 63 74 69 6f 6e 2e 43 6f 6e 6e 65 63 74 2e 52 65 6a 65 63 74
      65 64 00 0b 64 65 73 63 72 69 70 74 69 6f 6e 02 00 21 63 6f 64 65 3d 34
      30 33 20 6e 65 65 64 20 61 75 74 68 3b 20 61 75 74 68 6d 6f 64 3d 61 64
      6f 62 65 00 00 09`,
  },
  {
    name: "colorInfo of an HEVC Metadata packet",
    values: [
      "colorInfo",
      {
        colorConfig: {
          bitDepth: 10,
          colorPrimaries: 9,
          transferCharacteristics: 16,
          matrixCoefficients: 9,
        },
        hdrMdcv: { maxLuminance: 1000, minLuminance: 0.0005 },
      },
    ],
    hex: `d4 68 76 63 31 02 00 09 63 6f 6c 6f 72 49 6e 66 6f 03 00 0b 63 6f 6c 6f
      72 43 6f 6e 66 69 67 03 00 08 62 69 74 44 65 70 74 68 00 40 24 00 00 00
      00 00 00 00 0e 63 6f 6c 6f 72 50 72 69 6d 61 72 69 65 73 00 40 22 00 00
      00 00 00 00 00 17 74 72 61 6e 73 66 65 72 43 68 61 72 61 63 74 65 72 69
      73 74 69 63 73 00 40 30 00 00 00 00 00 00 00 12 6d 61 74 72 69 78 43 6f
      65 66 66 69 63 69 65 6e 74 73 00 40 22 00 00 00 00 00 00 00 00 09 00 07
      68 64 72 4d 64 63 76 03 00 0c 6d 61 78 4c 75 6d 69 6e 61 6e 63 65 00 40
      8f 40 00 00 00 00 00 00 0c 6d 69 6e 4c 75 6d 69 6e 61 6e 63 65 00 3f 40
      62 4d d2 f1 a9 fc 00 00 09 00 00 09`,
    offset: 5,
  },
  {
    name: "colorInfo that is reset with undefined",
    values: ["colorInfo", undefined],
    hex: `84 68 76 63 31 02 00 09 63 6f 6c 6f 72 49 6e 66 6f 06`,
    offset: 5,
  },
  {
    name: "onMetaData with a keyframe index",
    values: [
      "onMetaData",
      new EcmaArray({ duration: 4, keyframes: { filepositions: [1000, 250_000], times: [0, 2] } }),
    ],
    hex: `02 00 0a 6f 6e 4d 65 74 61 44 61 74 61 08 00 00 00 02 00 08 64 75 72 61
      74 69 6f 6e 00 40 10 00 00 00 00 00 00 00 09 6b 65 79 66 72 61 6d 65 73
      03 00 0d 66 69 6c 65 70 6f 73 69 74 69 6f 6e 73 0a 00 00 00 02 00 40 8f
      40 00 00 00 00 00 00 41 0e 84 80 00 00 00 00 00 05 74 69 6d 65 73 0a 00
      00 00 02 00 00 00 00 00 00 00 00 00 00 40 00 00 00 00 00 00 00 00 00 09
      00 00 09`,
  },
  {
    name: "createStream in a command message of type 17",
    values: ["createStream", 4, null],
    hex: "00 02 00 0c 63 72 65 61 74 65 53 74 72 65 61 6d 00 40 10 00 00 00 00 00 00 05",
    offset: 1,
  },
];

export const vectors: readonly Vector[] = [...singleValues, ...avmPlusValues, ...payloads];
