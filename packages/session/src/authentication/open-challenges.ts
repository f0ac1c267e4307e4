/** The challenges that a server has given out and that wait for their response. */

import type { Challenge } from "./challenge.ts";

/** A challenge and the user that it was given to. */
export interface OpenChallenge {
  readonly user: string;
  readonly challenge: Challenge;
}

interface Entry extends OpenChallenge {
  readonly expiresAt: number;
}

/** Challenges by the text that the client sends back; each is taken once, and the oldest go first. */
export class OpenChallenges {
  readonly #max: number;
  readonly #lifetimeMs: number;
  // In the order of their ends: the lifetime is the same for all.
  readonly #entries = new Map<string, Entry>();

  constructor(max: number, lifetimeMs: number) {
    this.#max = max;
    this.#lifetimeMs = lifetimeMs;
  }

  /** How many are kept. */
  get size(): number {
    return this.#entries.size;
  }

  /** Keeps a challenge; forgets those that are over, and the oldest where there are too many. */
  add(key: string, open: OpenChallenge, now: number): void {
    for (const [oldest, { expiresAt }] of this.#entries) {
      if (expiresAt > now && this.#entries.size < this.#max) break;
      this.#entries.delete(oldest);
    }
    this.#entries.set(key, { ...open, expiresAt: now + this.#lifetimeMs });
  }

  /** Gives a challenge out of hand; undefined when there is none, or none any more. */
  take(key: string, now: number): OpenChallenge | undefined {
    const entry = this.#entries.get(key);
    this.#entries.delete(key);
    return entry !== undefined && entry.expiresAt > now ? entry : undefined;
  }
}
