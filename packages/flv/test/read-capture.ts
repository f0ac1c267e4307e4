import { readFileSync } from "node:fs";
import { hex } from "@rtmp/testing";

/** One captured media message; the payload is zero behind its first 32 bytes. */
export interface CapturedMessage {
  readonly kind: "audio" | "video";
  readonly timestamp: number;
  readonly payload: Uint8Array;
}

type Row = readonly [typeId: number, timestamp: number, length: number, head: string];

/** Reads one of the lists in `fixtures/`. */
export function readCapture(name: string): CapturedMessage[] {
  const url = new URL(`fixtures/${name}.json`, import.meta.url);
  const rows: readonly Row[] = JSON.parse(readFileSync(url, "utf8"));
  return rows.map(([typeId, timestamp, length, head]) => {
    const payload = new Uint8Array(length);
    payload.set(hex(head));
    return { kind: typeId === 9 ? "video" : "audio", timestamp, payload };
  });
}
