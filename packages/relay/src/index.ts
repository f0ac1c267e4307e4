export type {
  Access,
  AccessRequest,
  Authenticate,
  AuthenticateAccess,
  Authorise,
} from "./access.ts";
export { RelayError, type RelayErrorCode, relayErrorFaults } from "./errors.ts";
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
