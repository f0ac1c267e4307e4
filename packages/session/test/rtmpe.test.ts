/** Sessions over RTMPE: what is encrypted, what is not, and in which order it leaves. */

import { ChunkReader, ChunkWriter, MessageTypeId } from "@rtmp/chunk";
import {
  ClientHandshake,
  type ConnectionCipher,
  type KeyAgreement,
  ServerHandshake,
} from "@rtmp/handshake";
import { decodeCommand, encodeCommand } from "@rtmp/message";
import {
  ClientSession,
  type ClientSessionOptions,
  ServerSession,
  type ServerSessionOptions,
  type ServerStream,
} from "@rtmp/session";
import { hex, randomSplit, seededRandom } from "@rtmp/testing";
import type { RtmpError } from "@rtmp/wire";
import { describe, expect, test } from "vitest";
import { Bench } from "./bench.ts";

/** Keys that are no keys: both sides agree on the same secret, without any powers. */
const rtmpe: KeyAgreement = {
  createKeyPair: () => ({
    publicKey: new Uint8Array(128).fill(0x11),
    computeSecret: () => new Uint8Array(128).fill(0x22),
  }),
};

const joined = (pieces: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(pieces.flatMap((piece) => [...piece]));

/** The names of the commands in some chunks. */
function commandsIn(chunks: Uint8Array): string[] {
  const names: string[] = [];
  new ChunkReader().push(chunks.slice(), ({ typeId, payload }) => {
    if (typeId === MessageTypeId.CommandAmf0) names.push(decodeCommand(payload).name);
  });
  return names;
}

function chunksOf(...commands: readonly (readonly [name: string, ...args: unknown[]])[]) {
  const writer = new ChunkWriter();
  for (const [i, [name]] of commands.entries()) {
    const commandObject = name === "connect" ? { app: "live", tcUrl: "rtmpe://h/live" } : null;
    const args = name === "play" ? ["cam"] : [];
    writer.write({
      chunkStreamId: 3,
      timestamp: 0,
      typeId: MessageTypeId.CommandAmf0,
      messageStreamId: name === "play" ? 1 : 0,
      payload: encodeCommand({ name, transactionId: i + 1, commandObject, args }),
    });
  }
  return writer.take();
}

/** A server session and a client that does what it is told; its cipher is there once it has shaken hands. */
class Server {
  readonly session: ServerSession;
  readonly closes: (RtmpError | undefined)[] = [];
  playing: ServerStream | undefined;
  receivedBytes = 0;
  cipher: ConnectionCipher | undefined;
  readonly #client = new ClientHandshake({ rtmpe });

  constructor(options: Partial<ServerSessionOptions> = {}) {
    this.session = new ServerSession({
      rtmpe,
      ...options,
      now: 0,
      handlers: {
        onMedia: () => {},
        onStreamEnd: () => {},
        onPublish: (request) => request.accept(),
        onPlay: (request) => {
          request.accept();
          this.playing = request.stream;
        },
        onClose: (cause) => this.closes.push(cause),
      },
    });
  }

  /** A server whose client plays, its first words cut anywhere; all that was said has been read. */
  static playing(options?: Partial<ServerSessionOptions>): Server {
    const server = new Server(options);
    server.receive(server.firstWords("connect", "createStream", "play"));
    server.heard();
    return server;
  }

  /** C2 and what comes in one piece with it. */
  firstWords(...names: readonly string[]): Uint8Array {
    this.receive(this.#client.start());
    const { send, cipher } = this.#client.receive(joined(this.session.takeOutput()));
    this.cipher = cipher;
    return joined([send!, cipher!.encrypt(chunksOf(...names.map((name) => [name] as const)))]);
  }

  receive(bytes: Uint8Array, cut: () => number = seededRandom(1111)): void {
    this.receivedBytes += bytes.length;
    for (const piece of randomSplit(bytes, cut, 600)) this.session.receive(piece, 0);
  }

  /** What the session says next, in the clear. */
  heard(): Uint8Array {
    return this.cipher!.decrypt(joined(this.session.takeOutput()));
  }
}

describe("a server session", () => {
  test("reads what comes in one piece with C2, and encrypts all that it says from there on", () => {
    const server = new Server();
    const words = server.firstWords("connect");
    server.session.receive(words, 0);
    const said = joined(server.session.takeOutput());
    expect(server.session.encrypted).toBe(true);
    expect(Buffer.from(said).includes("_result")).toBe(false);
    expect(commandsIn(server.cipher!.decrypt(said))).toEqual(["_result"]);
  });

  test("hears the same in any pieces", () => {
    for (let seed = 0; seed < 100; seed++) {
      const server = new Server();
      server.receive(server.firstWords("connect", "createStream", "play"), seededRandom(seed));
      expect(commandsIn(server.heard())).toEqual(["_result", "_result", "onStatus", "onStatus"]);
    }
  });

  test("encrypts shared chunks in their place, and leaves them as they are for others", () => {
    const server = Server.playing();
    const shared = hex("04 000000 000003 09 01000000 17 11 22");
    const before = shared.slice();
    server.playing!.sendShared(shared);
    server.playing!.sendShared(shared);
    const pieces = server.session.takeOutput();
    expect(shared).toEqual(before);
    expect(pieces[0]).not.toEqual(before);
    expect(pieces[1]).not.toEqual(pieces[0]);
    expect(server.cipher!.decrypt(joined(pieces))).toEqual(joined([before, before]));
  });

  test("changes what it receives, but not buffers that are used again", () => {
    for (const reuseInput of [false, true]) {
      const server = Server.playing({ reuseInput });
      const received = server.cipher!.encrypt(hex("02 000000 000006 04 00000000 0006 00000d0f"));
      const before = received.slice();
      server.session.receive(received, 0);
      expect(received.every((byte, i) => byte === before[i])).toBe(reuseInput);
      expect(server.heard().subarray(-6)).toEqual(hex("0007 00000d0f"));
    }
  });

  test("counts the bytes of the wire, as without encryption", () => {
    const server = Server.playing();
    server.receive(server.cipher!.encrypt(hex("02 000000 000004 03 00000000 00000c01")));
    const before = server.session.unacknowledgedBytes!;
    server.playing!.sendShared(new Uint8Array(1_111));
    expect(server.heard()).toHaveLength(1_111);
    expect(server.session.unacknowledgedBytes! - before).toBe(1_111);

    // A window of 8 bytes has an Acknowledgement follow at once.
    server.receive(
      server.cipher!.encrypt(hex("02 000000 000004 05 00000000 00000008")),
      () => 0.999,
    );
    const [count] = server.heard().subarray(-1);
    expect(count).toBe(server.receivedBytes & 0xff);
  });

  test("says what is left to say encrypted too when it ends", () => {
    const server = Server.playing();
    server.session.shutDown();
    expect(commandsIn(server.heard())).toEqual(["onStatus"]);
  });

  test("that refuses RTMPE ends on the first byte, and says nothing", () => {
    const server = new Server({ rtmpe: "refuse" });
    server.session.receive(Uint8Array.of(6), 0);
    expect(server.closes.map((cause) => cause?.code)).toEqual(["RTMP_ERR_RTMPE_REFUSED"]);
    expect(server.session.takeOutput()).toEqual([]);
  });

  test("without keys answers in the clear", () => {
    const { session } = new Bench();
    session.receive(new ClientHandshake({ rtmpe }).start(), 0);
    expect(joined(session.takeOutput())[0]).toBe(3);
    expect(session.encrypted).toBe(false);
  });
});

/** A client session, and a server's end of it. */
class Client {
  readonly session: ClientSession;
  readonly closes: (RtmpError | undefined)[] = [];
  readonly #server = new ServerHandshake({ rtmpe });

  constructor(options: Partial<ClientSessionOptions> = {}) {
    this.session = new ClientSession({
      rtmpe,
      ...options,
      now: 0,
      connect: { app: "live", tcUrl: "rtmpe://h/live" },
      handlers: { onConnected: () => {}, onClose: (cause) => this.closes.push(cause) },
    });
  }

  /** S0, S1 and S2. */
  answer(): Uint8Array {
    return this.#server.receive(joined(this.session.takeOutput())).send!;
  }

  /** What the client said behind C2, in the clear. */
  read(said: Uint8Array): Uint8Array {
    const { surplus, cipher } = this.#server.receive(said);
    return cipher!.decrypt(surplus!);
  }
}

describe("a client session", () => {
  test("sends C2 in the clear and connect behind it encrypted, also in one write", () => {
    const client = new Client();
    client.session.receive(client.answer(), 0);
    const said = joined(client.session.takeOutput());
    expect(Buffer.from(said).includes("connect")).toBe(false);
    expect(commandsIn(client.read(said))).toEqual(["connect"]);
  });

  test("says the same in whatever pieces the answer comes and the output is taken", () => {
    for (let seed = 0; seed < 100; seed++) {
      const client = new Client();
      const said: Uint8Array[] = [];
      for (const piece of randomSplit(client.answer(), seededRandom(seed), 800)) {
        client.session.receive(piece, 0);
        if (seed % 2 === 0) said.push(...client.session.takeOutput());
      }
      said.push(...client.session.takeOutput());
      expect(commandsIn(client.read(joined(said)))).toEqual(["connect"]);
    }
  });

  test("that is answered without encryption ends, and sends nothing in the clear", () => {
    const client = new Client();
    const plain = new ServerHandshake().receive(joined(client.session.takeOutput())).send!;
    client.session.receive(plain, 0);
    expect(client.closes.map((cause) => cause?.code)).toEqual(["RTMP_ERR_RTMPE_REFUSED"]);
    expect(client.session.takeOutput()).toEqual([]);
  });
});
