import type { SharedObjectMessage } from "@rtmp/message";
import { SharedObjects } from "@rtmp/relay";
import { RemoteSharedObject } from "@rtmp/session";
import { seededRandom } from "@rtmp/testing";
import { expect, test } from "vitest";
import { TestPeer } from "./peers.ts";

/** A client whose messages travel when the test says so, in each direction in order. */
class Replica extends TestPeer {
  readonly object: RemoteSharedObject;
  readonly #up: SharedObjectMessage[] = [];
  readonly #down: SharedObjectMessage[] = [];
  readonly #server: SharedObjects;

  constructor(server: SharedObjects) {
    super(server);
    this.#server = server;
    this.object = new RemoteSharedObject({
      name: "board",
      send: (message) => this.#up.push(message),
    });
    this.object.open();
  }

  override send(message: SharedObjectMessage): void {
    this.#down.push(message);
  }

  /** Carries one message; false when there is none that way. */
  carry(up: boolean): boolean {
    const message = (up ? this.#up : this.#down).shift();
    if (message === undefined) return false;
    if (up) this.#server.receive(this, message);
    else this.object.receive(message);
    return true;
  }
}

test("replicas have the same once everything has arrived, however it travelled", () => {
  for (let seed = 1; seed <= 500; seed++) {
    const random = seededRandom(seed);
    const server = new SharedObjects({ limits: { maxSharedObjectSlots: 4 } });
    const replicas = Array.from({ length: 3 }, () => new Replica(server));
    for (let step = 0; step < 120; step++) {
      const replica = replicas[Math.floor(random() * replicas.length)];
      const slot = `slot ${Math.floor(random() * 6)}`;
      const choice = random();
      if (choice < 0.2) replica?.object.set(slot, step);
      else if (choice < 0.3) replica?.object.remove(slot);
      else replica?.carry(choice < 0.65);
    }
    let moved = true;
    while (moved) {
      moved = replicas.flatMap((r) => [r.carry(true), r.carry(false)]).includes(true);
    }
    const late = new Replica(server);
    while (late.carry(true) || late.carry(false));

    const contents = [...replicas, late].map(({ object }) =>
      [...object.data]
        .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
        .toSorted()
        .join(),
    );
    expect(new Set(contents).size, `seed ${seed}: ${contents.join(" / ")}`).toBe(1);
    expect(new Set([...replicas, late].map(({ object }) => object.version)).size).toBe(1);
  }
});
