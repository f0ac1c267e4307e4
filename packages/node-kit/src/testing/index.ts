/** What the tests of the apps share. */

export { AppProcess, type AppProcessOptions, type ReadyLine } from "./app-process.ts";
export { MemoryLog, type MemoryLogLine } from "./memory-log.ts";
export { type MarkedMedia, videoMarks } from "./video-marks.ts";
