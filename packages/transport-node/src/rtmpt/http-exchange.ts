/** One request of a tunnel over HTTP, and its answer. */

import type { IncomingMessage, ServerResponse } from "node:http";

import { answerOk, refuse } from "./http-answer.ts";
import type { Tunnel } from "./tunnel.ts";
import type { TunnelRequestKind } from "./tunnel-path.ts";
import type { TunnelRefusal, TunnelReply } from "./tunnel-request.ts";

/** Where a request goes. */
export interface ExchangeTarget {
  readonly tunnel: Tunnel;
  readonly kind: TunnelRequestKind;
  readonly sequence: number;
  readonly maxBodyBytes: number;
}

/** Reads one request, hands it to its tunnel, and carries the answer. */
export class HttpExchange implements TunnelReply {
  readonly #target: ExchangeTarget;
  readonly #response: ServerResponse;
  #body: Uint8Array[] = [];
  #bodyBytes = 0;
  #isAnswered = false;
  #isWatched = false;

  constructor(target: ExchangeTarget, response: ServerResponse) {
    this.#target = target;
    this.#response = response;
  }

  get isOver(): boolean {
    const { writableFinished, req } = this.#response;
    // An answer behind others on its connection hears nothing of the end of that.
    return writableFinished || req.socket.destroyed;
  }

  /** Begins to read; everything else follows from that. */
  read(request: IncomingMessage): void {
    if (this.#target.kind !== "send") {
      // One byte that says nothing.
      request.resume();
      this.#handOver();
      return;
    }
    request.on("data", (bytes: Buffer) => this.#onData(bytes));
    request.once("end", () => this.#handOver());
    request.once("close", () => this.#dropBody());
  }

  answer(body: Uint8Array): void {
    this.#isAnswered = true;
    if (this.isOver) return;
    answerOk(this.#response, body);
    if (body.length > 1) this.#watch();
  }

  refuse(reason: TunnelRefusal): void {
    this.#isAnswered = true;
    this.#body = [];
    if (this.isOver) return;
    if (reason === "superseded") {
      refuse(this.#response, { status: 409, reason: "the same request came again" });
    } else refuse(this.#response, { status: 404, reason: "the tunnel is closed" });
  }

  cut(): void {
    // Not the response: it has no socket yet while it stands behind others.
    if (!this.isOver) this.#response.req.socket.destroy();
  }

  #onData(bytes: Buffer): void {
    if (this.#isAnswered) return;
    const { tunnel, maxBodyBytes } = this.#target;
    if (this.#bodyBytes + bytes.length > maxBodyBytes) {
      this.#isAnswered = true;
      this.#dropBody();
      refuse(this.#response, { status: 413, reason: `the body is above ${maxBodyBytes} bytes` });
      return;
    }
    const piece = ownPiece(bytes);
    if (!tunnel.admit(piece, this)) return;
    this.#bodyBytes += piece.length;
    this.#body.push(piece);
  }

  /** What was not handed over is not needed: the request was cut, or is answered already. */
  #dropBody(): void {
    this.#target.tunnel.withdraw(this.#body, this);
    this.#body = [];
  }

  #handOver(): void {
    if (this.#isAnswered) return;
    const { tunnel, kind, sequence } = this.#target;
    const body = this.#body;
    this.#body = [];
    tunnel.request({ kind, sequence, body, reply: this });
    // It is held, or came too early; a former answer may have closed the response meanwhile.
    if (!this.#isAnswered) this.#watch();
  }

  /** Tells the tunnel when the answer has left, or its connection is gone. */
  #watch(): void {
    if (this.#isWatched) return;
    this.#isWatched = true;
    this.#response.on("close", this.#onClose);
  }

  readonly #onClose = (): void => {
    const { tunnel } = this.#target;
    if (this.#isAnswered) tunnel.onAnswerOver();
    else tunnel.abandon(this);
  };
}

/** A plain view, for `Buffer` has a `slice` that does not copy; a copy where a view would keep far more in memory. */
function ownPiece({ buffer, byteOffset, byteLength }: Buffer): Uint8Array {
  const view = new Uint8Array(buffer, byteOffset, byteLength);
  return byteLength * 2 < buffer.byteLength ? view.slice() : view;
}
