import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { ClientSession, type ClientStream, type StreamAnswer } from "@rtmp/session";
import { byteByByte, randomSplit, seededRandom } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

// What SRS, nginx-rtmp, Node-Media-Server and a small server once answered to other clients, said to ours.
const folder = new URL("../../../testing/fixtures/captures/", import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".s2c.bin"))
  .map((file) => file.slice(0, -".s2c.bin".length));

// These clients sent no releaseStream: createStream was their second command and is our fourth, so no answer is for it.
const withOtherTransactions: ReadonlySet<string> = new Set([
  "gstreamer-publish-h264-aac",
  "gstreamer-publish-killed",
  "nginx-push-h264-aac",
]);

/** One message of a capture's list. */
interface Listed {
  readonly dir: "c2s" | "s2c";
  readonly typeId: number;
  readonly timestamp: number;
  readonly length: number;
  readonly sha1: string;
}

const mediaTypes: ReadonlySet<number> = new Set([8, 9, 15, 18]);

const lineOf = (typeId: number, timestamp: number, length: number, sha1: string): string =>
  `${typeId} at ${timestamp}: ${length} bytes ${sha1}`;

/** A client that publishes or plays as soon as it is connected, and what it was told. */
class Client {
  readonly session: ClientSession;
  readonly media: string[] = [];
  readonly problems: string[] = [];
  stream: ClientStream | undefined;
  answer: StreamAnswer | undefined;
  closed: string | undefined;

  constructor(publishes: boolean) {
    this.session = new ClientSession({
      now: 0,
      connect: { app: "live", tcUrl: "rtmp://127.0.0.1/live" },
      // The servers echoed the first block of another client: only the simple form can follow that.
      handshake: "simple",
      handlers: {
        onConnected: () => this.#begin(publishes),
        onProblem: ({ code }) => this.problems.push(code),
        onClose: (cause) => (this.closed = cause?.code ?? "in order"),
      },
    });
  }

  #begin(publishes: boolean): void {
    this.stream = this.session.stream({
      onMedia: (typeId, timestamp, payload) => {
        const sha1 = createHash("sha1").update(payload).digest("hex");
        this.media.push(lineOf(typeId, timestamp, payload.length, sha1));
      },
    });
    const onAnswer = (answer: StreamAnswer): void => {
      this.answer = answer;
    };
    if (publishes) this.stream.publish("cam", "live", onAnswer);
    else this.stream.play("cam", {}, onAnswer);
  }
}

/** Whether the client of a capture published; nginx did when it pushed. */
const isPublisher = (name: string): boolean =>
  /-(?:publish|push)-/.test(name) && !/-play-/.test(name);

const splits: readonly [string, (bytes: Uint8Array) => Uint8Array[]][] = [
  ["whole", (bytes) => [bytes.slice()]],
  ["in pieces of random length", (bytes) => randomSplit(bytes, seededRandom(1111), 3_000)],
  ["byte by byte", byteByByte],
];

describe.each(names.filter((name) => !withOtherTransactions.has(name)))(
  "the server of %s",
  (name) => {
    const bytes = new Uint8Array(readFileSync(new URL(`${name}.s2c.bin`, folder)));
    const list: Listed[] = JSON.parse(
      readFileSync(new URL(`${name}.messages.json`, folder), "utf8"),
    );
    const expected = list
      .filter(({ dir, typeId }) => dir === "s2c" && mediaTypes.has(typeId))
      .map(({ typeId, timestamp, length, sha1 }) => lineOf(typeId, timestamp, length, sha1));

    test.each(splits)("is understood, its bytes %s", (_how, split) => {
      const client = new Client(isPublisher(name));
      for (const [at, piece] of split(bytes).entries()) client.session.receive(piece, at);

      expect(client.session.reply?.code).toBe("NetConnection.Connect.Success");
      expect(client.answer).toEqual({ ok: true });
      expect(client.stream?.state).toBe(isPublisher(name) ? "publishing" : "playing");
      expect(client.stream?.id).toBe(1);
      expect(client.media).toEqual(isPublisher(name) ? [] : expected);
      expect(client.problems).toEqual([]);
      expect(client.closed).toBe(undefined);
    });
  },
);

test.each([...withOtherTransactions])(
  "answers of %s to other commands are taken for none of ours",
  (name) => {
    const client = new Client(true);
    client.session.receive(new Uint8Array(readFileSync(new URL(`${name}.s2c.bin`, folder))), 0);
    expect(client.session.reply?.code).toBe("NetConnection.Connect.Success");
    expect(client.stream?.state).toBe("publish-pending");
    expect(client.answer).toBe(undefined);
    expect(client.problems).toEqual([]);
  },
);

test.each([
  "ffmpeg5-play-h264-aac-nginx",
  "ffmpeg5-publish-h264-aac-nms",
  "ffmpeg8-publish-av1-opus-srs",
])(
  "the server of %s may be damaged in any byte: a fault ends the session, and nothing throws",
  (name) => {
    const bytes = new Uint8Array(readFileSync(new URL(`${name}.s2c.bin`, folder)));
    const random = seededRandom(2222);
    let ends = 0;
    for (let round = 0; round < 300; round++) {
      // Behind the handshake, and mostly in front of the media.
      const damaged = bytes.slice(0, Math.min(bytes.length, 20_000));
      const at = 3073 + Math.floor(random() * Math.min(1_500, damaged.length - 3073));
      damaged[at] = (damaged[at] ?? 0) ^ (1 + Math.floor(random() * 255));
      const client = new Client(isPublisher(name));
      client.session.receive(damaged, 0);
      client.session.takeOutput();
      if (client.session.closed) ends++;
      expect(client.session.closed).toBe(client.closed !== undefined);
      client.session.end();
      // Whatever became of it, publish or play has an answer by now.
      expect(client.answer === undefined).toBe(client.stream === undefined);
    }
    expect(ends).toBeGreaterThan(10);
  },
);
