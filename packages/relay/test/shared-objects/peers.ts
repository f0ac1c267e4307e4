import type { SharedObjectEvent, SharedObjectMessage } from "@rtmp/message";
import type { SharedObjectPeer, SharedObjects } from "@rtmp/relay";
import type { RtmpError } from "@rtmp/wire";

/** A client that writes down what it is told. */
export class TestPeer implements SharedObjectPeer {
  readonly remote = "192.0.2.1:1111";
  readonly connect;
  queuedBytes = 0;
  /** One line an event. */
  readonly got: string[] = [];
  readonly messages: SharedObjectMessage[] = [];
  readonly payloads: Uint8Array[] = [];
  readonly problems: string[] = [];
  evicted: string | undefined;
  readonly #objects: SharedObjects;

  constructor(objects: SharedObjects, app = "live") {
    this.#objects = objects;
    this.connect = {
      transactionId: 1,
      app,
      tcUrl: "",
      flashVer: "",
      swfUrl: "",
      pageUrl: "",
      type: undefined,
      fpad: false,
      audioCodecs: 0,
      videoCodecs: 0,
      objectEncoding: 0 as const,
      capabilities: {
        fourCcList: [],
        videoFourCcInfoMap: {},
        audioFourCcInfoMap: {},
        capsEx: 0,
        videoFunction: 0,
      },
      properties: {},
      args: [],
    };
  }

  send(message: SharedObjectMessage, payload: Uint8Array): void {
    this.messages.push(message);
    this.payloads.push(payload);
    for (const event of message.events) this.got.push(lineOf(event));
  }

  run(act: () => void): void {
    act();
  }

  onProblem({ code }: RtmpError): void {
    this.problems.push(code);
  }

  evict({ code }: RtmpError): void {
    this.evicted = code;
  }

  /** What it was told since the last call. */
  take(): string[] {
    return this.got.splice(0);
  }

  say(name: string, ...events: SharedObjectEvent[]): void {
    this.#objects.receive(this, { name, version: 0, persistent: false, events });
  }

  sayPersistent(name: string, ...events: SharedObjectEvent[]): void {
    this.#objects.receive(this, { name, version: 0, persistent: true, events });
  }

  leave(): void {
    this.#objects.leave(this);
  }
}

export const use: SharedObjectEvent = { type: "use" };
export const release: SharedObjectEvent = { type: "release" };
export const set = (name: string, value: string | number): SharedObjectEvent => ({
  type: "request-change",
  name,
  value,
});
export const remove = (name: string): SharedObjectEvent => ({ type: "request-remove", name });
export const call = (handler: string, ...args: string[]): SharedObjectEvent => ({
  type: "send-message",
  handler,
  args,
});

function lineOf(event: SharedObjectEvent): string {
  switch (event.type) {
    case "change":
    case "request-change":
      return `${event.type} ${event.name} ${textOf(event.value)}`;
    case "success":
    case "remove":
    case "request-remove":
      return `${event.type} ${event.name}`;
    case "send-message":
      return `${event.type} ${event.handler}(${event.args.map(textOf).join(",")})`;
    case "status":
      return `${event.type} ${event.level} ${event.code}`;
    case "unknown":
      return `unknown ${event.id}`;
    case "clear":
    case "release":
    case "use":
    case "use-success":
    default:
      return event.type;
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
