import { ChunkReader, ChunkWriter, MessageTypeId, type OutgoingMessage } from "@rtmp/chunk";
import { type Command, decodeCommand, encodeCommand } from "@rtmp/message";
import {
  type IncomingConnect,
  type IncomingPlay,
  type IncomingPublish,
  ServerSession,
  type ServerSessionHandlers,
  type ServerSessionOptions,
  type ServerStream,
} from "@rtmp/session";
import { randomSplit, seededBytes, seededRandom, toHex } from "@rtmp/testing";
import type { RtmpError } from "@rtmp/wire";

type Value = Command["args"][number];

/** C0, C1 and C2 of a client that fills them with zeros. */
export const clientHandshake = Uint8Array.from({ length: 3073 }, (_, i) => (i === 0 ? 3 : 0));

/** A message that the session sent. */
export interface Reply {
  readonly chunkStreamId: number;
  readonly messageStreamId: number;
  readonly typeId: number;
  readonly payload: Uint8Array;
  readonly command: Command | undefined;
}

/** A message of a publisher as the owner got it. */
export interface Media {
  readonly stream: ServerStream;
  readonly typeId: number;
  readonly timestamp: number;
  readonly payload: Uint8Array;
}

export interface BenchOptions extends Partial<Omit<ServerSessionOptions, "handlers">> {
  /** Replace those of the bench, which grant every request at once. */
  readonly handlers?: Partial<ServerSessionHandlers>;
  /** Requests are only kept, for the test to answer. */
  readonly late?: boolean;
}

/** A server session without transport, a client's writer, and everything that the session said. */
export class Bench {
  readonly session: ServerSession;
  /** One line per call of a handler, but for `onOutput` and `onMedia`. */
  readonly events: string[] = [];
  readonly problems: RtmpError[] = [];
  readonly media: Media[] = [];
  readonly connects: IncomingConnect[] = [];
  readonly publishes: IncomingPublish[] = [];
  readonly plays: IncomingPlay[] = [];
  /** Calls of `onOutput`. */
  outputs = 0;
  now: number;
  readonly #random = seededRandom(1111);
  readonly #writer = new ChunkWriter();
  readonly #reader = new ChunkReader();

  constructor({ handlers, late = false, ...options }: BenchOptions = {}) {
    this.now = options.now ?? 1_000;
    this.session = new ServerSession({
      randomBytes: (length) => seededBytes(seededRandom(1111), length),
      ...options,
      now: this.now,
      handlers: { ...this.#recording(late), ...handlers },
    });
  }

  /** A bench whose client has shaken hands. */
  static opened(options?: BenchOptions): Bench {
    const bench = new Bench(options);
    bench.receive(clientHandshake);
    bench.output();
    return bench;
  }

  /** A bench whose client is connected to `live`; the replies are taken. */
  static connected(options?: BenchOptions): Bench {
    const bench = Bench.opened(options);
    bench.connect();
    bench.replies();
    return bench;
  }

  /** A bench whose client has `count` streams, 1 and up. */
  static withStreams(count: number, options?: BenchOptions): Bench {
    const bench = Bench.connected(options);
    for (let i = 0; i < count; i++) bench.command(0, "createStream", 2 + i);
    bench.replies();
    return bench;
  }

  get lastError(): string | undefined {
    return this.session.closeCause?.code;
  }

  get problemCodes(): string[] {
    return this.problems.map(({ code }) => code);
  }

  /** Bytes arrive, cut anywhere: no test may depend on where. */
  receive(bytes: Uint8Array): void {
    for (const piece of randomSplit(bytes, this.#random, 600))
      this.session.receive(piece, this.now);
  }

  /** Sends messages in one piece. */
  send(...messages: OutgoingMessage[]): void {
    for (const message of messages) this.#writer.write(message);
    this.receive(this.#writer.take());
  }

  sendPayload(typeId: number, payload: Uint8Array, messageStreamId = 0, timestamp = 0): void {
    this.send({ chunkStreamId: 3, timestamp, typeId, messageStreamId, payload });
  }

  connect(): void {
    this.command(0, "connect", 1, { app: "live", tcUrl: "rtmp://127.0.0.1/live" });
  }

  /** The first value is the command object. */
  command(
    messageStreamId: number,
    name: string,
    transactionId: number,
    commandObject: Value = null,
    ...args: Value[]
  ): void {
    this.send(commandMessage(messageStreamId, name, transactionId, commandObject, ...args));
  }

  publish(messageStreamId = 1, name = "cam"): void {
    this.command(messageStreamId, "publish", 0, null, name, "live");
  }

  play(messageStreamId = 1, name = "cam"): void {
    this.command(messageStreamId, "play", 0, null, name);
  }

  /** What the session has to send, joined. */
  output(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.session.takeOutput()));
  }

  /** What the session has to send behind its handshake. */
  replies(): Reply[] {
    const replies: Reply[] = [];
    this.#reader.push(this.output(), (message) => {
      const { chunkStreamId, messageStreamId, typeId } = message;
      const payload = message.take();
      const command = typeId === MessageTypeId.CommandAmf0 ? decodeCommand(payload) : undefined;
      replies.push({ chunkStreamId, messageStreamId, typeId, payload, command });
    });
    return replies;
  }

