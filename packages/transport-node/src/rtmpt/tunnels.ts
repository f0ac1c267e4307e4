/** All tunnels of one server. */

import type { Clock, RandomBytes } from "@rtmp/wire";

import { TransportError } from "../errors.ts";
import { AnswerBodies } from "./answer-bodies.ts";
import type { TunnelLimits } from "./limits.ts";
import { Tunnel } from "./tunnel.ts";

// 128 bits, which make 22 letters: clients have room for 63.
const idBytes = 16;

/** Construction of {@link Tunnels}. */
export interface TunnelsOptions {
  readonly limits: TunnelLimits;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  /** Under which name the tunnels of an address are counted; undefined for one that is not counted. */
  groupOf(remote: string): string | undefined;
}

/** A tunnel and the name by which its requests find it. */
export interface OpenedTunnel {
  /** Whoever knows it is taken for the client, so nobody can guess it. */
  readonly id: string;
  readonly tunnel: Tunnel;
}

/** The tunnels that are open. */
export class Tunnels {
  readonly #options: TunnelsOptions;
  readonly #tunnels = new Map<string, Tunnel>();
  readonly #counts = new Map<string, number>();
  readonly #bodies = new AnswerBodies();
  readonly #onInput = (bytes: number): void => this.#countInput(bytes);
  #inputBytes = 0;

  constructor(options: TunnelsOptions) {
    this.#options = options;
  }

  /** How many are open. */
  get size(): number {
    return this.#tunnels.size;
  }

  /**
   * Opens a tunnel.
   *
   * @param remote  who asks: `address:port`
   * @throws TransportError `RTMP_ERR_TOO_MANY_TUNNELS`
   */
  open(remote: string): OpenedTunnel {
    const { limits, clock, randomBytes } = this.#options;
    const group = this.#options.groupOf(remote);
    const count = group === undefined ? 0 : (this.#counts.get(group) ?? 0);
    if (this.#tunnels.size >= limits.maxTunnels) throw tooMany(`there are ${this.size} tunnels`);
    if (count >= limits.maxTunnelsPerAddress) throw tooMany(`${group} has ${count} tunnels`);

    const id = Buffer.from(randomBytes(idBytes)).toString("base64url");
    if (group !== undefined) this.#counts.set(group, count + 1);
    const onEnd = (): void => {
      this.#tunnels.delete(id);
      if (group !== undefined) this.#countDown(group);
    };
    const tunnel = new Tunnel({
      remote,
      limits,
      clock,
      bodies: this.#bodies,
      onInput: this.#onInput,
      onEnd,
    });
    this.#tunnels.set(id, tunnel);
    return { id, tunnel };
  }

  /** Finds a tunnel that is open. */
  find(id: string): Tunnel | undefined {
    return this.#tunnels.get(id);
  }

  /** Where all together have too much, the one that has the most of it makes room. */
  #countInput(bytes: number): void {
    this.#inputBytes += bytes;
    if (bytes <= 0 || this.#inputBytes <= this.#options.limits.maxAllTunnelsInputBytes) return;
    let largest: Tunnel | undefined;
    for (const tunnel of this.#tunnels.values()) {
      if (tunnel.inputBytes > (largest?.inputBytes ?? 0)) largest = tunnel;
    }
    largest?.refuseInput();
  }

  #countDown(group: string): void {
    const count = (this.#counts.get(group) ?? 0) - 1;
    if (count > 0) this.#counts.set(group, count);
    else this.#counts.delete(group);
  }
}

function tooMany(text: string): TransportError {
  return new TransportError("RTMP_ERR_TOO_MANY_TUNNELS", text);
}
