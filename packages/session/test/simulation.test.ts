import { MessageTypeId } from "@rtmp/chunk";
import type { ClientStream, KeyAgreement, ServerStream } from "@rtmp/session";
import { pair, type SessionPair, seededRandom } from "@rtmp/testing";
import { expect, test } from "vitest";

const simulations = Number(process.env["RTMP_SIMULATIONS"] ?? 10_000);
const types = [MessageTypeId.Audio, MessageTypeId.Video, MessageTypeId.DataAmf0];

/** Keys that are no keys: the two sides agree on the same secret, without any powers. */
const fixedKeys: KeyAgreement = {
  createKeyPair: () => ({
    publicKey: new Uint8Array(128).fill(0x11),
    computeSecret: () => new Uint8Array(128).fill(0x22),
  }),
};

/** Two sessions that publish, play and call in both directions, and what each got from the other. */
class Simulation {
  readonly pair: SessionPair;
  readonly up = new Traffic();
  readonly down = new Traffic();
  readonly calls = new Traffic();
  readonly callsBack = new Traffic();
  readonly faults: string[] = [];
  readonly #random: () => number;
  #publishing: ClientStream | undefined;
  #playing: ServerStream | undefined;

  constructor(seed: number) {
    this.#random = seededRandom(seed ^ 0x5bd1e995);
    this.pair = pair({
      seed,
      client: {
        connect: { app: "live", tcUrl: "rtmp://127.0.0.1/live" },
        handshake: this.#random() < 0.1 ? "digest" : "simple",
        ...(seed % 16 === 0 ? { rtmpe: fixedKeys } : {}),
        chunkSize: 1 + Math.floor(this.#random() * 300),
        handlers: {
          onConnected: () => this.#onConnected(),
          onCall: (call) => {
            this.callsBack.got(call.args[0]);
            call.accept(call.args[0]);
          },
          onProblem: (error) => this.faults.push(`client: ${error.message}`),
          onClose: (cause) => this.#onClose("client", cause),
        },
      },
      server: {
        rtmpe: fixedKeys,
        chunkSize: 1 + Math.floor(this.#random() * 300),
        handlers: {
          onPublish: (request) => request.accept(),
          onPlay: (request) => {
            request.accept();
            this.#playing = request.stream;
          },
          onMedia: (_stream, typeId, timestamp, payload) =>
            this.up.got(describe(typeId, timestamp, payload)),
          onStreamEnd: (stream) => {
            if (stream === this.#playing) this.#playing = undefined;
          },
          onCall: (call) => {
            this.calls.got(call.args[0]);
            call.accept(call.args[0]);
          },
          onProblem: (error) => this.faults.push(`server: ${error.message}`),
          onClose: (cause) => this.#onClose("server", cause),
        },
      },
    });
  }

  run(cutChance: number): void {
    this.pair.weather({ steps: 12, cutChance, onStep: () => this.#speak() });
  }

  #onConnected(): void {
    const publishing = this.pair.client.stream({});
    publishing.publish("cam", "live", (answer) => {
      if (answer.ok) this.#publishing = publishing;
    });
    const playing = this.pair.client.stream({
      onMedia: (typeId, timestamp, payload) => {
        if (isSampleAccess(payload)) return;
        this.down.got(describe(typeId, timestamp, payload));
      },
    });
    playing.play("cam", {}, () => {});
  }

  #speak(): void {
    for (let count = Math.floor(this.#random() * 4); count > 0; count--) {
      const message = this.#message();
      const [typeId, timestamp, payload] = message;
      if (this.#publishing?.write(...message) === true) {
        this.up.sent(describe(typeId, timestamp, payload));
      }
      if (this.#playing !== undefined && this.#random() < 0.5) {
        this.#playing.sendMedia(typeId, timestamp, payload);
        this.down.sent(describe(typeId, timestamp, payload));
      }
    }
    const { client, server } = this.pair;
    if (client.reply === undefined || client.closed || server.closed) return;
    this.#call(client, this.calls);
    this.#call(server, this.callsBack);
  }

  #call(caller: { call: SessionPair["client"]["call"] }, traffic: Traffic): void {
    if (this.#random() < 0.7) return;
    const number = traffic.count;
    caller.call("echo", [number], (answer) => {
      if (answer.ok && answer.command.args[0] !== number) this.faults.push("the wrong answer");
      if (!answer.ok && answer.error.code !== "RTMP_ERR_SESSION_ENDED") {
        this.faults.push(answer.error.message);
      }
    });
    traffic.sent(number);
  }

  /** Times of all ranges, also across the limits of 24 and 32 bits; sizes around that of a chunk. */
  #message(): [typeId: number, timestamp: number, payload: Uint8Array] {
    const typeId = types[Math.floor(this.#random() * types.length)] ?? MessageTypeId.Audio;
    const base = [0, 0xfffff0, 0x7ffffff0, 0xfffffff0][Math.floor(this.#random() * 4)] ?? 0;
    const timestamp = (base + Math.floor(this.#random() * 64)) >>> 0;
    const length = Math.floor(this.#random() ** 3 * 1_500);
    return [typeId, timestamp, new Uint8Array(length).fill(1 + Math.floor(this.#random() * 255))];
  }

  #onClose(side: string, cause: { code: string; message: string } | undefined): void {
    if (cause !== undefined && cause.code !== "RTMP_ERR_CONNECTION_LOST") {
      this.faults.push(`${side}: ${cause.message}`);
    }
  }
}

/** What one side sent and the other got. */
class Traffic {
  readonly #sent: unknown[] = [];
  readonly #got: unknown[] = [];

  get count(): number {
    return this.#sent.length;
  }

  sent(message: unknown): void {
    this.#sent.push(message);
  }

  got(message: unknown): void {
    this.#got.push(message);
  }

  /** What came is what was sent, in order; all of it, unless the connection broke. */
  check(what: string, whole: boolean): string[] {
    const expected = whole ? this.#sent : this.#sent.slice(0, this.#got.length);
    const same =
      expected.length === this.#got.length && expected.every((m, i) => m === this.#got[i]);
    return same ? [] : [`${what}: ${this.#got.length} of ${this.#sent.length} came, or others`];
  }
}

function describe(typeId: number, timestamp: number, payload: Uint8Array): string {
  return `${typeId} ${timestamp} ${payload.length} ${payload[0] ?? ""} ${payload.at(-1) ?? ""}`;
}

/** The server sends `|RtmpSampleAccess` in front of the media. */
function isSampleAccess(payload: Uint8Array): boolean {
  return payload[0] === 2 && payload[3] === "|".codePointAt(0);
}

test(`${simulations} simulations lose, double and reorder nothing`, { timeout: 240_000 }, () => {
  const failures: string[] = [];
  let delivered = 0;
  let cuts = 0;
  for (let seed = 1; seed <= simulations && failures.length === 0; seed++) {
    const simulation = new Simulation(seed);
    const breaks = seed % 4 === 0;
    simulation.run(breaks ? 0.1 : 0);
    const broken = simulation.pair.client.closed;
    if (broken) cuts++;
    const { up, down, calls, callsBack, faults } = simulation;
    const wrong = [
      ...faults,
      ...(broken && !breaks ? ["the connection ended by itself"] : []),
      ...up.check("published", !broken),
      ...down.check("played", !broken),
      ...calls.check("called", !broken),
      ...callsBack.check("called back", !broken),
    ];
    if (wrong.length > 0) failures.push(`seed ${seed}: ${wrong.join("; ")}`);
    delivered += up.count + down.count + calls.count + callsBack.count;
  }
  expect(failures).toEqual([]);
  console.info(
    `${simulations} simulations, ${delivered} messages and calls, ${cuts} broken connections`,
  );
  // Most of the traffic must have taken place, or the simulation shows nothing.
  expect(delivered).toBeGreaterThan(simulations * 10);
  expect(cuts).toBeGreaterThan(simulations / 20);
});
