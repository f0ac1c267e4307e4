import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { Bench } from "./bench.ts";
import { property, status } from "./reply-lines.ts";

/** A bench whose stream 1 plays `cam`, and has the names given behind it. */
function playlist(...names: string[]): Bench {
  const bench = Bench.withStreams(1);
  bench.play();
  for (const name of names) bench.command(1, "play", 0, null, name, -2, -1, false);
  bench.replies();
  return bench;
}

const onPlayStatus = (code: string, rest = ""): string =>
  `5/1/18: ${toHex(
    hex(`02 000c "onPlayStatus"
    03 ${property("code", code)} ${property("level", "status")} ${rest} 0000 09`),
  )}`;
const eof = `2/0/4: ${toHex(hex("0001 00000001"))}`;
const played = (bench: Bench): string[] => bench.plays.map(({ streamName }) => streamName);

describe("RTMP §7.2.2.1 a playlist", () => {
  test("waits behind what plays, and is asked for entry by entry", () => {
    const bench = playlist("second", "third");
    expect(played(bench)).toEqual(["cam"]);
    const [{ stream } = { stream: undefined }] = bench.plays;
    stream?.finishPlay({ durationSeconds: 1.5 });
    expect(bench.replyLines().slice(0, 1)).toEqual([
      onPlayStatus("NetStream.Play.Switch", `0008 "duration" 00 3ff8000000000000`),
    ]);
    expect(bench.events.slice(-2)).toEqual(["end 1 closed", "play 1 second"]);
    expect(bench.plays[1]).toMatchObject({ reset: false, start: -2, duration: -1 });

    bench.plays[1]?.stream.finishPlay();
    bench.replies();
    expect(played(bench)).toEqual(["cam", "second", "third"]);
  });

  test("that has come to its end says so: Complete, Stream EOF, Stop", () => {
    const bench = playlist();
    bench.plays[0]?.stream.finishPlay({ bytes: 1_111 });
    expect(bench.replyLines()).toEqual([
      onPlayStatus("NetStream.Play.Complete", `0005 "bytes" 00 40915c0000000000`),
      eof,
      status(1, "status", "NetStream.Play.Stop", "Stopped playing cam."),
    ]);
    expect(bench.events.at(-1)).toBe("end 1 closed");
  });

  test("starts its entries without Reset", () => {
    const bench = playlist("second");
    bench.plays[0]?.stream.finishPlay();
    expect(bench.codes()).toEqual(["onStatus NetStream.Play.Start"]);
  });

  test("finished twice, or by a stream that does not play, says nothing", () => {
    const bench = playlist();
    const stream = bench.plays[0]?.stream;
    stream?.finishPlay();
    bench.replies();
    stream?.finishPlay();
    expect(bench.replies()).toEqual([]);
  });

  test("goes on behind an entry that is refused", () => {
    const bench = Bench.withStreams(1, {
      handlers: {
        onPlay: (request) => {
          bench.plays.push(request);
          if (request.streamName === "bad") request.reject({ description: "no" });
          else request.accept();
        },
      },
    });
    bench.play();
    for (const name of ["bad", "good"]) bench.command(1, "play", 0, null, name, -2, -1, false);
    bench.replies();
    bench.plays[0]?.stream.finishPlay();
    expect(bench.codes()).toContain("onStatus NetStream.Play.Failed");
    bench.replies();
    expect(played(bench)).toEqual(["cam", "bad", "good"]);
  });

  test.each([
    ["play that resets", "play", ["other"]],
    ["closeStream", "closeStream", []],
    ["deleteStream", "deleteStream", [1]],
  ])("is forgotten by %s", (_what, name, args) => {
    const bench = playlist("second");
    bench.command(1, name, 0, null, ...args);
    bench.plays.at(-1)?.stream.finishPlay();
    bench.replies();
    expect(played(bench)).not.toContain("second");
  });

  test("has maxPlaylistEntries at most, and goes on", () => {
    const bench = Bench.withStreams(1, { limits: { maxPlaylistEntries: 2 } });
    bench.play();
    for (let entry = 0; entry < 3; entry++) {
      bench.command(1, "play", 0, null, `entry ${entry}`, -2, -1, 0);
    }
    expect(bench.codes().slice(-1)).toEqual(["onStatus NetStream.Play.Failed"]);
    expect(bench.problemCodes).toEqual(["RTMP_ERR_PLAYLIST_FULL"]);
    expect(bench.session.closed).toBe(false);
  });

  test("shares maxPlaylistEntries with those of the connection's other streams", () => {
    const bench = Bench.withStreams(2, { limits: { maxPlaylistEntries: 2 } });
    for (const stream of [1, 2]) {
      bench.play(stream);
      bench.command(stream, "play", 0, null, "second", -2, -1, 0);
    }
    bench.replies();
    bench.command(1, "play", 0, null, "third", -2, -1, 0);
    expect(bench.codes()).toEqual(["onStatus NetStream.Play.Failed"]);
    expect(bench.problemCodes).toEqual(["RTMP_ERR_PLAYLIST_FULL"]);
  });

  test("is added to also between two of its entries", () => {
    const bench: Bench = Bench.withStreams(1, {
      handlers: { onProblem: () => bench.plays[0]?.stream.finishPlay() },
    });
    bench.play();
    bench.command(1, "play", 0, null, "second", -2, -1, 0);
    bench.replies();
    // A message of an unknown type and play, in one piece.
    bench.session.receive(
      hex(`07 000000 000001 15 00000000 00
           07 000000 00002d 14 01000000
           02 0004 "play" 00 0000000000000000 05 02 0005 "third"
           00 c000000000000000 00 bff0000000000000 01 00`),
      bench.now,
    );
    bench.replies();
    bench.plays[1]?.stream.finishPlay();
    bench.replies();
    expect(played(bench)).toEqual(["cam", "second", "third"]);
  });

  test("keeps the connection from being idle between two entries", () => {
    const bench = playlist("second");
    bench.plays[0]?.stream.finishPlay();
    bench.advance(29_999);
    bench.replies();
    expect(played(bench)).toEqual(["cam", "second"]);
    expect(bench.session.closed).toBe(false);
  });
});
