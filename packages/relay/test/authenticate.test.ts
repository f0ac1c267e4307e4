import type { AccessRequest, AuthenticateAccess } from "@rtmp/relay";
import { ConnectAuthenticator } from "@rtmp/session";
import { describe, expect, test } from "vitest";
import { TestServer } from "./served.ts";

/** Lets everybody do everything, and keeps what was asked. */
function asking(): { authorise: (request: AccessRequest) => { granted: true }; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    authorise: ({ user, action, path, connect }) => {
      const query = JSON.stringify(Object.fromEntries(path.query));
      asked.push(`${user} ${action} ${path.streamPath} ${query} of ${connect.app}`);
      return { granted: true };
    },
  };
}

const proof = "authmod=adobe&user=alice&challenge=0011aabb&response=a/b+c==&opaque=opq";

describe("authenticate", () => {
  test("refuses connect with what the client has to hear, and the connection ends", () => {
    const description = "[ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ] : ";
    const server = new TestServer({ authenticate: () => ({ granted: false, description }) });
    const peer = server.connected();
    const [refusal] = peer.client.commands("_error");
    expect(refusal?.command?.args[0]).toEqual({
      level: "error",
      code: "NetConnection.Connect.Rejected",
      description,
    });
    expect(peer.events).toEqual(["close RTMP_ERR_CONNECT_REJECTED"]);
    expect(peer.client.closed).toBe(true);
  });

  test("is asked with what the client said", () => {
    const asked: string[] = [];
    const server = new TestServer({
      authenticate: ({ app, tcUrl }) => {
        asked.push(app, tcUrl);
        return { granted: true };
      },
    });
    expect(server.connected("app?a=b").events).toEqual(["connect app?a=b"]);
    expect(asked).toEqual(["app?a=b", "rtmp://127.0.0.1/app?a=b"]);
  });

  test("names the user to authorise, without its parameters in the path", () => {
    const { asked, authorise } = asking();
    const server = new TestServer({
      authenticate: () => ({ granted: true, user: "alice" }),
      authorise,
    });
    const peer = server.connected(`live?token=x?${proof}`);
    peer.client.command(0, "createStream", null);
    peer.client.command(1, "publish", null, "cam", "live");
    peer.settle();
    expect(peer.client.codes.at(-1)).toBe("NetStream.Publish.Start");
    expect(asked).toEqual([`alice publish live/cam {"token":"x"} of live?token=x?${proof}`]);
  });

  test("may leave the user open", () => {
    const { asked, authorise } = asking();
    const server = new TestServer({ authenticate: () => ({ granted: true }), authorise });
    server.player();
    expect(asked).toEqual(["undefined play live/cam {} of live"]);
  });

  test("is not there: everybody may connect, and the parameters are any others", () => {
    const { asked, authorise } = asking();
    const peer = new TestServer({ authorise }).connected("live?authmod=adobe");
    peer.client.command(0, "createStream", null);
    peer.client.command(1, "play", null, "cam");
    peer.settle();
    expect(asked).toEqual(['undefined play live/cam {"authmod":"adobe"} of live?authmod=adobe']);
  });

  test("that throws ends the connection, and says so to the observer", () => {
    const server = new TestServer({
      authenticate: () => {
        throw new Error("no table");
      },
    });
    const peer = server.connected();
    expect(peer.events).toEqual(["internal error Error: no table", "close RTMP_ERR_INTERNAL"]);
    expect(peer.client.codes).toEqual([]);
  });
});

/** A server whose answer the test gives. */
function waiting() {
  let grant!: (access: AuthenticateAccess) => void;
  let fail!: (error: Error) => void;
  const { asked, authorise } = asking();
  const server = new TestServer({
    authorise,
    authenticate: () =>
      new Promise((resolve, reject) => {
        grant = resolve;
        fail = reject;
      }),
  });
  return { server, asked, answer: (access: AuthenticateAccess) => grant(access), fail };
}

describe("authenticate that answers later", () => {
  test("holds back every command behind connect", async () => {
    const { server, asked, answer } = waiting();
    const peer = server.publisher();
    expect(peer.client.codes).toEqual([]);
    answer({ granted: true, user: "alice" });
    await server.settleLater();
    expect(peer.client.codes).toEqual(["NetConnection.Connect.Success", "NetStream.Publish.Start"]);
    expect(asked).toEqual(["alice publish live/cam {} of live"]);
  });

  test("may refuse", async () => {
    const { server, answer } = waiting();
    const peer = server.publisher();
    answer({ granted: false, description: "no" });
    await server.settleLater();
    expect(peer.client.codes).toEqual(["NetConnection.Connect.Rejected"]);
    expect(peer.events).toEqual(["close RTMP_ERR_CONNECT_REJECTED"]);
    expect(server.hub.stats()).toEqual([]);
  });

  test("that fails refuses, and says so to the observer", async () => {
    const server = new TestServer({ authenticate: () => Promise.reject(new Error("no database")) });
    const peer = server.publisher();
    await server.settleLater();
    expect(peer.client.codes).toEqual(["NetConnection.Connect.Rejected"]);
    expect(peer.events).toEqual([
      "internal error Error: no database",
      "close RTMP_ERR_CONNECT_REJECTED",
    ]);
  });

  test("is told to nobody when the client has gone", async () => {
    for (const access of [{ granted: true }, { granted: false, description: "no" }] as const) {
      const { server, answer } = waiting();
      const peer = server.publisher();
      peer.near.reset();
      peer.settle();
      answer(access);
      await server.settleLater();
      expect(peer.events).toEqual(["close RTMP_ERR_CONNECTION_LOST"]);
    }
  });
});

test("a ConnectAuthenticator serves all connections: each step comes on another one", () => {
  const { asked, authorise } = asking();
  const authenticator = new ConnectAuthenticator({
    password: (user) => (user === "alice" ? "secret" : undefined),
    // The challenge is 01 twelve times, the salt 01 eight times.
    randomBytes: (length) => new Uint8Array(length).fill(1),
  });
  const server = new TestServer({
    authorise,
    authenticate: (connect) => authenticator.check(connect),
  });
  expect(server.connected("live").client.codes).toEqual(["NetConnection.Connect.Rejected"]);
  const user = "live?authmod=adobe&user=alice";
  const challenged = server.connected(user).client;
  expect(challenged.codes).toEqual(["NetConnection.Connect.Rejected"]);

  // Computed with Python's hashlib.
  const response = "tBCCFHJ9Ub67sMyROAUHJQ==";
  const opaque = "01".repeat(12);
  const granted = server.connected(
    `${user}&challenge=0011aabb&response=${response}&opaque=${opaque}`,
  );
  granted.client.command(0, "createStream", null);
  granted.client.command(1, "publish", null, "cam", "live");
  granted.settle();
  expect(granted.client.codes).toEqual([
    "NetConnection.Connect.Success",
    "NetStream.Publish.Start",
  ]);
  expect(asked).toEqual([expect.stringMatching(/^alice publish live\/cam \{\} of /)]);
});
