import { hex } from "@rtmp/testing";

import type { Received } from "./reading.ts";

/** Bytes on the wire and what a conforming reader makes of them. */
export interface Vector {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly messages: readonly Received[];
}

/** A message as a reader reports it; the payload is given as hex. */
export function received(
  chunkStreamId: number,
  timestamp: number,
  typeId: number,
  messageStreamId: number,
  payload: string,
): Received {
  return {
    chunkStreamId,
    timestamp,
    typeId,
    messageStreamId,
    payload: payload.replaceAll(/\s+/g, ""),
  };
}

/** `count` bytes 00, 01, ... as hex: a payload in which a lost or doubled byte shows. */
export function counting(count: number, first = 0): string {
  return Array.from({ length: count }, (_, i) =>
    ((first + i) & 0xff).toString(16).padStart(2, "0"),
  ).join("");
}

const audio32 = (first: number) => counting(32, first);
const video307 = counting(307, 7);
const video130 = counting(130, 1);
const firstPart = (payload: string, chunk: number) => payload.slice(chunk * 256, chunk * 256 + 256);

const connect138 = `02 00 07 63 6f 6e 6e 65 63 74 00 3f
f0 00 00 00 00 00 00 03 00 03 61 70 70 02 00 04 6c 69 76 65 00 04 74 79
70 65 02 00 0a 6e 6f 6e 70 72 69 76 61 74 65 00 08 66 6c 61 73 68 56 65
72 02 00 23 46 4d 4c 45 2f 33 2e 30 20 28 63 6f 6d 70 61 74 69 62 6c 65
3b 20 4c 61 76 66 36 32 2e 33 2e 31 30 30 29 00 05 74 63 55 72 6c 02 00
1a 72 74 6d 70 3a 2f 2f 31 32 37 2e 30 2e 30 2e 31 3a 31 39 33 35 2f
6c 69 76 65 00 00 09`.replaceAll(/\s+/g, "");

/** The `connect` of an ffmpeg publisher, cut by a type 3 header at offset 140. */
export const ffmpegConnect: Vector = {
  name: "connect of ffmpeg at chunk size 128",
  bytes: hex(`
03 00 00 00 00 00 8a 14 00 00 00 00 02 00 07 63 6f 6e 6e 65 63 74 00 3f
f0 00 00 00 00 00 00 03 00 03 61 70 70 02 00 04 6c 69 76 65 00 04 74 79
70 65 02 00 0a 6e 6f 6e 70 72 69 76 61 74 65 00 08 66 6c 61 73 68 56 65
72 02 00 23 46 4d 4c 45 2f 33 2e 30 20 28 63 6f 6d 70 61 74 69 62 6c 65
3b 20 4c 61 76 66 36 32 2e 33 2e 31 30 30 29 00 05 74 63 55 72 6c 02 00
1a 72 74 6d 70 3a 2f 2f 31 32 37 2e 30 2e 30 2e 31 3a 31 39 c3 33 35 2f
6c 69 76 65 00 00 09`),
  messages: [received(3, 0, 20, 0, connect138)],
};

const connect161 = `02 00 07 63 6f 6e 6e 65 63 74 00 3f
f0 00 00 00 00 00 00 03 00 03 61 70 70 02 00 04 6c 69 76 65 00 04 74 79
70 65 02 00 0a 6e 6f 6e 70 72 69 76 61 74 65 00 08 66 6c 61 73 68 56 65
72 02 00 1f 46 4d 4c 45 2f 33 2e 30 20 28 63 6f 6d 70 61 74 69 62 6c 65
3b 20 46 4d 53 63 2f 31 2e 30 29 00 06 73 77 66 55 72 6c 02 00 15 72 74
6d 70 3a 2f 2f 31 32 37 2e 30 2e 30 2e 31 2f 6c 69 76 65 00 05 74 63 55
72 6c 02 00 15 72 74 6d 70 3a 2f 2f 31 32 37 2e 30 2e 30 2e 31 2f 6c 69
76 65 00 00 09`;
const releaseStream = `02 00 0d 72 65 6c 65 61 73 65 53 74 72 65 61 6d
00 40 00 00 00 00 00 00 00 05 02 00 03 6b 65 79`;
const fcPublish = `02 00 09 46 43 50 75 62 6c 69 73 68 00 40 08 00
00 00 00 00 00 05 02 00 03 6b 65 79`;
const createStream = `02 00 0c 63 72 65 61 74 65 53 74 72 65 61 6d 00
40 10 00 00 00 00 00 00 05`;
const publish = `02 00 07 70 75 62 6c 69 73 68 00 40
14 00 00 00 00 00 00 05 02 00 03 6b 65 79 02 00 04 6c 69 76 65`;
const metadata = `02 00 0d 40 73 65 74 44 61 74 61 46
72 61 6d 65 02 00 0a 6f 6e 4d 65 74 61 44 61 74 61 08 00 00 00 02 00 05
77 69 64 74 68 00 40 94 00 00 00 00 00 00 00 06 68 65 69 67 68 74 00 40
86 80 00 00 00 00 00 00 00 09`;

