export { byteByByte, everySplit, randomSplit } from "./every-split.ts";
export { hex, toHex } from "./hex.ts";
export { seededBytes, seededRandom } from "./seeded-random.ts";
export {
  type PairedTransport,
  type TransportPairOptions,
  transportPair,
} from "./transport-pair.ts";
export { VirtualClock } from "./virtual-clock.ts";
export { type ReceivedMessage, ScriptedClient } from "./scripted-client.ts";
export { pair, type SessionPair, type SessionPairOptions, type Weather } from "./session-pair.ts";
