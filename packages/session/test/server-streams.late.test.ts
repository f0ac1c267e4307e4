import { hex } from "@rtmp/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { audio, Bench, type BenchOptions, commandMessage } from "./bench.ts";

const late = (count = 1, options: BenchOptions = {}): Bench => {
  const bench = Bench.opened({ ...options, late: true });
  bench.connect();
  bench.connects[0]?.accept();
  for (let i = 0; i < count; i++) bench.command(0, "createStream", 2 + i);
  bench.replies();
  return bench;
};

describe("a request that is answered late", () => {
  test("media while publish waits is dropped and counted, media behind the answer is not", () => {
    const bench = late();
    bench.publish();
    bench.send(audio(1), audio(2));
    const [request] = bench.publishes;
    expect(request?.stream).toMatchObject({ state: "publish-pending", droppedMessages: 2 });
    expect(request?.accept()).toBe(true);
    bench.send(audio(3));
    expect(bench.media.map(({ timestamp }) => timestamp)).toEqual([3]);
    expect(bench.codes()).toEqual(["onStatus NetStream.Publish.Start"]);
  });

  test("commands of its stream wait, those of others and of the connection do not", () => {
    const bench = late(2);
    bench.publish(1, "one");
    bench.command(1, "closeStream", 0);
    bench.play(2, "two");
    bench.command(0, "createStream", 9);
    expect(bench.codes()).toEqual(["_result"]);
    expect(bench.events.slice(1)).toEqual(["publish 1 one", "play 2 two"]);
    bench.publishes[0]?.accept();
    bench.plays[0]?.accept();
    expect(bench.codes()).toEqual([
      "onStatus NetStream.Publish.Start",
      "onStatus NetStream.Play.Reset",
      "onStatus NetStream.Play.Start",
      "onStatus NetStream.Unpublish.Success",
    ]);
  });

  test("every command that waited is executed, also those behind closeStream and behind publish", () => {
    const bench = late();
    bench.publish(1, "one");
    bench.command(1, "closeStream", 0);
    bench.publish(1, "two");
    bench.publish(1, "three");
    bench.command(1, "closeStream", 0);
    for (let i = 0; i < 3; i++) {
      bench.publishes[i]?.accept();
      bench.output();
    }
    expect(bench.events.slice(1)).toEqual([
      "publish 1 one",
      "end 1 closed",
      "publish 1 two",
      "end 1 closed",
      "publish 1 three",
      "end 1 closed",
    ]);
  });

  test("FCUnpublish waits for the publish of its name", () => {
    const bench = late();
    bench.publish();
    bench.command(0, "FCUnpublish", 6, null, "cam");
    expect(bench.codes()).toEqual(["onFCUnpublish NetStream.Unpublish.Success", "_result"]);
    bench.publishes[0]?.accept();
    bench.output();
    expect(bench.events.at(-1)).toBe("end 1 closed");
  });

  test("a command that comes with the answer given waits its turn behind those that wait", () => {
    const bench = late();
    bench.publish(1, "one");
    bench.command(1, "closeStream", 0);
    bench.publishes[0]?.accept();
    bench.publish(1, "two");
    expect(bench.events.slice(1)).toEqual(["publish 1 one", "end 1 closed", "publish 1 two"]);
  });

  test("maxPendingCommands may wait, one more ends the connection", () => {
    const bench = late(1, { limits: { maxPendingCommands: 3 } });
    bench.publish();
    for (let i = 0; i < 3; i++) bench.publish();
    expect(bench.session.closed).toBe(false);
    bench.publish();
    expect(bench.events.at(-1)).toBe("close RTMP_ERR_TOO_MANY_PENDING_COMMANDS");
    expect(bench.publishes[0]?.accept()).toBe(false);
  });

  test("is void once the client has gone: nothing is sent and nothing begins", () => {
    for (const answer of ["accept", "reject"] as const) {
      const bench = late(2);
      bench.publish(1);
      bench.play(2);
      bench.session.end();
      expect(bench.publishes[0]?.[answer]({ description: "" })).toBe(false);
      expect(bench.plays[0]?.[answer]({ description: "" })).toBe(false);
      expect(bench.events.slice(1)).toEqual(["publish 1 cam", "play 2 cam", "close in order"]);
      expect(bench.publishes[0]?.stream.state).toBe("idle");
      expect(bench.replies()).toEqual([]);
    }
  });

  test("is void when it is answered while the owner is told of the end", () => {
    const answers: unknown[] = [];
    const bench: Bench = late(2, {
      handlers: { onStreamEnd: () => answers.push(bench.plays[0]?.accept()) },
    });
    bench.publish(1);
    bench.publishes[0]?.accept();
    bench.play(2);
    bench.replies();
    bench.session.end();
    expect(answers).toEqual([false]);
    expect(bench.replies()).toEqual([]);
  });

  test("commands that wait are forgotten when the owner ends the session in the middle of them", () => {
    const bench: Bench = late(1, { handlers: { onStreamEnd: () => bench.session.end() } });
    bench.publish(1, "one");
    bench.command(1, "closeStream", 0);
    bench.command(0, "deleteStream", 0, null, 1);
    bench.publish(1, "two");
    bench.publishes[0]?.accept();
    bench.output();
    expect(bench.events.slice(1)).toEqual(["publish 1 one", "close in order"]);
  });

  test("commands that wait behind deleteStream are forgotten, too, when the owner ends the session", () => {
    const asked: string[] = [];
    const bench: Bench = late(1, {
      handlers: {
        onPublish: (request) => {
          asked.push(request.streamName);
          if (request.streamName === "one") bench.publishes.push(request);
          else bench.session.end();
        },
      },
    });
    bench.publish(1, "one");
    bench.command(0, "deleteStream", 0, null, 1);
    bench.publish(1, "two");
    bench.publish(1, "three");
    bench.publishes[0]?.accept();
    bench.output();
    expect(asked).toEqual(["one", "two"]);
    expect(bench.events.at(-1)).toBe("close in order");
  });

  test("FCUnpublish ends no play that took the place of the publish it was for", () => {
    const bench = late();
    bench.publish();
    bench.play(1, "other");
    bench.command(0, "FCUnpublish", 6, null, "cam");
    bench.publishes[0]?.reject({ description: "no" });
    bench.replies();
    bench.plays[0]?.accept();
    bench.output();
    expect(bench.events.slice(1)).toEqual(["publish 1 cam", "play 1 other"]);
    expect(bench.plays[0]?.stream.state).toBe("playing");
  });

  test("FCUnpublish waits for a publish that itself waits", () => {
    const bench = late();
    bench.publish(1, "one");
    bench.publish(1, "two");
    bench.command(0, "FCUnpublish", 6, null, "two");
    bench.publishes[0]?.accept();
    bench.output();
    bench.publishes[1]?.accept();
    bench.output();
    expect(bench.events.slice(1)).toEqual([
      "publish 1 one",
      "end 1 closed",
      "publish 1 two",
      "end 1 closed",
    ]);
  });

  test("commands keep their order also when it is answered in the middle of a piece", () => {
    const bench: Bench = late(1, {
      handlers: { onProblem: () => bench.publishes[0]?.accept() },
    });
    bench.send(
      commandMessage(1, "publish", 0, null, "one"),
      commandMessage(1, "closeStream", 0),
      { chunkStreamId: 3, timestamp: 0, typeId: 21, messageStreamId: 0, payload: hex("00") },
      commandMessage(1, "publish", 0, null, "two"),
    );
    bench.output();
    bench.publishes[1]?.accept();
    bench.output();
    expect(bench.events.slice(1)).toEqual(["publish 1 one", "end 1 closed", "publish 1 two"]);
    expect(bench.publishes[1]?.stream.state).toBe("publishing");
  });

  type Step =
    | readonly ["publish" | "play", string]
    | readonly ["closeStream"]
    | readonly ["deleteStream"];
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.tuple(fc.constantFrom("publish" as const, "play" as const), fc.constantFrom("one", "two")),
    fc.constant(["closeStream"] as const),
    fc.constant(["deleteStream"] as const),
  );
  const sayAll = (bench: Bench, steps: readonly Step[]): void => {
    for (const [name, ...args] of steps) {
      bench.send(commandMessage(1, name, 0, null, ...(name === "deleteStream" ? [1] : args)));
    }
  };

  test("ends as one that was answered at once", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const atOnce = Bench.withStreams(1);
        sayAll(atOnce, steps);

        const waiting = late(1, { limits: { maxPendingCommands: 100 } });
        sayAll(waiting, steps);
        const codes: string[] = [];
        for (let round = 0; round <= steps.length; round++) {
          for (const request of [...waiting.publishes, ...waiting.plays]) {
            if (!request.answered) request.accept();
          }
          codes.push(...waiting.codes());
        }
        expect(waiting.events).toEqual(atOnce.events);
        expect(codes).toEqual(atOnce.codes());
      }),
    );
  });
});
