import type {
  IncomingPause,
  IncomingPlay2,
  IncomingSeek,
  IncomingStreamLength,
} from "@rtmp/session";
import { describe, expect, test } from "vitest";
import { Bench, type BenchOptions } from "./bench.ts";
import { result, status } from "./reply-lines.ts";

/** What the owner was asked while a stream plays. */
interface Asked {
  readonly bench: Bench;
  readonly pauses: IncomingPause[];
  readonly seeks: IncomingSeek[];
  readonly changes: IncomingPlay2[];
  readonly lengths: IncomingStreamLength[];
  readonly receives: string[];
}

/** A bench whose stream 1 plays `cam`; the replies are taken. */
function playing(options: BenchOptions = {}): Asked {
  const pauses: IncomingPause[] = [];
  const seeks: IncomingSeek[] = [];
  const changes: IncomingPlay2[] = [];
  const lengths: IncomingStreamLength[] = [];
  const receives: string[] = [];
  const bench = Bench.withStreams(1, {
    ...options,
    handlers: options.handlers ?? {
      onPause: (request) => pauses.push(request),
      onSeek: (request) => seeks.push(request),
      onPlay2: (request) => changes.push(request),
      onGetStreamLength: (request) => lengths.push(request),
      onReceive: ({ receivesAudio, receivesVideo }) =>
        receives.push(`audio ${receivesAudio}, video ${receivesVideo}`),
    },
  });
  bench.play();
  bench.replies();
  return { bench, pauses, seeks, changes, lengths, receives };
}

describe("RTMP §7.2.2.8 pause", () => {
  test.each(["pause", "pauseRaw", "pauseraw"])("%s asks the owner, who notifies", (name) => {
    const { bench, pauses } = playing();
    bench.command(1, name, 0, null, true, 1_111);
    bench.command(1, name, 0, null, false, 2_222);
    expect(pauses).toMatchObject([
      { paused: true, milliseconds: 1_111, stream: { id: 1 } },
      { paused: false, milliseconds: 2_222 },
    ]);
    expect(pauses.map((request) => request.accept())).toEqual([true, true]);
    expect(bench.replyLines()).toEqual([
      status(1, "status", "NetStream.Pause.Notify", "Pausing cam."),
      status(1, "status", "NetStream.Unpause.Notify", "Going on with cam."),
    ]);
  });

  test("that is rejected, or that nobody serves, gets an error", () => {
    const { bench, pauses } = playing();
    bench.command(1, "pause", 0, null, true, 0);
    pauses[0]?.reject({ description: "not now" });
    expect(bench.replyLines()).toEqual([status(1, "error", "NetStream.Failed", "not now")]);
    const alone = playing({ handlers: {} }).bench;
    alone.command(1, "pause", 0, null, true, 0);
    expect(alone.codes()).toEqual(["onStatus NetStream.Failed"]);
  });

  test("is void once the play has ended", () => {
    const { bench, pauses } = playing();
    bench.command(1, "pause", 0, null, true, 0);
    bench.command(1, "closeStream", 0);
    expect(pauses[0]?.accept()).toBe(false);
    expect(bench.replyLines()).toEqual([]);
  });
});

describe("RTMP §7.2.2.7 seek", () => {
  test("asks the owner, who notifies or refuses", () => {
    const { bench, seeks } = playing();
    bench.command(1, "seek", 0, null, 1_111);
    bench.command(1, "seek", 0, null, 2_222);
    expect(seeks.map(({ milliseconds }) => milliseconds)).toEqual([1_111, 2_222]);
    seeks[0]?.accept();
    seeks[1]?.reject({ code: "NetStream.Seek.InvalidTime", description: "behind the end" });
    expect(bench.replyLines()).toEqual([
      status(1, "status", "NetStream.Seek.Notify", "Seeking 1111 in cam."),
      status(1, "error", "NetStream.Seek.InvalidTime", "behind the end"),
    ]);
  });

  test("that nobody serves, or that has no place, gets Seek.Failed", () => {
    const alone = playing({ handlers: {} }).bench;
    alone.command(1, "seek", 0, null, 1);
    expect(alone.codes()).toEqual(["onStatus NetStream.Seek.Failed"]);
    const { bench, seeks } = playing();
    bench.command(1, "seek", 0, null);
    expect(bench.codes()).toEqual(["onStatus NetStream.Seek.Failed"]);
    expect(bench.problemCodes).toEqual(["RTMP_ERR_BAD_ARGUMENT"]);
    expect(seeks).toEqual([]);
  });
});