/** What OBS sends after the handshake, 466 bytes. */
export const obsPublisher: Vector = {
  name: "publisher in the style of OBS",
  bytes: hex(`
02 00 00 00 00 00 04 01 00 00 00 00 00 00 10 00
03 00 00 00 00 00 a1 14 00 00 00 00 ${connect161}
43 00 00 00 00 00 20 14 ${releaseStream}
43 00 00 00 00 00 1c 14 ${fcPublish}
43 00 00 00 00 00 19 14 ${createStream}
04 00 00 00 00 00 21 14 01 00 00 00 ${publish}
04 00 00 00 00 00 46 12 01 00 00 00 ${metadata}
04 00 00 00 00 00 04 08 01 00 00 00 af 00 11 90
44 00 00 21 00 00 06 09 27 01 00 00 00 41
44 00 00 07 00 00 03 08 af 01 21`),
  messages: [
    received(2, 0, 1, 0, "00001000"),
    received(3, 0, 20, 0, connect161),
    received(3, 0, 20, 0, releaseStream),
    received(3, 0, 20, 0, fcPublish),
    received(3, 0, 20, 0, createStream),
    received(4, 0, 20, 1, publish),
    received(4, 0, 18, 1, metadata),
    received(4, 0, 8, 1, "af001190"),
    received(4, 33, 9, 1, "270100000041"),
    received(4, 40, 8, 1, "af0121"),
  ],
};