  /** {@link replies} as `chunk stream / message stream / type: payload`. */
  replyLines(): string[] {
    return this.replies().map(
      ({ chunkStreamId, messageStreamId, typeId, payload }) =>
        `${chunkStreamId}/${messageStreamId}/${typeId}: ${toHex(payload)}`,
    );
  }

  /** The status codes among {@link replies}, with the names of commands that have none. */
  codes(): string[] {
    return this.replies().flatMap(({ command }) => (command === undefined ? [] : codeOf(command)));
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

  #recording(late: boolean): ServerSessionHandlers {
    const answer = (request: { accept(): boolean }): void => {
      if (!late) request.accept();
    };
    return {
      onConnect: (request) => {
        this.events.push(`connect ${request.connect.app}`);
        this.connects.push(request);
        answer(request);
      },
      onPublish: (request) => {
        this.events.push(`publish ${request.stream.id} ${request.streamName}`);
        this.publishes.push(request);
        answer(request);
      },
      onPlay: (request) => {
        this.events.push(`play ${request.stream.id} ${request.streamName}`);
        this.plays.push(request);
        answer(request);
      },
      onMedia: (stream, typeId, timestamp, payload) => {
        this.media.push({ stream, typeId, timestamp, payload });
      },
      onStreamEnd: (stream, end) => this.events.push(`end ${stream.id} ${end}`),
      onProblem: (error) => this.problems.push(error),
      onOutput: () => this.outputs++,
      onClose: (cause) => this.events.push(`close ${cause?.code ?? "in order"}`),
    };
  }
}

export function commandMessage(
  messageStreamId: number,
  name: string,
  transactionId: number,
  commandObject: Value = null,
  ...args: Value[]
): OutgoingMessage {
  return {
    chunkStreamId: 3,
    timestamp: 0,
    typeId: MessageTypeId.CommandAmf0,
    messageStreamId,
    payload: encodeCommand({ name, transactionId, commandObject, args }),
  };
}

/** An audio message. */
export function audio(timestamp: number, messageStreamId = 1): OutgoingMessage {
  return {
    chunkStreamId: 4,
    timestamp,
    typeId: MessageTypeId.Audio,
    messageStreamId,
    payload: Uint8Array.of(0xaf, 0x01, timestamp & 0xff),
  };
}

function codeOf({ name, args }: Command): string {
  for (const value of args) {
    if (typeof value === "object" && value !== null && "code" in value) {
      return `${name} ${JSON.stringify(value["code"])}`.replaceAll('"', "");
    }
  }
  return name;
}