describe("RTMP §7.2.2.2 play2", () => {
  const change = { streamName: "cam-low", oldStreamName: "cam", transition: "switch" };

  test("asks the owner, who says that the change begins or refuses it", () => {
    const { bench, changes } = playing();
    bench.command(1, "play2", 0, null, change);
    bench.command(1, "play2", 0, null, change);
    expect(changes[0]?.options).toMatchObject({ ...change, start: -2, length: -1 });
    changes[0]?.accept();
    changes[1]?.reject({ code: "NetStream.Play.StreamNotFound", description: "no" });
    expect(bench.replyLines()).toEqual([
      status(1, "status", "NetStream.Play.Transition", "Changing to cam-low.", "cam-low"),
      status(1, "error", "NetStream.Play.StreamNotFound", "no", "cam-low"),
    ]);
  });

  test("that is granted names the stream in every status behind it, and one that is refused does not", () => {
    const { bench, changes, pauses } = playing();
    bench.command(1, "play2", 0, null, { streamName: "none" });
    changes[0]?.reject({ description: "no" });
    expect(bench.plays[0]?.stream.streamName).toBe("cam");
    bench.command(1, "play2", 0, null, change);
    changes[1]?.accept();
    expect(bench.plays[0]?.stream.streamName).toBe("cam-low");
    bench.replies();
    bench.command(1, "pause", 0, null, true, 0);
    pauses[0]?.accept();
    bench.plays[0]?.stream.finishPlay();
    expect(bench.replyLines()).toEqual([
      status(1, "status", "NetStream.Pause.Notify", "Pausing cam-low.", "cam-low"),
      expect.stringMatching("^5/1/18: "),
      expect.stringMatching("^2/0/4: "),
      status(1, "status", "NetStream.Play.Stop", "Stopped playing cam-low.", "cam-low"),
    ]);
  });

  test("that was asked first and is granted last is void: the client's last wish counts", () => {
    const { bench, changes } = playing();
    for (const streamName of ["one", "two", "three"])
      bench.command(1, "play2", 0, null, { streamName });
    expect(changes[1]?.accept()).toBe(true);
    expect(changes[0]?.accept()).toBe(false);
    expect(bench.plays[0]?.stream.streamName).toBe("two");
    expect(changes[2]?.accept()).toBe(true);
    expect(bench.replyLines()).toEqual([
      status(1, "status", "NetStream.Play.Transition", "Changing to two.", "two"),
      status(1, "status", "NetStream.Play.Transition", "Changing to three.", "three"),
    ]);
  });

  test("counts although one that was asked later is refused", () => {
    const { bench, changes } = playing();
    for (const streamName of ["one", "two"]) bench.command(1, "play2", 0, null, { streamName });
    changes[1]?.reject({ description: "no" });
    expect(changes[0]?.accept()).toBe(true);
    expect(bench.plays[0]?.stream.streamName).toBe("one");
  });

  test("without a name, or that nobody serves, is refused", () => {
    const { bench, changes } = playing();
    bench.command(1, "play2", 0, null, { transition: "switch" });
    expect(bench.codes()).toEqual(["onStatus NetStream.Failed"]);
    expect(bench.problemCodes).toEqual(["RTMP_ERR_NO_STREAM_NAME"]);
    expect(changes).toEqual([]);
    const alone = playing({ handlers: {} }).bench;
    alone.command(1, "play2", 0, null, change);
    expect(alone.codes()).toEqual(["onStatus NetStream.Play.Failed"]);
  });
});

describe("RTMP §7.2.2.4 receiveAudio, §7.2.2.5 receiveVideo", () => {
  test("tell the owner what changed, and nothing that did not", () => {
    const { bench, receives } = playing();
    bench.command(1, "receiveAudio", 0, null, true);
    bench.command(1, "receiveVideo", 0, null, false);
    bench.command(1, "receiveVideo", 0, null, false);
    bench.command(1, "receiveAudio", 0, null, false);
    expect(receives).toEqual(["audio true, video false", "audio false, video false"]);
    expect(bench.replyLines()).toEqual([]);
  });

  test("turned on again get Seek.Notify and Play.Start", () => {
    const { bench, receives } = playing();
    bench.command(1, "receiveVideo", 0, null, false);
    bench.command(1, "receiveVideo", 0, null, true);
    expect(receives.at(-1)).toBe("audio true, video true");
    expect(bench.replyLines()).toEqual([
      status(1, "status", "NetStream.Seek.Notify", "Sending video again."),
      status(1, "status", "NetStream.Play.Start", "Started playing cam."),
    ]);
  });

  test("before play hold for it", () => {
    const bench = Bench.withStreams(1);
    bench.command(1, "receiveAudio", 0, null, false);
    bench.play();
    expect(bench.plays[0]?.stream).toMatchObject({ receivesAudio: false, receivesVideo: true });
  });
});

test.each(["accept", "reject"] as const)(
  "what was asked of a play is void in the next one on the stream: %s",
  (answer) => {
    const { bench, pauses, seeks, changes } = playing();
    bench.command(1, "pause", 0, null, true, 0);
    bench.command(1, "seek", 0, null, 1_111);
    bench.command(1, "play2", 0, null, { streamName: "cam-low" });
    bench.play(1, "other");
    bench.replies();
    const requests = [...pauses, ...seeks, ...changes];
    expect(requests.map((request) => request[answer]({ description: "" }))).toEqual([
      false,
      false,
      false,
    ]);
    expect(bench.plays[1]?.stream.streamName).toBe("other");
    expect(bench.replyLines()).toEqual([]);
  },
);

