import type { RtmpClient, RtmpClientOptions } from "@rtmp/session";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { type Policy, Servers, settle } from "./client-servers.ts";

const needAuth = "[ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ] : ";
const challenge =
  "[ AccessManager.Reject ] : [ authmod=adobe ] : ?reason=needauth&user=alice&salt=abcd&challenge=chal";

const named = "?authmod=adobe&user=alice";
const proved = `${named}&challenge=0011aabb&response=rsWwaT1t9912Hfg84HZ1dA==`;

/** What a server says to connect that wants a password from everybody, and takes any. */
function demand(app: string) {
  if (app.includes("&response=")) return undefined;
  return { description: app.includes("&user=") ? challenge : needAuth };
}

/** A server that sends who asks for `live` elsewhere, and wants a password for every other app. */
const redirecting = (redirect: string): Policy => ({
  refusal: (app) => (app === "live" ? { ex: { code: 302, redirect } } : demand(app)),
});

/** A server that grants `live` to everybody, and wants a password for every other app. */
const granting: Policy = { refusal: (app) => (app === "live" ? undefined : demand(app)) };

const demanding: Policy = { refusal: demand };

/** A client that connects to `rtmp://a/live/cam`, by default as alice with her password in the URL. */
async function connecting(
  policies: Readonly<Record<string, Policy>>,
  url = "rtmp://alice:secret@a/live/cam",
  options: Partial<RtmpClientOptions> = {},
) {
  const servers = new Servers(policies);
  const problems: string[] = [];
  let client: RtmpClient | undefined;
  let failure: unknown;
  try {
    client = await servers.connect(url, {
      randomBytes: (length) => Uint8Array.from({ length }, (_, at) => pattern[at % 4] ?? 0),
      onProblem: ({ cause }) => problems.push(Object(cause).code),
      ...options,
    });
  } catch (error) {
    failure = Object(error).code;
  }
  return { servers, client, failure, problems };
}

const pattern = hex("00 11 aa bb");

/** How alice says who she is. */
const ways: [string, string | undefined, Partial<RtmpClientOptions>][] = [
  ["of the URL", undefined, {}],
  ["of the options", "rtmp://a/live/cam", { user: "alice", password: "secret" }],
  ["of both", "rtmp://alice@a/live/cam", { password: "secret" }],
];

const elsewhere = [
  ["rtmp://b/live", "b:1935 live rtmp://b/live"],
  ["//b/live", "b:1935 live rtmp://b/live"],
  ["rtmp://alice:secret@b/live", "b:1935 live rtmp://b/live"],
  ["rtmp://a.b/live", "a.b:1935 live rtmp://a.b/live"],
  ["rtmp://a:1936/other", "a:1936 other rtmp://a:1936/other"],
  ["rtmps://a/other", "a:443 other rtmps://a/other"],
] as const;

const sameServer = [
  ["/other", "a:1935", "rtmp://a/other"],
  ["rtmp://a/other", "a:1935", "rtmp://a/other"],
  ["rtmp://A:1935/other", "A:1935", "rtmp://A:1935/other"],
  ["rtmp://bob:word@a/other", "a:1935", "rtmp://a/other"],
] as const;

/** What a server is asked that wants a password for `other`, and gets it. */
const proof = (server: string, tcUrl: string): string[] =>
  ["", named, proved].map((query) => `${server} other${query} ${tcUrl}${query}`);

