import { MessageTypeId, type OutgoingMessage } from "@rtmp/chunk";
import { decodeSharedObject } from "@rtmp/message";
import { type SharedObjectPolicy, SharedObjects, type SharedObjectSnapshot } from "@rtmp/relay";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { keyframe, sendMedia, TestServer, type TestPeer, videoHeader } from "../served.ts";

// The object "chat", version 0, not persistent.
const header = "00 04 63 68 61 74 00 00 00 00 00 00 00 00 00 00 00 00";
const persistentHeader = "00 04 63 68 61 74 00 00 00 00 00 00 00 02 00 00 00 00";
const use = "01 00 00 00 00";
const setName = "03 00 00 00 0c 00 04 6e 61 6d 65 02 00 03 62 6f 62";

const message = (
  text: string,
  typeId: number = MessageTypeId.SharedObjectAmf0,
): OutgoingMessage => ({
  chunkStreamId: 3,
  timestamp: 0,
  typeId,
  messageStreamId: 0,
  payload: hex(text),
});

/** Payloads of shared objects that a client got. */
const got = ({ client }: TestPeer): string[] =>
  client.received
    .filter(({ typeId }) => typeId === MessageTypeId.SharedObjectAmf0)
    .map(({ payload }) => toHex(payload));

const inHex = (...texts: string[]): string[] => texts.map((text) => toHex(hex(text)));

function opened(server: TestServer): TestPeer {
  const peer = server.connected();
  peer.client.send(message(`${header} ${use}`));
  peer.settle();
  return peer;
}

describe("serve with shared objects", () => {
  test("answers in the bytes of the specification, and tells the other clients", async () => {
    const server = new TestServer({ sharedObjects: new SharedObjects() });
    const [ann, bob] = [opened(server), opened(server)];
    ann.client.send(message(`${header} ${setName}`));
    ann.settle();
    await server.settleLater();
    const granted = `${header} 0b 00 00 00 00 08 00 00 00 00`;
    const changed = "00 04 63 68 61 74 00 00 00 01 00 00 00 00 00 00 00 00";
    expect(got(ann)).toEqual(inHex(granted, `${changed} 05 00 00 00 06 00 04 6e 61 6d 65`));
    expect(got(bob)).toEqual(
      inHex(granted, `${changed} 04 00 00 00 0c 00 04 6e 61 6d 65 02 00 03 62 6f 62`),
    );
  });

  test("takes type 16 too", () => {
    const server = new TestServer({ sharedObjects: new SharedObjects() });
    const ann = server.connected();
    ann.client.send(message(`00 ${header} ${use}`, MessageTypeId.SharedObjectAmf3));
    ann.settle();
    expect(got(ann)).toHaveLength(1);
  });

  test("leaves every object of a connection that ends", () => {
    const sharedObjects = new SharedObjects();
    const server = new TestServer({ sharedObjects });
    const ann = opened(server);
    expect(sharedObjects.size).toBe(1);
    ann.near.reset();
    server.settle();
    expect(sharedObjects.size).toBe(0);
  });

  test("keeps a connection that has one open and no stream, and no other", () => {
    const server = new TestServer({ sharedObjects: new SharedObjects() });
    const [ann, idle] = [opened(server), server.connected()];
    for (let second = 0; second < 120; second++) {
      server.clock.advance(1_000);
      server.settle();
    }
    expect([ann.client.closed, idle.events.at(-1)]).toEqual([
      undefined,
      "close RTMP_ERR_IDLE_TIMEOUT",
    ]);
    ann.client.send(message(`${header} 02 00 00 00 00`));
    server.settle();
    server.clock.advance(31_000);
    expect(ann.events.at(-1)).toBe("close RTMP_ERR_IDLE_TIMEOUT");
  });

  test("tells a player of what changes between its media", async () => {
    const server = new TestServer({ sharedObjects: new SharedObjects() });
    const [publisher, player, ann] = [server.publisher(), server.player(), opened(server)];
    player.client.send(message(`${header} ${use}`));
    sendMedia(publisher, videoHeader(), keyframe(0));
    ann.client.send(message(`${header} ${setName}`));
    ann.settle();
    await server.settleLater();
    expect(got(player)).toHaveLength(2);
    expect(player.events).not.toContain("close");
  });
});

describe("serve without shared objects", () => {
  test("says to whoever wants one that it cannot be made", () => {
    const ann = opened(new TestServer());
    expect(got(ann).map((payload) => decodeSharedObject(hex(payload)))).toEqual([
      {
        name: "chat",
        version: 0,
        persistent: false,
        events: [{ type: "status", code: "SharedObject.ObjectCreationFailed", level: "error" }],
      },
    ]);
    ann.client.send(message(`${header} ${setName}`));
    ann.settle();
    expect(got(ann)).toHaveLength(1);
    expect(ann.problems.map(({ code }) => code)).toEqual([
      "RTMP_ERR_SHARED_OBJECT_NOT_OPEN",
      "RTMP_ERR_SHARED_OBJECT_NOT_OPEN",
    ]);
  });
});

