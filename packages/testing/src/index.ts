export { byteByByte, everySplit, randomSplit } from "./every-split.ts";
export { hex, toHex } from "./hex.ts";
export { seededBytes, seededRandom } from "./seeded-random.ts";
export { VirtualClock } from "./virtual-clock.ts";
