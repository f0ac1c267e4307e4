export type {
  Access,
  AccessRequest,
  Authenticate,
  AuthenticateAccess,
  Authorise,
} from "./access.ts";
export { RelayError, type RelayErrorCode, relayErrorFaults } from "./errors.ts";
export { defaultRelayLimits, type RelayLimits, resolveRelayLimits } from "./limits.ts";
export { type Pull, type PullObserver, type PullOptions, pullStream } from "./pull.ts";
export { type Push, type PushObserver, type PushOptions, pushStream } from "./push.ts";
export type { RelayObserver, RelayOptions } from "./relay-options.ts";
export { serve } from "./serve.ts";
export type { ServedConnection, ServeOptions } from "./serve-options.ts";
export type { ServeObserver } from "./serve-observer.ts";
export {
  defaultSharedObjectLimits,
  resolveSharedObjectLimits,
  type SharedObjectLimits,
} from "./shared-objects/limits.ts";
export type {
  SharedObjectAccess,
  SharedObjectPeer,
  SharedObjectPolicy,
} from "./shared-objects/peer.ts";
export { SharedObjects, type SharedObjectsOptions } from "./shared-objects/shared-objects.ts";
export {
  MemorySharedObjectStore,
  type SharedObjectSnapshot,
  type SharedObjectStore,
} from "./shared-objects/store.ts";
export type { PublishedTrack } from "./track-watch.ts";
export type { UplinkState } from "./uplink.ts";
