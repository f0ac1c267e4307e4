import { ChunkReader, ChunkWriter, MessageTypeId } from "@rtmp/chunk";
import { type Command, decodeCommand, encodeCommand, type UserControl } from "@rtmp/message";
import {
  type ClientSessionHandlers,
  ClientSession,
  type ClientSessionOptions,
  type ClientStream,
  type StreamAnswer,
} from "@rtmp/session";
import { randomSplit, seededRandom, toHex } from "@rtmp/testing";

type Value = Command["args"][number];

/** S0, S1 and S2 of a server that fills them with zeros: the simple form. */
export const serverHandshake = Uint8Array.from({ length: 3073 }, (_, i) => (i === 0 ? 3 : 0));

/** A client session without transport, a server's writer, and everything that the session said. */
export class ClientBench {
  readonly session: ClientSession;
  /** One line per call of a handler. */
  readonly events: string[] = [];
  readonly controls: UserControl[] = [];
  now = 1_000;
  readonly #random = seededRandom(1111);
  readonly #writer = new ChunkWriter();
  readonly #reader = new ChunkReader();
  #open = false;

  constructor(options: Partial<ClientSessionOptions> = {}) {
    this.session = new ClientSession({
      connect: { app: "live", tcUrl: "rtmp://127.0.0.1/live" },
      randomBytes: (length) => new Uint8Array(length).fill(0x11),
      handshake: "simple",
      ...options,
      now: this.now,
      handlers: { ...this.#recording(), ...options.handlers },
    });
  }

  /** A bench that is connected; what the client said so far is taken. */
  static connected(options?: Partial<ClientSessionOptions>): ClientBench {
    const bench = new ClientBench(options);
    bench.shakeHands();
    bench.command(
      0,
      "_result",
      1,
      { fmsVer: "x" },
      { level: "status", code: "NetConnection.Connect.Success" },
    );
    bench.said();
    return bench;
  }

  shakeHands(server = serverHandshake): void {
    this.output();
    this.receive(server);
    // C2 stands in front of the chunks.
    this.#reader.push(this.output().subarray(1536), (message) => this.#said.push(lineOf(message)));
    this.#open = true;
  }

  readonly #said: string[] = [];

  /** Bytes arrive, cut anywhere: no test may depend on where. */
  receive(bytes: Uint8Array): void {
    for (const piece of randomSplit(bytes, this.#random, 600))
      this.session.receive(piece, this.now);
  }

  /** What the session has to send, joined. */
  output(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.session.takeOutput()));
  }

  /** What the session said behind its handshake since the last call: `chunk stream / message stream / type: payload`. */
  said(): string[] {
    if (this.#open) {
      this.#reader.push(this.output(), (message) => this.#said.push(lineOf(message)));
    }
    return this.#said.splice(0);
  }

  /** The names of the commands among {@link said}, with their transaction ids. */
  commands(): string[] {
    return this.said()
      .flatMap((line) => /^\d+\/\d+\/20: (.*)$/.exec(line)?.[1] ?? [])
      .map(nameOf);
  }

  sendPayload(typeId: number, payload: Uint8Array, messageStreamId = 0, timestamp = 0): void {
    this.#writer.write({ chunkStreamId: 3, timestamp, typeId, messageStreamId, payload });
    this.receive(this.#writer.take());
  }

  /** The server sends a command. */
  command(
    messageStreamId: number,
    name: string,
    transactionId: number,
    commandObject: Value = null,
    ...args: Value[]
  ): void {
    const payload = encodeCommand({ name, transactionId, commandObject, args });
    this.sendPayload(MessageTypeId.CommandAmf0, payload, messageStreamId);
  }

  /** The server sends onStatus. */
  status(messageStreamId: number, level: string, code: string, description = ""): void {
    this.command(messageStreamId, "onStatus", 0, null, { level, code, description });
  }

  /** A stream whose publish or play was granted as stream 1. */
  streaming(action: "publish" | "play"): {
    stream: ClientStream;
    answers: StreamAnswer[];
    log: string[];
  } {
    const answers: StreamAnswer[] = [];
    const log: string[] = [];
    const stream = this.session.stream({
      onMedia: (typeId, timestamp, payload) =>
        log.push(`media ${typeId} at ${timestamp}: ${toHex(payload)}`),
      onStatus: ({ code }) => log.push(code),
      onEvent: (event) => log.push(`event ${event}`),
      onEnd: (cause) => log.push(`end ${cause?.code ?? "in order"}`),
    });
    const onAnswer = (answer: StreamAnswer): void => {
      answers.push(answer);
    };
    if (action === "publish") stream.publish("cam", "live", onAnswer);
    else stream.play("cam", {}, onAnswer);
    this.command(0, "_result", action === "publish" ? 4 : 2, null, 1);
    const code = action === "publish" ? "NetStream.Publish.Start" : "NetStream.Play.Start";
    this.status(1, "status", code);
    this.said();
    log.length = 0;
    return { stream, answers, log };
  }

  /** Moves the time on by ticking exactly at each deadline, as a driver does. */
  advance(milliseconds: number): void {
    const end = this.now + milliseconds;
    for (
      let at = this.session.nextDeadline();
      at <= end && !this.session.closed;
      at = this.session.nextDeadline()
    ) {
      this.now = Math.max(this.now, at);
      this.session.tick(this.now);
    }
    this.now = end;
  }

  #recording(): ClientSessionHandlers {
    return {
      onConnected: ({ code }) => this.events.push(`connected ${code}`),
      onStatus: ({ code }) => this.events.push(`status ${code}`),
      onUserControl: (control) => this.controls.push(control),
      onProblem: ({ code }) => this.events.push(`problem ${code}`),
      onClose: (cause) => this.events.push(`close ${cause?.code ?? "in order"}`),
    };
  }
}

function lineOf(message: {
  readonly chunkStreamId: number;
  readonly messageStreamId: number;
  readonly typeId: number;
  take(): Uint8Array;
}): string {
  const { chunkStreamId, messageStreamId, typeId } = message;
  return `${chunkStreamId}/${messageStreamId}/${typeId}: ${toHex(message.take())}`;
}

function nameOf(payload: string): string {
  const bytes = Uint8Array.from(payload.split(" "), (byte) => Number.parseInt(byte, 16));
  const { name, transactionId } = decodeCommand(bytes);
  return `${name} ${transactionId}`;
}
