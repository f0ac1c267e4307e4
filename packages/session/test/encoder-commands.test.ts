import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { Bench } from "./bench.ts";
import { property, result } from "./reply-lines.ts";

describe("commands that encoders send besides those of the specification", () => {
  test("releaseStream gets _result with null", () => {
    const bench = Bench.connected();
    bench.command(0, "releaseStream", 2, null, "cam");
    expect(bench.replyLines()).toEqual([result("4000000000000000")]);
  });

  const onFcPublish = `3/0/20: ${toHex(
    hex(`
    02 000b "onFCPublish" 00 0000000000000000 05
    03 ${property("code", "NetStream.Publish.Start")}
       ${property("description", "Started publishing cam.")} 0000 09`),
  )}`;

  test("FCPublish gets onFCPublish and _result", () => {
    const bench = Bench.connected();
    bench.command(0, "FCPublish", 3, null, "cam");
    expect(bench.replyLines()).toEqual([onFcPublish, result("4008000000000000")]);
  });

  test("FCPublish without transaction id gets onFCPublish alone", () => {
    const bench = Bench.connected();
    bench.command(0, "FCPublish", 0, null, "cam");
    expect(bench.replyLines()).toEqual([onFcPublish]);
  });

  test("FCUnpublish gets onFCUnpublish and _result", () => {
    const bench = Bench.connected();
    bench.command(0, "FCUnpublish", 6, null, "cam");
    expect(bench.replyLines()).toEqual([
      `3/0/20: ${toHex(
        hex(`
        02 000d "onFCUnpublish" 00 0000000000000000 05
        03 ${property("code", "NetStream.Unpublish.Success")}
           ${property("description", "Stopped publishing cam.")} 0000 09`),
      )}`,
      result("4018000000000000"),
    ]);
  });

  test("FCSubscribe gets onFCSubscribe and _result", () => {
    const bench = Bench.connected();
    bench.command(0, "FCSubscribe", 3, null, "cam");
    expect(bench.replyLines()).toEqual([
      `3/0/20: ${toHex(
        hex(`
        02 000d "onFCSubscribe" 00 0000000000000000 05
        03 ${property("level", "status")} ${property("code", "NetStream.Play.Start")}
           ${property("description", "Started playing stream.")} 0000 09`),
      )}`,
      result("4008000000000000"),
    ]);
  });

  test.each(["_checkbw", "FCUnsubscribe"])("%s gets _result", (name) => {
    const bench = Bench.connected();
    bench.command(0, name, 3, null, "cam");
    expect(bench.replyLines()).toEqual([result("4008000000000000")]);
  });

  test.each(["releaseStream", "FCUnsubscribe", "_checkbw"])(
    "%s without transaction id gets nothing",
    (name) => {
      const bench = Bench.connected();
      bench.command(0, name, 0, null, "cam");
      expect(bench.replies()).toEqual([]);
      expect(bench.problems).toEqual([]);
    },
  );

  test("names without a string for the stream are answered all the same", () => {
    const bench = Bench.connected();
    for (const name of ["FCPublish", "FCUnpublish", "FCSubscribe"]) bench.command(0, name, 2);
    expect(bench.codes().filter((code) => code === "_result").length).toBe(3);
    expect(bench.problems).toEqual([]);
  });
});

describe("FCUnpublish", () => {
  test.each([
    ["cam?token=1", "cam"],
    ["cam", "cam?token=1"],
    ["cam", ""],
  ])("of a publish of %s may name it %j", (published, named) => {
    const bench = Bench.withStreams(1);
    bench.publish(1, published);
    bench.command(0, "FCUnpublish", 0, null, named);
    expect(bench.events.at(-1)).toBe("end 1 closed");
  });

  test("of another name ends nothing", () => {
    const bench = Bench.withStreams(1);
    bench.publish();
    bench.command(0, "FCUnpublish", 0, null, "other");
    expect(bench.events.at(-1)).toBe("publish 1 cam");
  });
});
