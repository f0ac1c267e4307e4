/** A tunnel in virtual time, and the requests of a client whose answers a test wants to see. */

import type { TransportHandlers } from "@rtmp/session";
import { VirtualClock } from "@rtmp/testing";
import type { TunnelLimits } from "@rtmp/transport-node";

import { AnswerBodies } from "../../src/rtmpt/answer-bodies.ts";
import { resolveTunnelLimits } from "../../src/rtmpt/limits.ts";
import { Tunnel } from "../../src/rtmpt/tunnel.ts";
import type { TunnelRequestKind } from "../../src/rtmpt/tunnel-path.ts";
import type { TunnelReply } from "../../src/rtmpt/tunnel-request.ts";

/** The answer to one request, as far as it is there. */
export class RecordedReply implements TunnelReply {
  isOver = false;
  /** `01 2a 2b`, `ended` or `superseded`; undefined while the request waits. */
  said: string | undefined;
  /** Whether its connection was cut with something of the answer on its way. */
  isCut = false;

  answer(body: Uint8Array): void {
    this.#say(
      Buffer.from(body)
        .toString("hex")
        .replaceAll(/(..)(?!$)/g, "$1 "),
    );
  }

  refuse(reason: "ended" | "superseded"): void {
    this.#say(reason);
  }

  cut(): void {
    this.isCut ||= !this.isOver;
  }

  #say(what: string): void {
    if (this.said !== undefined) throw new Error(`answered ${this.said}, and then ${what}`);
    this.said = what;
  }
}

/** An owner that writes down what it is told. */
export class RecordingOwner implements TransportHandlers {
  /** Bytes, in hex, a line for each call; `drain`; `close` with the code of the cause. */
  readonly events: string[] = [];
  /** What it does with bytes. */
  onPiece: (bytes: Uint8Array) => void = () => {};

  onBytes(bytes: Uint8Array): void {
    this.events.push(Buffer.from(bytes).toString("hex"));
    this.onPiece(bytes);
  }

  onDrain(): void {
    this.events.push("drain");
  }

  onClose(cause: Error | undefined): void {
    const code = cause !== undefined && "code" in cause ? ` ${String(cause.code)}` : "";
    this.events.push(`close${code}`);
  }
}

/** One tunnel; its first request has the number 0. */
export class TunnelDriver {
  readonly clock = new VirtualClock(1_000);
  readonly owner = new RecordingOwner();
  readonly tunnel: Tunnel;
  ends = 0;

  constructor(limits: Partial<TunnelLimits> = {}, isStarted = true) {
    this.tunnel = new Tunnel({
      remote: "192.0.2.2:2222",
      limits: resolveTunnelLimits(limits),
      clock: this.clock,
      bodies: new AnswerBodies(),
      onInput: () => {},
      onEnd: () => this.ends++,
    });
    if (isStarted) this.tunnel.start(this.owner);
  }

  send(sequence: number, ...bytes: readonly number[]): RecordedReply {
    return this.#request("send", sequence, bytes);
  }

  idle(sequence: number): RecordedReply {
    return this.#request("idle", sequence, []);
  }

  close(sequence: number): RecordedReply {
    return this.#request("close", sequence, []);
  }

  write(...bytes: readonly number[]): void {
    this.tunnel.write(Uint8Array.from(bytes));
  }

  /** The answer has left. */
  carry(reply: RecordedReply): void {
    reply.isOver = true;
    this.tunnel.onAnswerOver();
  }

  #request(kind: TunnelRequestKind, sequence: number, bytes: readonly number[]): RecordedReply {
    const reply = new RecordedReply();
    const body = bytes.length === 0 ? [] : [Uint8Array.from(bytes)];
    for (const piece of body) this.tunnel.admit(piece, reply);
    this.tunnel.request({ kind, sequence, body, reply });
    return reply;
  }
}
