import { seededRandom } from "@rtmp/testing";
import { type FrameCounts, MediaWatch } from "./media-watch.ts";
import { type NumberedMedia, numberedMessage } from "./numbered-media.ts";
import { setMetadata, type TestPeer, TestServer } from "./served.ts";

/** How a hub is set up, and what the publisher's clock says at first. */
export interface DaySetup {
  readonly mergeWindowMs: number;
  readonly latency: "low" | "smooth";
  /** Milliseconds. */
  readonly startsAt: number;
  readonly seed: number;
}

// A frame of video a second, a keyframe every four, audio every two.
const stepMs = 1_000;
const framesOfGop = 4;
// Longer than the merge window, so that a step ends with everything delivered.
const deliveryMs = 150;
// Until the next keyframe, the audio behind it, and a second.
const excuseMs = 7_000;
const mostPlayers = 4;
// Of each hour; in the rest of it everybody goes, and what waits for a time limit ends.
const busySeconds = 3_480;

/** What a player does until it plays as usual again. */
interface Trouble {
  readonly kind: "pause" | "stall";
  readonly until: number;
}

/** A player that comes and goes. */
interface DayPlayer {
  readonly peer: TestPeer;
  readonly watch: MediaWatch;
  readonly leavesAt: number;
  excusedUntil: number;
  trouble: Trouble | undefined;
}

/** A publisher, and what it has sent. */
interface DayPublisher {
  readonly peer: TestPeer;
  readonly counts: FrameCounts;
  /** What its clock said when it came, and when that was. */
  readonly startsAt: number;
  readonly since: number;
}

/** What happened, so that a test knows that it saw something. */
export interface DayCounts {
  /** Players that came. */
  players: number;
  /** Frames that those got which have gone. */
  frames: number;
  /** How often some frames were missing where they might be. */
  gaps: number;
  /** How often players paused, and how often they did not read. */
  pauses: number;
  stalls: number;
  /** Players that were given up. */
  cut: number;
  /** Publishers that came. */
  publications: number;
}

/** One stream in virtual time: publishers that are lost and come back, players that come, pause, stall and go. */
export class Day {
  readonly server: TestServer;
  readonly counts: DayCounts = {
    players: 0,
    frames: 0,
    gaps: 0,
    pauses: 0,
    stalls: 0,
    cut: 0,
    publications: 0,
  };
  readonly #random: () => number;
  readonly #players = new Set<DayPlayer>();
  // There all day.
  readonly #resident: DayPlayer;
  #publisher: DayPublisher | undefined;
  #last: FrameCounts | undefined;
  #returnsAt = 0;
  #nextStartsAt: number;

  constructor({ mergeWindowMs, latency, startsAt, seed }: DaySetup) {
    this.server = new TestServer({ hubOptions: { mergeWindowMs, latency } });
    this.#random = seededRandom(seed);
    this.#nextStartsAt = startsAt;
    this.#resident = this.#join(Number.POSITIVE_INFINITY);
    this.#publish();
  }

  /** The time of the newest message of the player that is there all day. */
  get timestamp(): number {
    return this.#resident.watch.timestamp;
  }

  /**
   * Lets an hour pass and the GOP end; then all players but one have gone, and the publisher is there.
   *
   * @throws Error when a player got what it must not get, or did not get what it should have
   */
  hour(): void {
    for (let second = 0; second < 3_600; second++) {
      if (second < busySeconds) this.#change();
      else this.#calm();
      this.#step();
    }
    // So that as much is cached each time.
    while ((this.#publisher?.counts.video ?? 0) % framesOfGop !== 0) this.#step();
  }

  get #now(): number {
    return this.server.clock.now();
  }

  #chance(once: number): boolean {
    return this.#random() < 1 / once;
  }

  /** Up to `bound` milliseconds. */
  #some(bound: number): number {
    return Math.floor(this.#random() * bound);
  }

  #step(): void {
    const { server } = this;
    server.clock.advance(stepMs - deliveryMs);
    this.#send();
    server.settle();
    server.clock.advance(deliveryMs);
    server.settle();
    for (const player of this.#players) this.#check(player);
  }

