import { resolveStreamPath } from "@rtmp/message";
import { withoutAuthentication } from "@rtmp/session";
import { describe, expect, test } from "vitest";
import {
  Desk,
  alice,
  aliceSays,
  aliceSaysLikeLibrtmp,
  bobSays,
  challenged,
  emptyPassword,
  failed,
  first,
  firstSalt,
  llnwAnswer,
  llnwFailed,
  llnwInstance,
  needAuth,
  noSuchUser,
  nobodySays,
  reject,
  wrong,
} from "./desk.ts";

describe("authmod=adobe", () => {
  test("a client that says nothing is asked for a user", () => {
    expect(new Desk().connect("live")).toEqual({ granted: false, description: needAuth });
  });

  test("a user gets a challenge: salt, challenge and opaque", () => {
    expect(new Desk().connect("live?authmod=adobe&user=alice")).toEqual({
      granted: false,
      description:
        `${reject}[ authmod=adobe ] : ?reason=needauth&user=alice` +
        `&salt=${firstSalt}&challenge=${first}&opaque=${first}`,
    });
  });

  test("the right response is let in", () => {
    expect(challenged().answer(aliceSays)).toEqual(alice);
    expect(challenged().answer(aliceSaysLikeLibrtmp)).toEqual(alice);
  });

  test("the parameters count in tcUrl where app has none", () => {
    const app = `live?authmod=adobe&user=alice&${aliceSays}&opaque=${first}`;
    const tcUrl = `rtmp://127.0.0.1/${app}`;
    expect(challenged().authenticator.check({ app: "live", tcUrl })).toEqual(alice);
    expect(challenged().authenticator.check({ app: "live", tcUrl: "" })).toMatchObject({
      description: needAuth,
    });
  });

  test.each([
    ["another password", wrong],
    ["an empty response", "challenge=0011aabb&response="],
    ["a response that is cut", aliceSays.slice(0, -1)],
    ["a response with more behind it", `${aliceSays}=`],
    ["another client challenge", aliceSays.replace("0011", "0012")],
    ["no client challenge", aliceSays.replace("challenge=0011aabb&", "")],
    ["an empty password", emptyPassword],
  ])("%s is refused", (_, proof) => {
    expect(challenged().answer(proof)).toEqual(failed);
  });

  test("a user that does not exist gets a challenge too, and is then refused", () => {
    const desk = new Desk();
    expect(desk.connect("live?authmod=adobe&user=nobody")).toMatchObject({
      description: expect.stringContaining("?reason=needauth&user=nobody&"),
    });
    expect(desk.asked).toEqual([]);
    expect(desk.answer(nobodySays, "nobody")).toEqual(failed);
    expect(desk.asked).toEqual(["nobody"]);
  });

  test("the user that is let in is the one of the challenge", () => {
    expect(challenged({}, "bob").answer(bobSays, "bob")).toEqual({ granted: true, user: "bob" });
    const desk = challenged({}, "bob");
    expect(desk.answer(aliceSays)).toEqual(failed);
    expect(desk.asked).toEqual([]);
  });
});

describe("authmod=llnw", () => {
  const methods = ["llnw"] as const;
  const asked = "live?authmod=llnw&user=alice";

  test("a client that says nothing is asked for a user", () => {
    expect(new Desk({ methods }).connect("live")).toMatchObject({
      description: `${reject}[ code=403 need auth; authmod=llnw ] : `,
    });
  });

  test("a user gets a nonce, and the right response is let in", () => {
    const desk = new Desk({ methods });
    expect(desk.connect(asked)).toMatchObject({
      description: `${reject}[ authmod=llnw ] : ?reason=needauth&user=alice&nonce=${first}`,
    });
    expect(desk.connect(`${asked}&nonce=${first}&${llnwAnswer}`)).toEqual(alice);
  });

  test("the instance is part of what is proved", () => {
    const desk = new Desk({ methods });
    desk.ask("live/inst?authmod=llnw&user=alice");
    const proof = `nonce=${first}&${llnwInstance}`;
    expect(desk.connect(`live/inst?authmod=llnw&user=alice&${proof}`)).toEqual(alice);
    const other = new Desk({ methods });
    other.ask(asked);
    expect(other.connect(`${asked}&${proof}`)).toEqual(llnwFailed);
  });

  test.each([
    ["another count", llnwAnswer.replace("nc=00000001", "nc=00000002")],
    ["another cnonce", llnwAnswer.replace("aabb", "aabc")],
    ["an empty response", "cnonce=0011aabb&nc=00000001&response="],
    ["nothing else", "response=676ac3583abfef96ba105d464bbee3cd"],
  ])("%s is refused", (_, proof) => {
    const desk = new Desk({ methods });
    desk.ask(asked);
    expect(desk.connect(`${asked}&nonce=${first}&${proof}`)).toEqual(llnwFailed);
  });
});