describe.each(ways)("user and password %s and a redirect", (_where, url, options) => {
  test.each(elsewhere)("to %s: they stay at home", async (redirect, asked) => {
    const there = { b: demanding, "a.b": demanding };
    const { servers, failure } = await connecting(
      { ...there, a: redirecting(redirect) },
      url,
      options,
    );
    expect(servers.asked).toEqual(["a:1935 live rtmp://a/live", asked]);
    expect(failure).toBe("RTMP_ERR_CONNECT_REJECTED");
  });

  test.each(sameServer)("to %s: they go along", async (redirect, server, tcUrl) => {
    const a = redirecting(redirect);
    const { servers, client } = await connecting({ a, A: a }, url, options);
    expect(servers.asked).toEqual(["a:1935 live rtmp://a/live", ...proof(server, tcUrl)]);
    await client?.close();
  });

  test("that comes behind the proof: the proof does not go along either", async () => {
    const away = { ex: { code: 302, redirect: "rtmp://b/live" } };
    const a: Policy = { refusal: (app) => demand(app) ?? away };
    const { servers } = await connecting({ a, b: demanding }, url, options);
    expect(servers.asked.slice(2)).toEqual([
      `a:1935 live${proved} rtmp://a/live${proved}`,
      "b:1935 live rtmp://b/live",
    ]);
  });

  test("over another server and back: they are there again", async () => {
    const policies = { a: redirecting("rtmp://b/live"), b: redirecting("rtmp://a/other") };
    const { servers, client } = await connecting(policies, url, options);
    expect(servers.asked).toEqual([
      "a:1935 live rtmp://a/live",
      "b:1935 live rtmp://b/live",
      ...proof("a:1935", "rtmp://a/other"),
    ]);
    await client?.close();
  });

  test("from another server to itself: they are not there", async () => {
    const policies = { a: redirecting("rtmp://b/live"), b: redirecting("/other") };
    const { servers, failure } = await connecting(policies, url, options);
    expect(servers.asked.slice(1)).toEqual([
      "b:1935 live rtmp://b/live",
      "b:1935 other rtmp://b/other",
    ]);
    expect(failure).toBe("RTMP_ERR_CONNECT_REJECTED");
  });
});

describe.each(ways)("user and password %s and a Reconnect Request", (_where, url, options) => {
  test.each(elsewhere)("to %s: they stay at home", async (tcUrl, asked) => {
    const policies = { a: granting, b: demanding, "a.b": demanding };
    const { servers, client, problems } = await connecting(policies, url, options);
    servers.end(0).reconnect(tcUrl);
    await settle();
    expect(servers.asked).toEqual(["a:1935 live rtmp://a/live", asked]);
    expect(problems).toEqual(["RTMP_ERR_CONNECT_REJECTED"]);
    await client?.close();
  });

  test.each(sameServer)("to %s: they go along", async (tcUrl, server, sent) => {
    const { servers, client, problems } = await connecting(
      { a: granting, A: granting },
      url,
      options,
    );
    servers.end(0).reconnect(tcUrl);
    await settle();
    expect(servers.asked).toEqual(["a:1935 live rtmp://a/live", ...proof(server, sent)]);
    expect(problems).toEqual([]);
    await client?.close();
  });

  test("from another server to itself: they are not there; back home they are", async () => {
    const policies = { a: redirecting("rtmp://b/live"), b: granting };
    const { servers, client, problems } = await connecting(policies, url, options);
    expect(client?.url).toMatchObject({ host: "b", user: undefined, password: undefined });
    servers.end(1).reconnect("/other");
    await settle();
    expect(servers.asked.slice(2)).toEqual(["b:1935 other rtmp://b/other"]);
    expect(problems).toEqual(["RTMP_ERR_CONNECT_REJECTED"]);
    servers.end(1).reconnect("rtmp://a/other");
    await settle();
    expect(servers.asked.slice(3)).toEqual(proof("a:1935", "rtmp://a/other"));
    await client?.close();
  });

  test("to a server that redirects: the redirect follows the same rule", async () => {
    const there = { b: redirecting("rtmp://c/live"), c: demanding };
    const { servers, client } = await connecting({ a: granting, ...there }, url, options);
    servers.end(0).reconnect("rtmp://b/live");
    await settle();
    expect(servers.asked.slice(1)).toEqual([
      "b:1935 live rtmp://b/live",
      "c:1935 live rtmp://c/live",
    ]);
    await client?.close();
  });
});