  #change(): void {
    if (this.#publisher === undefined) {
      if (this.#now >= this.#returnsAt) this.#publish();
    } else if (this.#chance(900)) this.#losePublisher(this.#publisher);

    if (this.#players.size < mostPlayers && this.#chance(60)) {
      this.#join(this.#now + this.#some(600_000));
    }
    for (const player of this.#players) {
      if (player.trouble !== undefined) this.#endTrouble(player, player.trouble);
      else if (this.#now >= player.leavesAt) this.#leave(player);
      else if (this.#chance(200)) this.#makeTrouble(player);
    }
  }

  /** Brings everything back to what it was in the beginning. */
  #calm(): void {
    if (this.#publisher === undefined) this.#publish();
    for (const player of this.#players) {
      if (player.trouble !== undefined) this.#endTrouble(player, player.trouble);
      else if (player !== this.#resident) this.#leave(player);
    }
  }

  #publish(): void {
    const peer = this.server.publisher();
    this.counts.publications++;
    const publication = this.counts.publications;
    this.#publisher = {
      peer,
      counts: { publication, video: 0, audio: 0 },
      startsAt: this.#nextStartsAt,
      since: this.#now,
    };
    const header = { publication, number: 0, isKeyframe: false };
    peer.client.send(
      setMetadata(),
      this.#message(this.#publisher, { kind: "video", ...header }),
      this.#message(this.#publisher, { kind: "audio", ...header }),
    );
    this.#send();
    this.server.settle();
  }

  #send(): void {
    if (this.#publisher === undefined) return;
    const { peer, counts } = this.#publisher;
    const { publication } = counts;
    const isKeyframe = counts.video % framesOfGop === 0;
    const video = { kind: "video", publication, number: ++counts.video, isKeyframe } as const;
    peer.client.send(this.#message(this.#publisher, video));
    if (counts.video % 2 === 1) return;
    const audio = { kind: "audio", publication, number: ++counts.audio } as const;
    peer.client.send(this.#message(this.#publisher, { ...audio, isKeyframe: false }));
    // What the server says to a publisher is of no interest here.
    peer.client.received.length = 0;
  }

  #message({ startsAt, since }: DayPublisher, media: NumberedMedia) {
    return numberedMessage(media, (startsAt + this.#now - since) % 2 ** 32);
  }

  /** By a reset, by silence, or in order; another one comes sooner or later than the players are told. */
  #losePublisher({ peer, counts, startsAt, since }: DayPublisher): void {
    const way = this.#some(3);
    if (way === 0) peer.near.reset();
    else if (way === 1) peer.client.command(1, "closeStream", null);
    expectNoInternalError(peer);
    this.#publisher = undefined;
    this.#last = counts;
    // A silent one may be taken over after two seconds.
    this.#returnsAt = this.#now + 3_000 + this.#some(30_000);
    const itsClock = startsAt + this.#now - since;
    this.#nextStartsAt = this.#chance(2) ? 0 : itsClock + this.#some(60_000);
  }

  #join(leavesAt: number): DayPlayer {
    const player = {
      peer: this.server.player(),
      watch: new MediaWatch(),
      leavesAt,
      excusedUntil: this.#now + excuseMs,
      trouble: undefined,
    };
    this.counts.players++;
    this.#players.add(player);
    return player;
  }

  #makeTrouble(player: DayPlayer): void {
    if (this.#chance(2)) {
      this.counts.pauses++;
      player.trouble = { kind: "pause", until: this.#now + this.#some(40_000) };
      player.peer.client.command(1, "pause", null, true, 0);
      return;
    }
    this.counts.stalls++;
    // The resident is never given up.
    const most = player === this.#resident ? 25_000 : 50_000;
    player.trouble = { kind: "stall", until: this.#now + this.#some(most) };
    player.peer.far.hold();
  }

  #endTrouble(player: DayPlayer, { kind, until }: Trouble): void {
    if (this.#now < until) return;
    const { client, near, far } = player.peer;
    if (kind === "pause") client.command(1, "pause", null, false, 0);
    else {
      far.release();
      near.flush();
      // It may find that it was cut.
      this.#check(player);
    }
    player.trouble = undefined;
    player.excusedUntil = this.#now + excuseMs;
  }

  #leave(player: DayPlayer): void {
    const { client, near } = player.peer;
    const way = this.#some(3);
    if (way === 0) client.close();
    else if (way === 1) near.reset();
    else client.command(1, "deleteStream", null, 1);
    this.#forget(player);
  }

  #forget(player: DayPlayer): void {
    expectNoInternalError(player.peer);
    this.#players.delete(player);
    this.counts.frames += player.watch.frames;
    this.counts.gaps += player.watch.gaps;
  }

  #check(player: DayPlayer): void {
    const { peer, watch, trouble, excusedUntil } = player;
    const { client } = peer;
    const isExcused = trouble !== undefined || this.#now <= excusedUntil;
    // There is nothing to begin with.
    if (isExcused && this.#publisher === undefined) player.excusedUntil = this.#now + excuseMs;
    for (const message of client.media()) watch.take(message, isExcused, this.#last);
    client.received.length = 0;
    if (client.closed !== undefined) {
      const wasSlow = peer.events.at(-1) === "close RTMP_ERR_SLOW_SUBSCRIBER";
      if (trouble?.kind !== "stall" || !wasSlow) {
        throw new Error(`a player was cut: ${peer.events.join(", ")}`);
      }
      this.counts.cut++;
      this.#forget(player);
    } else if (!isExcused && this.#publisher !== undefined) watch.expectAll(this.#publisher.counts);
  }
}

function expectNoInternalError({ events }: TestPeer): void {
  const error = events.find((event) => event.startsWith("internal error"));
  if (error !== undefined) throw new Error(error);
}