describe("methods", () => {
  test("are adobe alone by default: a client with llnw is asked for adobe", () => {
    for (const authmod of ["llnw", "kerberos", ""]) {
      expect(new Desk().connect(`live?authmod=${authmod}&user=alice`)).toMatchObject({
        description: needAuth,
      });
    }
  });

  test("can be both: the first is asked for, either is taken", () => {
    const desk = new Desk({ methods: ["adobe", "llnw"] });
    expect(desk.connect("live")).toMatchObject({ description: needAuth });
    desk.ask("live?authmod=llnw&user=alice");
    expect(desk.connect(`live?authmod=llnw&user=alice&nonce=${first}&${llnwAnswer}`)).toEqual(
      alice,
    );
    expect(challenged({ methods: ["llnw", "adobe"] }).answer(aliceSays)).toEqual(alice);
  });

  test("do not take each other's challenges", () => {
    const desk = challenged({ methods: ["adobe", "llnw"] });
    expect(desk.connect(`live?authmod=llnw&user=alice&nonce=${first}&${llnwAnswer}`)).toEqual(
      llnwFailed,
    );
    expect(desk.asked).toEqual([]);
  });

  test("cannot be none", () => {
    expect(() => new Desk({ methods: [] })).toThrow(RangeError);
  });
});

describe("a user name", () => {
  test("of maxUserNameBytes is repeated in full, and FFmpeg's 255 bytes hold the text", () => {
    const user = "ü".repeat(32);
    const description = new Desk().ask(`live?authmod=adobe&user=${user}`);
    expect(description).toContain(`user=${user}&`);
    expect(new TextEncoder().encode(description).length).toBeLessThanOrEqual(255);
  });

  test.each([
    ["is missing", "live?authmod=adobe"],
    ["is empty", "live?authmod=adobe&user="],
    ["is longer than maxUserNameBytes", `live?authmod=adobe&user=${"x".repeat(65)}`],
    ["has more bytes than that", `live?authmod=adobe&user=${"ü".repeat(33)}`],
    ["begins a text of its own", "live?authmod=adobe&user=a ] : ?reason=authfailed"],
    ["has a line break", "live?authmod=adobe&user=a\r\nb"],
  ])("that %s is not repeated and no user", (_, app) => {
    const desk = new Desk();
    expect(desk.connect(app)).toEqual(noSuchUser);
    expect(desk.authenticator.openChallenges).toBe(0);
  });
});

test("the parameters are no part of the stream's path", () => {
  const app = `live?authmod=adobe&user=alice&${aliceSaysLikeLibrtmp}&opaque=${first}`;
  const tcUrl = `rtmp://127.0.0.1/${app}`;
  expect(resolveStreamPath({ app, tcUrl, streamName: "cam" }).streamPath).toBe("live/cam");
  const path = resolveStreamPath({
    app: withoutAuthentication(app),
    tcUrl: withoutAuthentication(tcUrl),
    streamName: "cam?token=x",
  });
  expect(path).toEqual({
    app: "live",
    name: "cam",
    streamPath: "live/cam",
    query: new Map([["token", "x"]]),
  });
});
