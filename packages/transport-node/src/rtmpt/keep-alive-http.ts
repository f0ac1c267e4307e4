/** The requests of one tunnel over HTTP connections that are kept. */

import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { Agent as HttpsAgent, request as requestSecurely } from "node:https";

import { formatAddress } from "../address.ts";
import { type TlsVerification, verifyingOptions } from "../tls/verification.ts";
import { tunnelMediaType } from "./http-answer.ts";
import type { PostOutcome, TunnelHttp } from "./tunnel-client.ts";

// The first probe after this much silence; the kernel finds peers that went without a word.
const keepAliveProbeMs = 15_000;
// Far more than any server puts into one answer.
const maxAnswerBytes = 16 * 1024 * 1024;
// What a piece of an answer takes besides its bytes.
const pieceBytes = 128;
const keptConnection = {
  keepAlive: true,
  keepAliveMsecs: keepAliveProbeMs,
  maxSockets: 1,
  noDelay: true,
} as const;
const lostConnection: ReadonlySet<unknown> = new Set(["ECONNRESET", "EPIPE"]);

/** How the server is found, and verified where TLS is below. */
export interface HttpServerOptions extends TlsVerification {
  /** IP address or host name, without brackets. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
  /** Whether TLS is below. */
  readonly secure: boolean;
}

/** Posts requests, one connection at a time. */
export class KeepAliveHttp implements TunnelHttp {
  readonly #server: HttpServerOptions;
  readonly #agent: HttpAgent;
  #remote = "unknown";

  constructor(server: HttpServerOptions) {
    this.#server = server;
    this.#agent = server.secure
      ? new HttpsAgent({ ...keptConnection, ...verifyingOptions(server.host, server) })
      : new HttpAgent(keptConnection);
  }

  /** The server that answered last: `address:port`. */
  get remote(): string {
    return this.#remote;
  }

  post(path: string, body: Uint8Array, onOutcome: (outcome: PostOutcome) => void): void {
    const { host, port, secure } = this.#server;
    const send = secure ? requestSecurely : request;
    const post = send({
      agent: this.#agent,
      host,
      port,
      path,
      method: "POST",
      headers: {
        "Content-Type": tunnelMediaType,
        "Content-Length": body.length,
        "User-Agent": "Shockwave Flash",
        "Cache-Control": "no-cache",
      },
    });
    const exchange = new Exchange(post, onOutcome);
    post.once("response", (response) => {
      this.#remote = formatAddress(response.socket.remoteAddress, response.socket.remotePort);
      exchange.read(response);
    });
    post.end(body);
  }

  destroy(): void {
    this.#agent.destroy();
  }
}

/** One request and its answer. */
class Exchange {
  readonly #request: ClientRequest;
  #onOutcome: ((outcome: PostOutcome) => void) | undefined;
  readonly #pieces: Buffer[] = [];
  #bytes = 0;
  #hasResponse = false;

  constructor(post: ClientRequest, onOutcome: (outcome: PostOutcome) => void) {
    this.#request = post;
    this.#onOutcome = onOutcome;
    post.on("error", (error) => this.#fail(error));
  }

  read(response: IncomingMessage): void {
    this.#hasResponse = true;
    response.on("data", (piece: Buffer) => {
      this.#bytes += piece.length + pieceBytes;
      if (this.#bytes > maxAnswerBytes) this.#request.destroy(new Error("the answer is too long"));
      else this.#pieces.push(piece);
    });
    response.once("end", () => this.#succeed(response));
    response.once("error", (error) => this.#fail(error));
  }

  #succeed({ statusCode = 0 }: IncomingMessage): void {
    const [first] = this.#pieces;
    const whole =
      this.#pieces.length === 1 && first !== undefined ? first : Buffer.concat(this.#pieces);
    // A plain view: `Buffer` has a `slice` that does not copy.
    const body = new Uint8Array(whole.buffer, whole.byteOffset, whole.byteLength);
    this.#settle({ status: statusCode, body });
  }

  #fail(error: Error): void {
    const isLost = "code" in error && lostConnection.has(error.code);
    const mayRepeat = isLost && this.#request.reusedSocket && !this.#hasResponse;
    this.#settle({ error, mayRepeat });
  }

  #settle(outcome: PostOutcome): void {
    const onOutcome = this.#onOutcome;
    this.#onOutcome = undefined;
    onOutcome?.(outcome);
  }
}
