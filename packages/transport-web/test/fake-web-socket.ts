import type { CloseDetails, StandardWebSocket } from "@rtmp/transport-web";

type Listener = (event: never) => void;

/** A WebSocket whose network is the test. */
export class FakeWebSocket implements StandardWebSocket {
  /** Those that were made since the test emptied it. */
  static readonly made: FakeWebSocket[] = [];
  binaryType = "blob";
  bufferedAmount = 0;
  /** Payloads that were sent. */
  readonly sent: Uint8Array[] = [];
  /** Codes that it was closed with. */
  readonly closes: (number | undefined)[] = [];
  readonly url: string;
  readonly protocols: readonly string[];
  readonly #listeners = new Map<string, Listener[]>();

  constructor(url = "ws://192.0.2.1/", protocols: readonly string[] = []) {
    this.url = url;
    this.protocols = protocols;
    FakeWebSocket.made.push(this);
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  /** Keeps a copy, and counts it as queued until {@link drain}. */
  send(data: Uint8Array): void {
    this.sent.push(data.slice());
    this.bufferedAmount += data.length;
  }

  close(code?: number): void {
    this.closes.push(code);
  }

  /** Everything that was sent reaches the network. */
  drain(): void {
    this.bufferedAmount = 0;
  }

  /** The server has taken it. */
  open(): void {
    this.#tell("open", {});
  }

  /** It failed; a close follows as the platforms do it. */
  fail(): void {
    this.#tell("error", {});
    this.closed(1006);
  }

  /** A binary message arrives. */
  message(...bytes: readonly number[]): void {
    this.#tell("message", { data: Uint8Array.from(bytes).buffer });
  }

  /** A text message arrives. */
  text(data: string): void {
    this.#tell("message", { data });
  }

  /** It is closed. */
  closed(code: number, reason = ""): void {
    const details: CloseDetails = { code, reason };
    this.#tell("close", details);
  }

  #tell(type: string, event: object): void {
    for (const listener of this.#listeners.get(type) ?? []) Reflect.apply(listener, this, [event]);
  }
}
