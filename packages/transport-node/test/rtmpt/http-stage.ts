/** An HTTP server with tunnels, and clients that write their requests by hand. */

import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type Socket } from "node:net";

import type { Transport } from "@rtmp/session";
import {
  type HttpPeer,
  RtmptServer,
  type RtmptServerOptions,
  type TransportError,
} from "@rtmp/transport-node";
import { onTestFinished } from "vitest";

import { Recorder } from "../recorder.ts";

/** One answer as it was on the wire. */
export interface RawAnswer {
  /** Status line and headers. */
  readonly head: string;
  readonly status: number;
  readonly body: Buffer;
}

/** A connection of a client. */
export class RawHttp {
  readonly socket: Socket;
  #bytes = Buffer.alloc(0);
  readonly #recorder = new Recorder();

  constructor(port: number) {
    this.socket = connect({ host: "127.0.0.1", port });
    this.socket.on("error", () => {});
    this.socket.on("data", (bytes) => {
      this.#bytes = Buffer.concat([this.#bytes, bytes]);
      this.#recorder.onBytes(bytes);
    });
    this.socket.on("close", () => this.#recorder.onClose(undefined));
    onTestFinished(() => void this.socket.destroy());
  }

  get isClosed(): boolean {
    return this.#recorder.causes.length > 0;
  }

  /** Everything that came and was not read. */
  get unread(): string {
    return this.#bytes.toString("latin1");
  }

  /** Writes a request as librtmp does. */
  post(path: string, body: Uint8Array | readonly number[] = [0]): void {
    const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: Keep-Alive\r\nContent-length: ${body.length}\r\n\r\n`;
    this.socket.write(Buffer.concat([Buffer.from(head), Uint8Array.from(body)]));
  }

  /** Reads the next answer. */
  async answer(): Promise<RawAnswer> {
    for (;;) {
      const answer = this.#take();
      if (answer !== undefined) return answer;
      if (this.isClosed) throw new Error(`closed after ${this.unread}`);
      const { length } = this.#bytes;
      await this.#recorder.until(() => this.#bytes.length > length || this.isClosed);
    }
  }

  /** Writes a request and reads its answer. */
  ask(path: string, body?: Uint8Array | readonly number[]): Promise<RawAnswer> {
    this.post(path, body);
    return this.answer();
  }

  /** Waits until the server closes the connection. */
  closed(): Promise<void> {
    return this.#recorder.closed();
  }

  #take(): RawAnswer | undefined {
    const end = this.#bytes.indexOf("\r\n\r\n");
    if (end === -1) return undefined;
    const head = this.#bytes.toString("latin1", 0, end);
    // Spelled like this, or librtmp does not find it.
    const length = Number(/\r\nContent-Length: (\d+)/.exec(head)?.[1] ?? 0);
    if (this.#bytes.length < end + 4 + length) return undefined;
    const body = this.#bytes.subarray(end + 4, end + 4 + length);
    this.#bytes = this.#bytes.subarray(end + 4 + length);
    return { head, status: Number(head.split(" ")[1]), body };
  }
}

/** A tunnel as the server has it. */
export interface ServedTunnel {
  readonly transport: Transport;
  readonly scheme: string;
  readonly recorder: Recorder;
}

/** A running server. */
export class HttpStage {
  readonly port: number;
  readonly rtmpt: RtmptServer;
  readonly tunnels: ServedTunnel[] = [];
  readonly refused: TransportError[] = [];
  /** What the server takes the next clients for. */
  peer: HttpPeer = { remote: "192.0.2.2:2222", secure: false };

  private constructor(port: number, rtmpt: RtmptServer) {
    this.port = port;
    this.rtmpt = rtmpt;
  }

  static async open(options: RtmptServerOptions = {}): Promise<HttpStage> {
    const onRefused = (error: TransportError): number => stage.refused.push(error);
    const rtmpt = new RtmptServer({ onRefused, ...options }, (transport, scheme) => {
      const recorder = new Recorder();
      transport.start(recorder);
      stage.tunnels.push({ transport, scheme, recorder });
    });
    const server = createServer((request, response) => {
      if (!rtmpt.handle(request, response, stage.peer)) response.writeHead(418).end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no address");
    const stage = new HttpStage(address.port, rtmpt);
    onTestFinished(() => {
      for (const { transport } of stage.tunnels) transport.close(0);
      server.closeAllConnections();
      server.close();
    });
    return stage;
  }

  connect(): RawHttp {
    return new RawHttp(this.port);
  }

  /** Opens a tunnel over a connection of its own. */
  async openTunnel(): Promise<{ http: RawHttp; id: string } & ServedTunnel> {
    const http = this.connect();
    const { body } = await http.ask("/open/1");
    const tunnel = this.tunnels.at(-1);
    if (tunnel === undefined) throw new Error("no tunnel was opened");
    return { http, id: body.toString().trimEnd(), ...tunnel };
  }
}
