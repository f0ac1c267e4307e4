import { type DrivenSession, Driver, type DriverOptions } from "@rtmp/session";
import { type PairedTransport, transportPair, VirtualClock } from "@rtmp/testing";
import type { RtmpError } from "@rtmp/wire";

/** A session that does what the test says and writes down what it is told. */
class PuppetSession implements DrivenSession {
  readonly calls: string[] = [];
  readonly ends: (RtmpError | undefined)[] = [];
  closed = false;
  encrypted = false;
  closeFlushMs = 1_111;
  pressure: DrivenSession["pressure"] = "all";
  deadline = Number.POSITIVE_INFINITY;
  shared = 0;
  /** Called by the method of the same name. */
  onReceive: (bytes: Uint8Array) => void = () => {};
  onTick: () => void = () => {};
  onTakeOutput: () => void = () => {};
  onEnd: () => void = () => {};
  onOutput: () => void = () => {};
  #pieces: Uint8Array[] = [];

  get outputEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  say(...bytes: number[]): void {
    this.sendShared(Uint8Array.from(bytes));
  }

  sendShared(bytes: Uint8Array): void {
    const wasEmpty = this.outputEmpty;
    this.#pieces.push(bytes);
    if (wasEmpty) this.onOutput();
  }

  receive(bytes: Uint8Array, now: number): void {
    this.calls.push(`receive ${bytes.join(" ")} at ${now}`);
    this.onReceive(bytes);
  }

  nextDeadline(): number {
    return this.closed ? Number.POSITIVE_INFINITY : this.deadline;
  }

  tick(now: number): void {
    this.calls.push(`tick at ${now}`);
    if (now >= this.deadline) this.deadline = Number.POSITIVE_INFINITY;
    this.onTick();
  }

  takeOutput(): readonly Uint8Array[] {
    this.onTakeOutput();
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  countShared(bytes: Uint8Array): void {
    this.shared += bytes.length;
  }

  end(cause?: RtmpError): void {
    if (this.closed) return;
    this.closed = true;
    this.ends.push(cause);
    this.onEnd();
  }
}

/** A driver between a puppet and one end of a pair; the other end is the peer. */
export class Driven {
  readonly clock = new VirtualClock(1_000);
  readonly session = new PuppetSession();
  readonly driver: Driver;
  /** The peer's end. */
  readonly near: PairedTransport;
  /** The driver's end. */
  readonly far: PairedTransport;
  /** What the peer got: one entry a piece. */
  readonly received: string[] = [];
  /** Why the peer's end closed. */
  readonly closes: (Error | undefined)[] = [];
  pauses = 0;
  resumes = 0;
  readonly closeCalls: number[] = [];

  constructor(options: Partial<DriverOptions> = {}) {
    [this.near, this.far] = transportPair({ clock: this.clock });
    this.#spy();
    this.driver = new Driver({ transport: this.far, clock: this.clock, ...options });
    this.session.onOutput = () => this.driver.onOutput();
    this.near.start({
      onBytes: (bytes) => this.received.push(bytes.join(" ")),
      onDrain: () => {},
      onClose: (cause) => this.closes.push(cause),
    });
    this.driver.start(this.session);
  }

  /** The peer says something, and all that it brings about happens. */
  hear(...bytes: number[]): void {
    this.near.write(Uint8Array.from(bytes));
    this.near.flush();
  }

  #spy(): void {
    const { far } = this;
    const pause = far.pause.bind(far);
    const resume = far.resume.bind(far);
    const close = far.close.bind(far);
    far.pause = () => {
      this.pauses++;
      pause();
    };
    far.resume = () => {
      this.resumes++;
      resume();
    };
    far.close = (afterFlushMs) => {
      this.closeCalls.push(afterFlushMs);
      close(afterFlushMs);
    };
  }
}
