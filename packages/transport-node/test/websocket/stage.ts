/** An HTTP server whose upgrades go to an acceptor, and raw clients that write every byte themselves. */

import { once } from "node:events";
import { createServer } from "node:http";
import { type Socket, connect } from "node:net";

import type { Transport } from "@rtmp/session";
import {
  type HttpPeer,
  WebSocketAcceptor,
  type WebSocketAcceptorOptions,
} from "@rtmp/transport-node";
import { onTestFinished } from "vitest";

/** What the acceptor gave. */
interface Taken {
  readonly transport: Transport;
  readonly scheme: "ws" | "wss";
}

/** A listening server. */
export interface Stage {
  readonly port: number;
  readonly acceptor: WebSocketAcceptor;
  /** The next one that the acceptor gives. */
  taken(): Promise<Taken>;
}

/** Listens on a free port; everything is closed when the test ends. */
export async function openStage(
  options: WebSocketAcceptorOptions = {},
  peer: HttpPeer = { remote: "192.0.2.1:1111", secure: false },
): Promise<Stage> {
  const waiting: ((taken: Taken) => void)[] = [];
  const given: Taken[] = [];
  const acceptor = new WebSocketAcceptor(options, (transport, scheme) => {
    const taken = { transport, scheme };
    onTestFinished(() => transport.close(0));
    const next = waiting.shift();
    if (next === undefined) given.push(taken);
    else next(taken);
  });
  const server = createServer();
  server.on("upgrade", (request, socket, head) => acceptor.handle(request, socket, head, peer));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    acceptor,
    taken: () =>
      new Promise((resolve) => {
        const first = given.shift();
        if (first === undefined) waiting.push(resolve);
        else resolve(first);
      }),
  };
}

/** The key of RFC 6455 §1.3; the answer to it is `s3pPLMBiTxaQ9kYGzzhZRbK+xOo=`. */
const key = "dGhlIHNhbXBsZSBub25jZQ==";

/** Writes a request for an upgrade. */
export function upgradeRequest(headers: Readonly<Record<string, string>> = {}, path = "/"): string {
  const all = {
    Host: "127.0.0.1",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": key,
    "Sec-WebSocket-Version": "13",
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** A client that is a plain socket. */
export class RawClient {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #ended = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (bytes) => (this.#received = Buffer.concat([this.#received, bytes])));
    socket.on("end", () => (this.#ended = true));
    socket.on("error", () => {});
    onTestFinished(() => void socket.destroy());
  }

  /** Connects and says nothing. */
  static async connect(port: number): Promise<RawClient> {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    await once(socket, "connect");
    return new RawClient(socket);
  }

  /** Connects and upgrades; `early` follows the request in the same write. */
  static async upgraded(port: number, early = ""): Promise<RawClient> {
    const client = await RawClient.connect(port);
    const request = Buffer.from(upgradeRequest({ "Sec-WebSocket-Protocol": "rtmp" }));
    client.socket.write(Buffer.concat([request, Buffer.from(early.replaceAll(" ", ""), "hex")]));
    await client.takeHead();
    return client;
  }

  /** Sends bytes, written in hex. */
  send(hex: string): void {
    this.socket.write(Buffer.from(hex.replaceAll(/\s/g, ""), "hex"));
  }

  /** Waits for an answer up to its empty line, and takes it out. */
  async takeHead(): Promise<string> {
    const end = await this.#until(() => {
      const at = this.#received.indexOf("\r\n\r\n");
      return at < 0 ? undefined : at + 4;
    });
    return this.#take(end).toString("latin1");
  }

  /** Waits for so many bytes and takes them out, as hex. */
  async takeHex(length: number): Promise<string> {
    await this.#until(() => (this.#received.length >= length ? length : undefined));
    return this.#take(length)
      .toString("hex")
      .replaceAll(/(..)(?=.)/g, "$1 ");
  }

  /** Waits until the server has closed its side, and takes the rest out, as hex. */
  async takeRest(): Promise<string> {
    await this.#until(() => (this.#ended || this.socket.destroyed ? true : undefined));
    return this.#take(this.#received.length)
      .toString("hex")
      .replaceAll(/(..)(?=.)/g, "$1 ");
  }

  #take(length: number): Buffer {
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return taken;
  }

  async #until<T>(find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}