describe("a client that asks for all slots again and again", () => {
  // One slot of 4 KiB; the limits let 16 KiB wait.
  const large = `03 00 00 10 05 00 01 61 02 0f ff ${"78 ".repeat(0x0fff)}`;
  const limits = { maxSharedObjectQueueBytes: 16_384 };

  async function flooded(flood: OutgoingMessage[]): Promise<[TestPeer, TestPeer]> {
    const server = new TestServer({ sharedObjects: new SharedObjects({ limits }) });
    const [ann, eve] = [opened(server), opened(server)];
    ann.client.send(message(`${header} ${large}`));
    ann.settle();
    await server.settleLater();
    eve.client.send(...flood);
    await server.settleLater();
    return [ann, eve];
  }

  test("in many messages of one read is cut off, and others are not", async () => {
    const [ann, eve] = await flooded(
      Array.from({ length: 100 }, () => message(`${header} ${use}`)),
    );
    expect(eve.events.at(-1)).toBe("close RTMP_ERR_SLOW_SHARED_OBJECT_CLIENT");
    expect(eve.client.receivedBytes).toBeLessThan(3_073 + 40_000);
    expect(ann.client.closed).toBeUndefined();
  });

  test("in one message is cut off", async () => {
    const [ann, eve] = await flooded([message(`${header} ${`${use} `.repeat(100)}`)]);
    expect(eve.events.at(-1)).toBe("close RTMP_ERR_SLOW_SHARED_OBJECT_CLIENT");
    expect(eve.client.receivedBytes).toBeLessThan(3_073 + 20_000);
    expect(ann.client.closed).toBeUndefined();
  });

  test("and reads them every time is served", async () => {
    const server = new TestServer({ sharedObjects: new SharedObjects({ limits }) });
    const [ann, bob] = [opened(server), opened(server)];
    ann.client.send(message(`${header} ${large}`));
    ann.settle();
    await server.settleLater();
    for (let round = 0; round < 20; round++) {
      bob.client.send(message(`${header} ${use}`));
      await server.settleLater();
    }
    expect([bob.client.closed, got(bob).length]).toEqual([undefined, 22]);
  });
});

/** A server whose store answers when the test says so. */
function lateServer(policy: SharedObjectPolicy = {}) {
  let resolveLoad: ((snapshot: SharedObjectSnapshot) => void) | undefined;
  const store = {
    load: () => new Promise<SharedObjectSnapshot>((resolve) => (resolveLoad = resolve)),
    save() {},
  };
  const arrive = (slots: SharedObjectSnapshot["slots"]): void =>
    resolveLoad?.({ version: 1111, slots });
  const sharedObjects = new SharedObjects({ store, policy });
  return { server: new TestServer({ sharedObjects }), arrive };
}

describe("a persistent object that is loaded later", () => {
  test("answers whoever waited in one write", async () => {
    const { server, arrive } = lateServer();
    const ann = server.connected();
    ann.client.send(
      message(`${persistentHeader} ${use}`),
      message(`${persistentHeader} ${setName}`),
    );
    ann.settle();
    expect(got(ann)).toEqual([]);
    arrive(new Map([["a", null]]));
    await server.settleLater();
    expect(got(ann)).toEqual(
      inHex(
        `00 04 63 68 61 74 00 00 04 57 00 00 00 02 00 00 00 00
          0b 00 00 00 00 08 00 00 00 00 04 00 00 00 04 00 01 61 05`,
        "00 04 63 68 61 74 00 00 04 58 00 00 00 02 00 00 00 00 05 00 00 00 06 00 04 6e 61 6d 65",
      ),
    );
  });

  test("and whose policy fails then ends the connection that asked, no other", async () => {
    const { server, arrive } = lateServer({
      mayWrite: () => {
        throw new Error("no database");
      },
    });
    const [ann, bob] = [server.connected(), server.connected()];
    bob.client.send(message(`${persistentHeader} ${use}`));
    ann.client.send(
      message(`${persistentHeader} ${use}`),
      message(`${persistentHeader} ${setName}`),
    );
    server.settle();
    arrive(new Map());
    await server.settleLater();
    expect(ann.events).toContain("internal error Error: no database");
    expect(ann.events.at(-1)).toBe("close RTMP_ERR_INTERNAL");
    expect([got(bob).length, bob.client.closed]).toEqual([1, undefined]);
  });
});
