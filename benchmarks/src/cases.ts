import { amf0Cases } from "./amf0-cases.ts";
import { amf3Cases } from "./amf3-cases.ts";
import type { BenchCase } from "./bench-case.ts";
import { chunkReaderCases } from "./chunk-reader-cases.ts";
import { chunkWriterCases } from "./chunk-writer-cases.ts";
import { handshakeCases } from "./handshake-cases.ts";

// Some 30 MB of video.
const fullGroups = 2_000;

/** Every case of the suite. */
export function allCases(groups: number = fullGroups): BenchCase[] {
  return [
    ...chunkReaderCases(groups),
    ...chunkWriterCases(),
    ...amf0Cases(),
    ...amf3Cases(),
    ...handshakeCases(),
  ];
}
