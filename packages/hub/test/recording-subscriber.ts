import type { HubError, MediaBatch, Subscriber } from "@rtmp/hub";
import type { MediaPacket } from "@rtmp/flv";

/** Writes down what it is told. */
export class RecordingSubscriber implements Subscriber {
  queuedBytes = 0;
  readonly packets: MediaPacket[] = [];
  readonly batches: MediaBatch[] = [];
  readonly told: string[] = [];
  evicted: HubError | undefined;

  onBatch(batch: MediaBatch, from: number): void {
    this.batches.push(batch);
    this.packets.push(...batch.packets.slice(from));
  }

  onPublish(): void {
    this.told.push("publish");
  }

  onUnpublish(): void {
    this.told.push("unpublish");
  }

  onEvict(cause: HubError): void {
    this.evicted = cause;
  }

  /** Each packet as `kind role timestamp`, with `*` for a keyframe. */
  get log(): string[] {
    return this.packets.map(({ kind, frames, timestamp }) => {
      const [frame] = frames;
      return `${kind} ${frame?.role}${frame?.keyframe ? "*" : ""} ${timestamp}`;
    });
  }
}
