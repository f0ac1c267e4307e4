/**
 * Habits of clients in the chunk stream: header forms, timestamps, chunk sizes.
 *
 * RTMP §5.3.1, §5.4.1
 */

import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import { type Chunk, listChunks } from "../../src/chunk-list.ts";
import { InProcessServer, mediaLine, mediaLines, type Peer } from "../../src/in-process-server.ts";
import { counting, join, message, u32 } from "../../src/wire-bytes.ts";

const audio = 8;
const video = 9;
const handshakeBytes = 3_073;

const videoStart = hex("17 00 00 00 00 01 4d 00 15");
const frame = (mark: number): Uint8Array => hex(`af 01 ${mark.toString(16).padStart(2, "0")}`);
const audioLines = (...frames: [time: number, mark: number][]): string[] =>
  frames.map(([time, mark]) => mediaLine(audio, time, frame(mark)));

/** The chunks that a player was sent. */
function chunksOf(peer: Peer): Chunk[] {
  return listChunks(peer.wire().subarray(handshakeBytes));
}

function pair(server = new InProcessServer()): { publisher: Peer; player: Peer } {
  return { publisher: server.publisher(), player: server.player() };
}

/** Equal frames at equal distances: whoever compresses headers comes down to type 3. */
function steadyAudio(from: number, step: number, count: number): Uint8Array {
  const first = message(`04 ${from.toString(16).padStart(6, "0")} length 08 01000000`, frame(0));
  const others = Array.from({ length: count - 1 }, (_, index) =>
    message(`44 ${step.toString(16).padStart(6, "0")} length 08`, frame(index + 1)),
  );
  return join(first, ...others);
}

describe("FMLE: bare fmt 3 after fmt 0:", () => {
  test("its delta is the time of the type 0 chunk", () => {
    const { publisher, player } = pair();
    publisher.say(
      message("04 00001a length 08 01000000", frame(1)),
      message("c4", frame(2)),
      message("84 000014", frame(3)),
      message("c4", frame(4)),
    );
    expect(mediaLines(player)).toEqual(audioLines([26, 1], [52, 2], [72, 3], [92, 4]));
    expect(publisher.problems).toEqual([]);
  });
});

describe("nginx-rtmp, gortmplib peers: take that delta as 0:", () => {
  test("no message to a player begins with type 3 right after type 0", () => {
    const { publisher, player } = pair();
    // The distance is the first time as well: only here could a writer save the delta.
    publisher.say(steadyAudio(20, 20, 50));
    expect(mediaLines(player)).toHaveLength(50);

    const last = new Map<number, number>();
    for (const { chunkStreamId, fmt, starts, timeField } of chunksOf(player)) {
      if (!starts) continue;
      const bare = fmt === 3 && last.get(chunkStreamId) === 0 && timeField !== 0;
      expect(bare).toBe(false);
      last.set(chunkStreamId, fmt);
    }
  });
});

describe("librtmp/OBS: fmt 3 for equal timestamps:", () => {
  test("a clock that runs ahead and falls back at the next type 0 is put up with", () => {
    const { publisher, player } = pair();
    publisher.say(
      message("04 0003e8 length 08 01000000", frame(1)),
      message("44 000014 length 08", frame(2)),
      // Meant: 1020 once more.
      message("c4", frame(3)),
      message("44 000003 length 08", frame(4)),
      message("04 000405 length 08 01000000", frame(5)),
    );
    expect(mediaLines(player)).toEqual(
      audioLines([1_000, 1], [1_020, 2], [1_040, 3], [1_043, 4], [1_029, 5]),
    );
    expect(publisher.problems).toEqual([]);
  });
});

describe("librtmp: first chunk on csid 2 is fmt 1:", () => {
  test("accepted, with the previous values zero", () => {
    const { publisher, player } = pair();
    publisher.say(message("42 000000 length 03", u32(3_333)), steadyAudio(0, 20, 2));
    expect(publisher.events).toEqual(["publish live/cam"]);
    expect(publisher.problems).toEqual([]);
    expect(mediaLines(player)).toHaveLength(2);
  });

  test.each(["82 000000", "c2"])("%s has no length to go by and is refused", (header) => {
    const { publisher } = pair();
    publisher.say(message(header, u32(3_333)));
    expect(publisher.events.at(-1)).toBe("close RTMP_ERR_MISSING_PREVIOUS_HEADER");
  });
});

describe("old OBS/librtmp, nginx-rtmp, cameras: no extended timestamp on type 3:", () => {
  // Five chunks of 128 bytes, and a payload that holds no timestamp by chance.
  const payload = counting("17 01 00 00 00", 600);
  const time = 0x01_00_00_2a;
  const header = `06 ffffff length 09 01000000 ${time.toString(16).padStart(8, "0")}`;

  test.each([
    ["left out", "c6"],
    ["repeated", "c6 0100002a"],
  ])("%s: the same message, and the same for every one behind it", (_, again) => {
    const { publisher, player } = pair();
    const start = message("06 000000 length 09 01000000", videoStart);
    const frames = Array.from({ length: 4 }, () => message(header, payload, { again }));
    publisher.say(start, ...frames);
    const lines = mediaLines(player).slice(1);
    expect(lines).toEqual(Array.from({ length: 4 }, () => mediaLine(video, time, payload)));
    expect(publisher.problems).toEqual([]);
  });

  test("left out and cut anywhere on its way: the same message", () => {
    const bytes = message(header, payload, { again: "c6" });
    for (let cut = 120; cut < 160; cut++) {
      const { publisher, player } = pair();
      publisher.say(bytes.subarray(0, cut));
      publisher.say(bytes.subarray(cut));
      expect(mediaLines(player)).toEqual([mediaLine(video, time, payload)]);
    }
  });
});

