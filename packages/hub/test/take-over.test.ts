import { HubError, type HubLimits, type PublishOptions, StreamHub, type TakeOver } from "@rtmp/hub";
import { VirtualClock } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { keyframe, videoHeader } from "./packets.ts";
import { RecordingSubscriber } from "./recording-subscriber.ts";

const name = "live/cam";

/** A hub with one publisher that fell silent, and a player. */
class Contested {
  readonly clock = new VirtualClock(1_000);
  readonly player = new RecordingSubscriber();
  readonly hub: StreamHub;
  readonly causes: string[] = [];
  readonly first;

  constructor(takeOver?: TakeOver, limits: Partial<HubLimits> = {}) {
    this.hub = new StreamHub({
      clock: this.clock,
      limits,
      ...(takeOver === undefined ? {} : { takeOver }),
    });
    this.hub.subscribe(name, this.player);
    const heardAt = this.clock.now();
    this.first = this.hub.publish(name, {
      owner: "alice",
      silentMs: () => this.clock.now() - heardAt,
      onTakenOver: ({ code, fault }: HubError) => this.causes.push(`${code} ${fault}`),
    });
    this.first.write(videoHeader(0));
    this.first.write(keyframe(0));
    this.first.flush();
    this.player.packets.length = 0;
    this.player.told.length = 0;
  }

  /** Whether a newcomer gets the name after so much silence. */
  after(milliseconds: number, newcomer: PublishOptions = {}): boolean {
    this.clock.advance(milliseconds);
    try {
      this.hub.publish(name, newcomer);
      return true;
    } catch (error) {
      if (error instanceof HubError && error.code === "RTMP_ERR_NAME_IN_USE") return false;
      throw error;
    }
  }
}

describe("who gets a name that is being published", () => {
  test.each<[TakeOver | undefined, number, string | undefined, boolean]>([
    [undefined, 1_999, "alice", false],
    [undefined, 2_000, "alice", true],
    [undefined, 9_999, "bob", false],
    [undefined, 10_000, "bob", true],
    [undefined, 9_999, undefined, false],
    ["resume", 2_000, "alice", true],
    ["reject", 9_999, "alice", false],
    ["reject", 10_000, "alice", true],
    ["reject", 10_000, undefined, true],
    ["replace", 0, "bob", true],
    ["replace", 0, undefined, true],
  ])("policy %s, %i ms of silence, owner %s: %s", (policy, silence, owner, gets) => {
    const stream = new Contested(policy);
    expect(stream.after(silence, owner === undefined ? {} : { owner })).toBe(gets);
    expect(stream.causes).toEqual(gets ? ["RTMP_ERR_TAKEN_OVER closed"] : []);
  });

  test("the limits are the hub's", () => {
    const limits = { staleMs: 500, resumeMs: 100 };
    expect(new Contested("resume", limits).after(99, { owner: "alice" })).toBe(false);
    expect(new Contested("resume", limits).after(100, { owner: "alice" })).toBe(true);
    expect(new Contested("resume", limits).after(499)).toBe(false);
    expect(new Contested("resume", limits).after(500)).toBe(true);
  });

  test("publishers without an owner do not own each other's names", () => {
    const hub = new StreamHub({ clock: new VirtualClock() });
    hub.publish(name, { silentMs: () => 9_999 });
    expect(() => hub.publish(name, {})).toThrow(/is being published/);
  });

  test("a publisher that does not say how silent it is never has to go", () => {
    const clock = new VirtualClock();
    const hub = new StreamHub({ clock });
    hub.publish(name, { owner: "alice" });
    clock.advance(3_600_000);
    expect(() => hub.publish(name, { owner: "alice" })).toThrow(/is being published/);
  });
});

describe("a name is taken over", () => {
  test("players hear of nothing and go on, on one timeline", () => {
    const { clock, hub, player, first } = new Contested();
    clock.advance(10_000);
    const second = hub.publish(name);
    first.write(keyframe(40));
    first.flush();
    expect(player.log).toEqual([]);

    second.write(videoHeader(0));
    second.write(keyframe(0));
    second.flush();
    expect(player.log).toEqual(["video sequence-start 10000", "video coded-frames* 10000"]);
    expect(player.told).toEqual([]);
  });

  test("the end of the former publisher is none of the newcomer's", () => {
    const { clock, hub, player, first } = new Contested();
    clock.advance(10_000);
    const second = hub.publish(name);
    first.end("closed");
    second.write(videoHeader(0));
    second.write(keyframe(0));
    second.flush();
    expect(player.log).toHaveLength(2);
    expect(hub.stats()).toMatchObject([{ publishing: true, subscribers: 1 }]);
  });

  test("without players, too", () => {
    const clock = new VirtualClock();
    const hub = new StreamHub({ clock, takeOver: "replace" });
    const causes: HubError[] = [];
    hub.publish(name, { onTakenOver: (cause) => causes.push(cause) });
    const second = hub.publish(name);
    expect(causes).toHaveLength(1);
    expect(hub.stats()).toMatchObject([{ publishing: true }]);
    second.end("closed");
    expect(hub.stats()).toEqual([]);
  });

  test("without a grace period players are told, and told again", () => {
    const stream = new Contested("replace", { graceMs: 0 });
    stream.after(0);
    expect(stream.player.told).toEqual(["unpublish", "publish"]);
  });

  test("never by a player, in the middle of a batch", () => {
    const hub = new StreamHub({ clock: new VirtualClock(), takeOver: "replace" });
    const publication = hub.publish(name);
    const player = new RecordingSubscriber();
    const errors: unknown[] = [];
    player.inside("onBatch", () => {
      try {
        hub.publish(name);
      } catch (error) {
        errors.push(error);
      }
    });
    hub.subscribe(name, player);
    publication.write(videoHeader(0));
    publication.write(keyframe(0));
    publication.flush();
    expect(errors).toMatchObject([{ code: "RTMP_ERR_NAME_IN_USE" }]);
  });
});
