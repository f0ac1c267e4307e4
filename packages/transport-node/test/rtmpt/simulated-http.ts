/** HTTP between a client and the tunnels of a server, in virtual time and with all that proxies and networks do to it. */

import type { VirtualClock } from "@rtmp/testing";

import type { PostOutcome, TunnelHttp } from "../../src/rtmpt/tunnel-client.ts";
import { parseTunnelPath } from "../../src/rtmpt/tunnel-path.ts";
import type { TunnelReply } from "../../src/rtmpt/tunnel-request.ts";
import type { Tunnels } from "../../src/rtmpt/tunnels.ts";

/** What may happen to a request, and how often; the rest goes well. */
export const fates = {
  /** Its connection is cut before the server has it. */
  lost: 0.03,
  /** Its connection is cut in the middle of its body. */
  cut: 0.03,
  /** Its connection is cut before the answer. */
  unanswered: 0.03,
  /** Its connection is cut while the server holds it. */
  abandoned: 0.03,
  /** It comes to the server a second time, later; the client has the first answer. */
  repeated: 0.03,
  /** It is withheld for some seconds. */
  withheld: 0.02,
  /** Its connection is cut in the middle of the answer, and is not tried again. */
  fatal: 0.003,
} as const;

/** What happened to a request. */
export type Fate = keyof typeof fates | "fine";

/** What HTTP makes of an answer. */
export type OnSimulatedAnswer = (status: number, body: Uint8Array) => void;

class SimulatedReply implements TunnelReply {
  isOver = false;
  readonly #onAnswer: OnSimulatedAnswer;

  constructor(onAnswer: OnSimulatedAnswer) {
    this.#onAnswer = onAnswer;
  }

  answer(body: Uint8Array): void {
    this.#onAnswer(200, body);
  }

  /** Nothing is slow here. */
  cut(): void {}

  refuse(reason: "ended" | "superseded"): void {
    this.#onAnswer(reason === "ended" ? 404 : 409, new Uint8Array(0));
  }
}

/** The way of requests to one server. */
export class SimulatedHttp {
  readonly #clock: VirtualClock;
  readonly #random: () => number;
  readonly #tunnels: Tunnels;
  readonly #seen: Map<Fate, number>;

  constructor(
    clock: VirtualClock,
    random: () => number,
    tunnels: Tunnels,
    seen = new Map<Fate, number>(),
  ) {
    this.#clock = clock;
    this.#random = random;
    this.#tunnels = tunnels;
    this.#seen = seen;
  }

  /** Posts a request; `onOutcome` comes once and later. */
  post(path: string, body: Uint8Array, onOutcome: (outcome: PostOutcome) => void): void {
    const fate = this.#pickFate();
    this.#seen.set(fate, (this.#seen.get(fate) ?? 0) + 1);
    const settle = once(onOutcome);
    const lose = (mayRepeat: boolean): void =>
      this.#later(30, () => settle({ error: new Error(fate), mayRepeat }));
    const answer: OnSimulatedAnswer = (status, bytes) =>
      this.#later(30, () => settle({ status, body: bytes.slice() }));

    this.#later(fate === "withheld" ? 3_000 : 30, () => {
      if (fate === "lost") {
        lose(true);
      } else if (fate === "cut") {
        this.#cutBody(path, body);
        lose(true);
      } else if (fate === "unanswered" || fate === "fatal") {
        this.#arrive(path, body, () => lose(fate === "unanswered"));
      } else if (fate === "abandoned") {
        this.#abandon(path, body, answer, () => lose(true));
      } else {
        this.#arrive(path, body, answer);
      }
    });
    if (fate === "repeated") this.#later(400, () => this.#arrive(path, body, () => {}));
  }

  /** Brings a request to its tunnel; the answer leaves a little later than it is written. */
  #arrive(path: string, body: Uint8Array, onAnswer: OnSimulatedAnswer): TunnelReply | undefined {
    const target = parseTunnelPath(path);
    const tunnel = target !== undefined && "id" in target && this.#tunnels.find(target.id);
    if (!tunnel) {
      onAnswer(404, new Uint8Array(0));
      return undefined;
    }
    const { kind, sequence } = target;
    const bytes = kind === "send" ? [body.slice()] : [];
    const reply = new SimulatedReply((status, answer) => {
      onAnswer(status, answer);
      this.#later(10, () => {
        reply.isOver = true;
        tunnel.onAnswerOver();
      });
    });
    if (!bytes.every((piece) => tunnel.admit(piece, reply))) return undefined;
    tunnel.request({ kind, sequence, body: bytes, reply });
    return reply;
  }

  #cutBody(path: string, body: Uint8Array): void {
    const target = parseTunnelPath(path);
    const tunnel = target !== undefined && "id" in target && this.#tunnels.find(target.id);
    if (!tunnel || target.kind !== "send") return;
    const piece = body.slice(0, Math.floor(this.#random() * body.length));
    const reply = new SimulatedReply(() => {});
    if (tunnel.admit(piece, reply)) this.#later(20, () => tunnel.withdraw([piece], reply));
  }

  #abandon(path: string, body: Uint8Array, onAnswer: OnSimulatedAnswer, lose: () => void): void {
    let isAnswered = false;
    const reply = this.#arrive(path, body, (status, answer) => {
      isAnswered = true;
      onAnswer(status, answer);
    });
    this.#later(100, () => {
      if (isAnswered) return;
      const target = parseTunnelPath(path);
      const tunnel = target !== undefined && "id" in target && this.#tunnels.find(target.id);
      if (tunnel && reply !== undefined) tunnel.abandon(reply);
      lose();
    });
  }

  #later(maxMs: number, callback: () => void): void {
    this.#clock.schedule(this.#random() * maxMs, callback);
  }

  #pickFate(): Fate {
    let left = this.#random();
    for (const [fate, share] of Object.entries(fates)) {
      if (left < share && isFate(fate)) return fate;
      left -= share;
    }
    return "fine";
  }
}

/** The requests of one client, until it gives them up. */
export class SimulatedClientHttp implements TunnelHttp {
  readonly #http: SimulatedHttp;
  #isDestroyed = false;

  constructor(http: SimulatedHttp) {
    this.#http = http;
  }

  post(path: string, body: Uint8Array, onOutcome: (outcome: PostOutcome) => void): void {
    this.#http.post(path, body, (outcome) => {
      if (!this.#isDestroyed) onOutcome(outcome);
    });
  }

  destroy(): void {
    this.#isDestroyed = true;
  }
}

function isFate(name: string): name is keyof typeof fates {
  return name in fates;
}

function once(onOutcome: (outcome: PostOutcome) => void): (outcome: PostOutcome) => void {
  let isSettled = false;
  return (outcome) => {
    if (isSettled) return;
    isSettled = true;
    onOutcome(outcome);
  };
}
