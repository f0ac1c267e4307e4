import type { HubError, MediaBatch, Subscriber } from "@rtmp/hub";
import type { MediaPacket } from "@rtmp/flv";

type Method = "onBatch" | "onPublish" | "onUnpublish" | "onEvict";

/** Writes down what it is told, and does what the test wants meanwhile. */
export class RecordingSubscriber implements Subscriber {
  queuedBytes = 0;
  readonly packets: MediaPacket[] = [];
  readonly batches: MediaBatch[] = [];
  readonly told: string[] = [];
  evicted: HubError | undefined;
  readonly #acts = new Map<Method, () => void>();

  /** Does something once, inside the next call of a method, after it was written down. */
  inside(method: Method, act: () => void): void {
    this.#acts.set(method, act);
  }

  onBatch(batch: MediaBatch, from: number): void {
    this.batches.push(batch);
    this.packets.push(...batch.packets.slice(from));
    this.#act("onBatch");
  }

  onPublish(): void {
    this.told.push("publish");
    this.#act("onPublish");
  }

  onUnpublish(): void {
    this.told.push("unpublish");
    this.#act("onUnpublish");
  }

  onEvict(cause: HubError): void {
    this.evicted = cause;
    this.#act("onEvict");
  }

  #act(method: Method): void {
    const act = this.#acts.get(method);
    this.#acts.delete(method);
    act?.();
  }

  /** Each packet as `kind role timestamp`, with `*` for a keyframe. */
  get log(): string[] {
    return this.packets.map(({ kind, frames, timestamp }) => {
      const [frame] = frames;
      return `${kind} ${frame?.role}${frame?.keyframe ? "*" : ""} ${timestamp}`;
    });
  }
}
