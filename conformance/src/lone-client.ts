/** A client session without a server: the test says what a server would, byte by byte. */

import { ClientSession, type ClientStream, type StreamAnswer } from "@rtmp/session";

import { type Chunk, listChunks } from "./chunk-list.ts";
import { command, join, message, nothing, number, object, text } from "./wire-bytes.ts";

const handshakeBytes = 3_073;

/** Audio, video or data that reached the client. */
export interface HeardMedia {
  readonly typeId: number;
  readonly timestamp: number;
  readonly payload: Uint8Array;
}

/** A client session, and all that it said and was told. */
export class LoneClient {
  readonly session: ClientSession;
  /** Codes of the statuses and answers, in order. */
  readonly codes: string[] = [];
  readonly media: HeardMedia[] = [];
  /** Codes of what was dropped while the connection went on. */
  readonly problems: string[] = [];
  /** Why the session ended: a code, or `in order`; undefined while it goes on. */
  closed: string | undefined;
  readonly #said: Uint8Array[] = [];

  constructor() {
    this.session = new ClientSession({
      now: 0,
      connect: { app: "live", tcUrl: "rtmp://127.0.0.1/live" },
      handlers: {
        onConnected: ({ code }) => this.codes.push(code),
        onStatus: ({ code }) => this.codes.push(code),
        onProblem: ({ code }) => this.problems.push(code),
        onClose: (cause) => {
          this.closed = cause?.code ?? "in order";
        },
      },
    });
    this.#take();
  }

  /** Takes in what a server says, and sends what that brings about. */
  hear(...bytes: readonly Uint8Array[]): void {
    for (const piece of bytes) {
      this.session.receive(piece, 0);
      this.#take();
    }
  }

  /** What the client has said behind the handshake. */
  get chunks(): Chunk[] {
    this.#take();
    return listChunks(join(...this.#said).subarray(handshakeBytes));
  }

  /** Payloads of what the client has said in one chunk each, by message type. */
  said(type: number): Uint8Array[] {
    return this.chunks
      .filter(
        ({ typeId, payload, messageLength }) => typeId === type && payload.length === messageLength,
      )
      .map(({ payload }) => payload);
  }

  /** Makes a stream that notes what it is told. */
  stream(): ClientStream {
    return this.session.stream({
      onMedia: (typeId, timestamp, payload) => this.media.push({ typeId, timestamp, payload }),
      onStatus: ({ code }) => this.codes.push(code),
    });
  }

  /** Notes what came of publish or play. */
  readonly note = (answer: StreamAnswer): void => {
    this.codes.push(answer.ok ? "ok" : answer.error.code);
  };

  /** A client that is connected. */
  static connected(): LoneClient {
    const client = new LoneClient();
    client.hear(serverHandshake, reply("_result", 1, object({}), connected));
    return client;
  }

  /** A client whose stream 1 has asked to publish `cam`. */
  static publishing(): { client: LoneClient; stream: ClientStream } {
    const client = LoneClient.connected();
    const stream = client.stream();
    stream.publish("cam", "live", client.note);
    client.hear(reply("_result", 4, nothing, number(1)));
    return { client, stream };
  }

  /** A client whose stream 1 has asked to play `cam`. */
  static playing(): { client: LoneClient; stream: ClientStream } {
    const client = LoneClient.connected();
    const stream = client.stream();
    stream.play("cam", {}, client.note);
    client.hear(reply("_result", 2, nothing, number(1)));
    return { client, stream };
  }

  #take(): void {
    this.#said.push(...this.session.takeOutput());
  }
}

/** S0, S1 and S2 of a server in the simple form: zeros behind the version. */
export const serverHandshake = join(Uint8Array.of(3), new Uint8Array(handshakeBytes - 1));

/** The information object of a connect that is accepted. */
export const connected = object({
  level: text("status"),
  code: text("NetConnection.Connect.Success"),
  description: text("Connection succeeded."),
});

/** A command of the server, on message stream 0. */
export function reply(
  name: string,
  transactionId: number,
  commandObject: Uint8Array,
  ...args: readonly Uint8Array[]
): Uint8Array {
  return message(
    "03 000000 length 14 00000000",
    command(name, transactionId, commandObject, ...args),
  );
}

/** `onStatus` of the server, level status. */
export function status(
  code: string,
  { messageStreamId = 1, transactionId = 0, chunkStreamId = "05", level = "status" } = {},
): Uint8Array {
  const info = object({ level: text(level), code: text(code), description: text("") });
  const body = command("onStatus", transactionId, nothing, info);
  return message(`${chunkStreamId} 000000 length 14 0${messageStreamId}000000`, body);
}
