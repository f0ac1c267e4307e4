import { ChunkReader, ChunkWriter, MessageTypeId } from "@rtmp/chunk";
import { type Command, decodeCommand } from "@rtmp/message";
import { IncomingPlay, IncomingPublish, ServerSession, type ServerStream } from "@rtmp/session";
import { seededRandom } from "@rtmp/testing";
import { expect, test } from "vitest";
import { audio, clientHandshake, commandMessage } from "./bench.ts";

const runs = Number(process.env["RTMP_SIMULATIONS"] ?? 10_000) / 5;

interface Asked {
  accept(): boolean;
  reject(rejection: { description: string }): boolean;
}

/** A client that says anything in any order, and an owner that answers some time, in any order, or ends it all. */
class AnyOrder {
  readonly wrong: string[] = [];
  ends = 0;
  grants = 0;
  readonly #random: () => number;
  readonly #session: ServerSession;
  readonly #writer = new ChunkWriter();
  readonly #reader = new ChunkReader();
  readonly #asked: Asked[] = [];
  readonly #active = new Set<ServerStream>();
  readonly #endChance: number;
  #starts = 0;
  #startsSaid = 0;
  #closed = false;
  #now = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    this.#endChance = seed % 2 === 0 ? 0.05 : 0;
    const keep = (request: Asked): void => this.#keep(request);
    this.#session = new ServerSession({
      now: 0,
      limits: { maxPendingCalls: 5, maxPendingCommands: 8, maxStreams: 3, maxPlaylistEntries: 2 },
      handlers: {
        onConnect: keep,
        onPublish: keep,
        onPlay: keep,
        onPlay2: keep,
        onPause: keep,
        onSeek: keep,
        onGetStreamLength: (request) =>
          keep({
            accept: () => request.accept(1_111),
            reject: (rejection) => request.reject(rejection),
          }),
        onCall: keep,
        onReceive: () => this.#called("onReceive"),
        onMedia: (stream) => {
          if (stream.state !== "publishing") this.wrong.push("media of a stream that is idle");
          this.#called("onMedia");
        },
        onStreamEnd: (stream) => {
          this.#called("onStreamEnd");
          this.ends++;
          if (!this.#active.delete(stream)) this.wrong.push("the end of a stream that was idle");
        },
        onProblem: () => this.#called("onProblem"),
        onClose: () => {
          this.#called("onClose");
          this.#closed = true;
        },
      },
    });
    this.#session.receive(clientHandshake.slice(), 0);
    this.#session.takeOutput();
  }

  run(steps: number): void {
    this.#say("connect", 0, { app: "live" });
    for (let step = 0; step < steps; step++) {
      for (let count = this.#int(4); count > 0; count--) this.#command();
      this.#session.receive(this.#writer.take(), ++this.#now);
      if (this.#random() < 0.5) this.#answerAny();
      this.#read();
    }
    while (this.#asked.length > 0) {
      this.#answerAny();
      this.#read();
    }
    if (!this.#closed) this.#session.end();
    if (this.#active.size > 0) this.wrong.push("a stream without an end");
    if (this.#session.takeOutput().length > 0) this.wrong.push("output behind the end");
    if (this.#starts !== this.#startsSaid) {
      this.wrong.push(`${this.#starts} were granted, ${this.#startsSaid} clients were told`);
    }
  }

  #command(): void {
    const id = this.#int(4);
    const name = this.#pick(["one", "two"]);
    const say = this.#pick<() => void>([
      () => this.#say("createStream", 0, null),
      () => this.#say("publish", id, null, name, "live"),
      () => this.#say("play", id, null, name, -2, -1, this.#pick([true, false])),
      () => this.#say("play2", id, null, { streamName: name }),
      () => this.#say("pause", id, null, this.#pick([true, false]), 0),
      () => this.#say("seek", id, null, 1_111),
      () => this.#say("receiveVideo", id, null, this.#pick([true, false])),
      () => this.#say("closeStream", id, null),
      () => this.#say("deleteStream", 0, null, id),
      () => this.#say("FCUnpublish", 0, null, name),
      () => this.#say("getStreamLength", 0, null, name),
      () => this.#say("draw", id, null),
      () => this.#writer.write(audio(this.#now, id)),
    ]);
    say();
  }

  #say(
    name: string,
    messageStreamId: number,
    object: null | { app: string },
    ...args: Command["args"]
  ): void {
    const message = commandMessage(messageStreamId, name, this.#int(3), object, ...args);
    this.#writer.write(message);
  }

  #keep(request: Asked): void {
    this.#called("a request");
    this.#asked.push(request);
    if (this.#random() < 0.3) this.#answerAny();
  }

  #answerAny(): void {
    const [request] = this.#asked.splice(this.#int(this.#asked.length), 1);
    if (request === undefined) return;
    if (this.#random() < 0.3) {
      request.reject({ description: "no" });
      return;
    }
    const granted = request.accept();
    if (!granted) return;
    if (this.#closed) this.wrong.push("a grant behind the end");
    this.grants++;
    if (!(request instanceof IncomingPublish || request instanceof IncomingPlay)) return;
    this.#starts++;
    const { stream } = request;
    if (this.#active.has(stream)) this.wrong.push("a stream that began twice");
    this.#active.add(stream);
  }

  /** What the client is told; the chunk reader wants it whole and in order. */
  #read(): void {
    for (const piece of this.#session.takeOutput()) {
      this.#reader.push(piece.slice(), (message) => {
        const isCommand = message.typeId === MessageTypeId.CommandAmf0;
        const text = isCommand ? JSON.stringify(decodeCommand(message.payload).args) : "";
        // RtmpSampleAccess comes with each play, and nothing else does as data.
        const isStart = message.typeId === MessageTypeId.DataAmf0 || text.includes("Publish.Start");
        if (isStart) this.#startsSaid++;
      });
    }
  }

  #called(what: string): void {
    if (this.#closed) this.wrong.push(`${what} behind the end`);
    else if (this.#random() < this.#endChance) this.#session.end();
  }

  #int(below: number): number {
    return Math.floor(this.#random() * below);
  }

  #pick<T>(values: readonly [T, ...T[]]): T {
    return values[this.#int(values.length)] ?? values[0];
  }
}

test(`${runs} orders of commands and answers leave nothing open`, { timeout: 120_000 }, () => {
  let ends = 0;
  let grants = 0;
  for (let seed = 1; seed <= runs; seed++) {
    const order = new AnyOrder(seed);
    order.run(30);
    expect({ seed, wrong: order.wrong }).toEqual({ seed, wrong: [] });
    ends += order.ends;
    grants += order.grants;
  }
  // Most of it must have happened, or the test shows nothing.
  expect(ends).toBeGreaterThan(runs);
  expect(grants).toBeGreaterThan(runs * 2);
});
