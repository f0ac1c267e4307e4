import { readFileSync } from "node:fs";
import { hex } from "@rtmp/testing";

const text = readFileSync(new URL("fixtures/captured.json", import.meta.url), "utf8");
const payloads = new Map<string, string>(Object.entries(JSON.parse(text)));

/** The payload that a real client or server sent; see fixtures/README.md. */
export function captured(name: string): Uint8Array<ArrayBuffer> {
  const payload = payloads.get(name);
  if (payload === undefined) throw new Error(`no captured payload ${name}`);
  return hex(payload);
}

/** Every captured payload whose name ends so. */
export function capturedNames(pattern: RegExp): string[] {
  return [...payloads.keys()].filter((name) => pattern.test(name));
}