test("what was asked of a play holds after play2", () => {
  const { bench, pauses, changes } = playing();
  bench.command(1, "pause", 0, null, true, 0);
  bench.command(1, "play2", 0, null, { streamName: "cam-low" });
  changes[0]?.accept();
  expect(pauses[0]?.accept()).toBe(true);
  expect(bench.codes()).toEqual([
    "onStatus NetStream.Play.Transition",
    "onStatus NetStream.Pause.Notify",
  ]);
});

describe("a stream that does not play", () => {
  test.each([
    ["pause", "NetStream.Failed", [true, 0]],
    ["seek", "NetStream.Seek.Failed", [0]],
    ["play2", "NetStream.Play.Failed", [{ streamName: "other" }]],
  ])("refuses %s", (name, code, args) => {
    const bench = Bench.withStreams(1);
    bench.command(1, name, 0, null, ...args);
    expect(bench.codes()).toEqual([`onStatus ${code}`]);
    expect(bench.problemCodes).toEqual(["RTMP_ERR_STREAM_BUSY"]);
  });

  test("lets them wait while the play is not answered", () => {
    const pauses: IncomingPause[] = [];
    const bench = Bench.withStreams(1, {
      late: true,
      handlers: {
        onConnect: (request) => request.accept(),
        onPause: (request) => pauses.push(request),
      },
    });
    bench.play();
    bench.command(1, "pause", 0, null, true, 0);
    expect(pauses).toEqual([]);
    bench.plays[0]?.accept();
    bench.replies();
    expect(pauses).toHaveLength(1);
  });
});

describe("getStreamLength", () => {
  test("is answered in seconds, at once or later", () => {
    const { bench, lengths } = playing();
    bench.command(0, "getStreamLength", 3, null, "clip");
    expect(lengths[0]?.streamName).toBe("clip");
    expect(bench.replyLines()).toEqual([]);
    expect(lengths[0]?.accept(1.5)).toBe(true);
    expect(bench.replyLines()).toEqual([result("4008000000000000", "00 3ff8000000000000")]);
  });

  test("can be refused, and is void when the client has gone", () => {
    const { bench, lengths } = playing();
    bench.command(0, "getStreamLength", 3, null, "clip");
    bench.command(0, "getStreamLength", 4, null, "clip");
    bench.command(0, "getStreamLength", 0, null, "clip");
    lengths[0]?.reject({ description: "no such recording" });
    lengths[2]?.reject({ description: "nobody listens" });
    expect(bench.codes()).toEqual(["_error NetConnection.Call.Failed"]);
    bench.session.end();
    expect(lengths[1]?.accept(1)).toBe(false);
  });
});

describe("requests that wait for the owner beyond maxPendingCalls", () => {
  test("are refused, also those of a play that is over, until one is answered", () => {
    const { bench, changes, pauses, seeks, lengths } = playing({ limits: { maxPendingCalls: 3 } });
    bench.command(1, "play2", 0, null, { streamName: "one" });
    bench.command(1, "pause", 0, null, true, 0);
    bench.play(1, "other");
    bench.replies();
    bench.command(0, "getStreamLength", 3, null, "clip");
    bench.command(0, "getStreamLength", 4, null, "clip");
    bench.command(1, "play2", 0, null, { streamName: "two" });
    bench.command(1, "pause", 0, null, true, 0);
    bench.command(1, "seek", 0, null, 1_111);
    expect([changes, pauses, seeks, lengths].map(({ length }) => length)).toEqual([1, 1, 0, 1]);
    expect(bench.codes()).toEqual([
      "_error NetConnection.Call.Failed",
      "onStatus NetStream.Play.Failed",
      "onStatus NetStream.Failed",
      "onStatus NetStream.Seek.Failed",
    ]);
    expect(bench.problemCodes).toEqual(Array(4).fill("RTMP_ERR_TOO_MANY_PENDING_CALLS"));
    expect(bench.session.closed).toBe(false);

    changes[0]?.reject({ description: "no" });
    bench.command(1, "seek", 0, null, 2_222);
    expect(seeks.map(({ milliseconds }) => milliseconds)).toEqual([2_222]);
  });

  test("are counted together with calls", () => {
    const calls: string[] = [];
    const { bench } = playing({
      limits: { maxPendingCalls: 1 },
      handlers: { onPause() {}, onCall: ({ name }) => calls.push(name) },
    });
    bench.command(1, "pause", 0, null, true, 0);
    bench.command(0, "draw", 7);
    expect(calls).toEqual([]);
    expect(bench.codes()).toEqual(["_error NetConnection.Call.Failed"]);
  });
});