describe("ffmpeg reader: insists on it:", () => {
  test("every type 3 chunk of a message with an extended timestamp repeats it", () => {
    const { publisher, player } = pair(new InProcessServer({ chunkSize: 128 }));
    const payload = counting("17 01 00 00 00", 600);
    publisher.say(
      message("06 ffffff length 09 01000000 01000000", payload, { again: "c6 01000000" }),
    );
    expect(mediaLines(player)).toEqual([mediaLine(video, 0x01_00_00_00, payload)]);

    const chunks = chunksOf(player).filter(({ typeId }) => typeId === video);
    expect(chunks.map(({ fmt }) => fmt)).toEqual([0, 3, 3, 3, 3]);
    for (const { extendedTimestamp } of chunks) expect(extendedTimestamp).toBe(0x01_00_00_00);
    expect(join(...chunks.map((chunk) => chunk.payload))).toEqual(payload);
  });
});

describe("SRS < 6.0.167: fmt 1/2 extension read as absolute:", () => {
  test("a jump of more than 0xffffff goes out as type 0", () => {
    const { publisher, player } = pair();
    publisher.say(steadyAudio(11_000, 20, 3));
    // The case of the issue: a delta of 16776216.
    publisher.say(message("44 ffffff length 08 00fffc18", frame(9)));
    const jumped = 11_040 + 0xfffc18;
    expect(mediaLines(player).at(-1)).toBe(mediaLine(audio, jumped, frame(9)));

    const chunks = chunksOf(player);
    const extended = chunks.filter((chunk) => chunk.extendedTimestamp !== undefined);
    expect(extended.map(({ fmt, extendedTimestamp }) => [fmt, extendedTimestamp])).toEqual([
      [0, jumped],
    ]);
  });
});

describe("ffmpeg publish: copies server chunk size back:", () => {
  test("a useful one is announced, and taken when it comes back", () => {
    const { publisher, player } = pair();
    const announced = chunksOf(publisher).filter(({ typeId }) => typeId === 1);
    expect(announced.map(({ payload }) => [...payload])).toEqual([[0, 1, 0, 0]]);

    const payload = counting("17 01 00 00 00", 65_536);
    publisher.say(message("02 000000 length 01 00000000", u32(65_536)));
    publisher.say(message("06 000000 length 09 01000000", payload, { chunkSize: 65_536 }));
    expect(mediaLines(player)).toEqual([mediaLine(video, 0, payload)]);
  });
});

describe("relays with 128 MiB chunk size: nginx-rtmp closes them:", () => {
  test("accepted as a reader", () => {
    const { publisher, player } = pair();
    const payload = counting("17 01 00 00 00", 200_000);
    publisher.say(message("02 000000 length 01 00000000", u32(128 * 1024 * 1024)));
    publisher.say(message("06 000000 length 09 01000000", payload, { chunkSize: 200_000 }));
    expect(mediaLines(player)).toEqual([mediaLine(video, 0, payload)]);
    expect(publisher.problems).toEqual([]);
  });

  test("never announced: what the server says stays below 10485760", () => {
    const { player } = pair();
    const sizes = chunksOf(player)
      .filter(({ typeId }) => typeId === 1)
      .map(({ payload }) => new DataView(payload.buffer, payload.byteOffset).getUint32(0));
    expect(sizes).toHaveLength(1);
    for (const size of sizes) expect(size).toBeLessThanOrEqual(10_485_760);
  });
});

describe("LYNX and other FPGA encoders: parser out of step after seconds on strict servers:", () => {
  const payload = counting("17 01 00 00 00", 400);

  test.each([
    ["the header of type 1 again on every chunk", `46 000028 000190 09`],
    ["the header of type 2 again on every chunk", `86 000028`],
  ])("%s continues the message", (_, again) => {
    const { publisher, player } = pair();
    const first = message("06 000000 length 09 01000000", payload, { again });
    publisher.say(first, message("46 000028 length 09", payload, { again }));
    expect(mediaLines(player)).toEqual([
      mediaLine(video, 0, payload),
      mediaLine(video, 40, payload),
    ]);
    expect(publisher.events).toEqual(["publish live/cam"]);
  });

  test.each([
    ["64, in two bytes", "00 00", "c0 00"],
    ["64, in three bytes", "01 00 00", "c1 00 00"],
    ["319, in two bytes", "00 ff", "c0 ff"],
    ["65599, in three bytes", "01 ff ff", "c1 ff ff"],
  ])("media on chunk stream %s", (_, basic, again) => {
    const { publisher, player } = pair();
    publisher.say(message(`${basic} 000000 length 09 01000000`, payload, { again }));
    expect(mediaLines(player)).toEqual([mediaLine(video, 0, payload)]);
  });

  test("type 0 with an extended timestamp that type 3 repeats, between audio without", () => {
    const { publisher, player } = pair();
    const parts = message("06 ffffff length 09 01000000 01000000", payload, {
      again: "c6 01000000",
    });
    // Audio stands between the first and the second chunk of the frame.
    const firstChunk = 16 + 128;
    publisher.say(parts.subarray(0, firstChunk), message("04 fffff0 length 08 01000000", frame(1)));
    publisher.say(parts.subarray(firstChunk));
    expect(mediaLines(player)).toContain(mediaLine(video, 0x01_00_00_00, payload));
    expect(publisher.problems).toEqual([]);
  });
});