/** The examples of the specification and cases computed from its rules. */
export const chunkVectors: readonly Vector[] = [
  {
    name: "four audio messages with ever shorter headers (RTMP §5.3.2.1)",
    bytes: hex(`
      03 00 03 e8 00 00 20 08 39 30 00 00 ${audio32(0)}
      83 00 00 14 ${audio32(50)}
      c3 ${audio32(100)}
      c3 ${audio32(150)}`),
    messages: [
      received(3, 1000, 8, 12_345, audio32(0)),
      received(3, 1020, 8, 12_345, audio32(50)),
      received(3, 1040, 8, 12_345, audio32(100)),
      received(3, 1060, 8, 12_345, audio32(150)),
    ],
  },
  {
    name: "a video message of 307 bytes in three chunks (RTMP §5.3.2.2)",
    bytes: hex(`
      04 00 03 e8 00 01 33 09 3a 30 00 00 ${firstPart(video307, 0)}
      c4 ${firstPart(video307, 1)}
      c4 ${firstPart(video307, 2)}`),
    messages: [received(4, 1000, 9, 12_346, video307)],
  },
  {
    name: "time 0xfffffe needs no extended timestamp",
    bytes: hex("06 ff ff fe 00 00 02 09 01 00 00 00 aa bb"),
    messages: [received(6, 0xfffffe, 9, 1, "aabb")],
  },
  {
    name: "time 0xffffff needs an extended timestamp",
    bytes: hex("06 ff ff ff 00 00 02 09 01 00 00 00 00 ff ff ff aa bb"),
    messages: [received(6, 0xffffff, 9, 1, "aabb")],
  },
  {
    name: "a type 3 continuation repeats the extended timestamp",
    bytes: hex(`06 ff ff ff 00 00 82 09 01 00 00 00 01 00 00 00 ${firstPart(video130, 0)}
      c6 01 00 00 00 ${firstPart(video130, 1)}`),
    messages: [received(6, 0x01000000, 9, 1, video130)],
  },
  {
    name: "a type 3 continuation leaves the extended timestamp out, and another message follows",
    bytes: hex(`06 ff ff ff 00 00 82 09 01 00 00 00 01 00 00 00 ${firstPart(video130, 0)}
      c6 ${firstPart(video130, 1)}
      86 00 00 01 ${firstPart(video130, 0)} c6 ${firstPart(video130, 1)}`),
    messages: [received(6, 0x01000000, 9, 1, video130), received(6, 0x01000001, 9, 1, video130)],
  },
  {
    name: "deltas of all header types on one chunk stream",
    bytes: hex(`04 00 00 1a 00 00 01 08 01 00 00 00 a1
      c4 a2
      84 00 00 14 a3
      c4 a4
      44 00 00 00 00 00 01 08 a5
      c4 a6`),
    messages: [
      received(4, 26, 8, 1, "a1"),
      received(4, 52, 8, 1, "a2"),
      received(4, 72, 8, 1, "a3"),
      received(4, 92, 8, 1, "a4"),
      received(4, 92, 8, 1, "a5"),
      received(4, 92, 8, 1, "a6"),
    ],
  },
  {
    name: "an extended timestamp in a type 1 chunk is a delta",
    bytes: hex(`04 00 2a f8 00 00 01 09 01 00 00 00 a1
      44 ff ff ff 00 00 01 09 00 ff fc 18 a2`),
    messages: [received(4, 11_000, 9, 1, "a1"), received(4, 16_787_216, 9, 1, "a2")],
  },
  {
    name: "a type 3 chunk that starts a message has the extended delta again",
    bytes: hex(`04 00 00 00 00 00 01 09 01 00 00 00 a1
      84 ff ff ff 01 00 00 00 a2
      c4 01 00 00 00 a3`),
    messages: [
      received(4, 0, 9, 1, "a1"),
      received(4, 0x01000000, 9, 1, "a2"),
      received(4, 0x02000000, 9, 1, "a3"),
    ],
  },
  {
    name: "a delta past 2^32 wraps",
    bytes: hex(`05 ff ff ff 00 00 01 08 01 00 00 00 ff ff ff f0 a1
      85 00 00 20 a2`),
    messages: [received(5, 0xfffffff0, 8, 1, "a1"), received(5, 0x10, 8, 1, "a2")],
  },
  {
    name: "absolute times may go back",
    bytes: hex(`05 ff ff ff 00 00 01 08 01 00 00 00 ee 6b 28 00 a1
      05 00 27 10 00 00 01 08 01 00 00 00 a2
      05 ff ff ff 00 00 01 08 01 00 00 00 b2 d0 5e 00 a3`),
    messages: [
      received(5, 4_000_000_000, 8, 1, "a1"),
      received(5, 10_000, 8, 1, "a2"),
      received(5, 3_000_000_000, 8, 1, "a3"),
    ],
  },
  {
    name: "a ping response of librtmp as type 1 on a fresh chunk stream",
    bytes: hex("42 00 00 00 00 00 06 04 00 07 00 00 0d 0f"),
    messages: [received(2, 0, 4, 0, "000700000d0f")],
  },
  {
    name: "an event of a Flash Media Server with 2 bytes",
    bytes: hex("02 00 00 00 00 00 02 04 00 00 00 00 00 1f"),
    messages: [received(2, 0, 4, 0, "001f")],
  },
  {
    name: "a zero-length message between others",
    bytes: hex(`04 00 00 05 00 00 00 08 01 00 00 00
      44 00 00 07 00 00 02 08 a1 a2
      44 00 00 00 00 00 00 08 c4`),
    messages: [
      received(4, 5, 8, 1, ""),
      received(4, 12, 8, 1, "a1a2"),
      received(4, 12, 8, 1, ""),
      received(4, 12, 8, 1, ""),
    ],
  },
  {
    name: "a message of exactly one chunk, and one of exactly two",
    bytes: hex(`06 00 00 00 00 00 80 09 01 00 00 00 ${counting(128)}
      46 00 00 01 00 01 00 09 ${counting(128)} c6 ${counting(128, 128)}
      06 00 00 02 00 00 01 09 01 00 00 00 ff`),
    messages: [
      received(6, 0, 9, 1, counting(128)),
      received(6, 1, 9, 1, counting(256)),
      received(6, 2, 9, 1, "ff"),
    ],
  },
  {
    name: "interleaved messages of two chunk streams",
    bytes: hex(`06 00 00 0a 00 01 01 09 01 00 00 00 ${counting(128)}
      04 00 00 0b 00 00 81 08 01 00 00 00 ${counting(128, 3)}
      c6 ${counting(128, 128)}
      02 00 00 00 00 00 04 03 00 00 00 00 00 26 25 a0
      c4 ${counting(1, 131)}
      c6 ${counting(1, 256)}`),
    messages: [
      received(2, 0, 3, 0, "002625a0"),
      received(4, 11, 8, 1, counting(129, 3)),
      received(6, 10, 9, 1, counting(257)),
    ],
  },
  {
    name: "Set Chunk Size between the chunks of two messages",
    bytes: hex(`06 00 00 0a 00 01 01 09 01 00 00 00 ${counting(128)}
      04 00 00 0b 00 00 84 08 01 00 00 00 ${counting(128, 3)}
      02 00 00 00 00 00 04 01 00 00 00 00 00 00 00 03
      c4 ${counting(3, 131)}
      c6 ${counting(3, 128)}
      02 00 00 00 00 00 04 01 00 00 00 00 00 00 10 c2 00
      c4 ${counting(1, 134)}
      c6 ${counting(126, 131)}`),
    messages: [
      received(2, 0, 1, 0, "00000003"),
      received(2, 0, 1, 0, "00001000"),
      received(4, 11, 8, 1, counting(132, 3)),
      received(6, 10, 9, 1, counting(257)),
    ],
  },
  {
    name: "Abort of one of two unfinished messages",
    bytes: hex(`06 00 00 0a 00 01 01 09 01 00 00 00 ${counting(128)}
      04 00 00 0b 00 00 84 08 01 00 00 00 ${counting(128, 3)}
      02 00 00 00 00 00 04 02 00 00 00 00 00 00 00 06
      c4 ${counting(4, 131)}
      86 00 00 05 ${counting(128)} c6 ${counting(128, 128)} c6 ${counting(1, 256)}`),
    messages: [
      received(2, 0, 2, 0, "00000006"),
      received(4, 11, 8, 1, counting(132, 3)),
      received(6, 15, 9, 1, counting(257)),
    ],
  },
];
