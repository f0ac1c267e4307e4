export type {
  Access,
  AccessRequest,
  Authenticate,
  AuthenticateAccess,
  Authorise,
} from "./access.ts";
export { serve, type ServedConnection, type ServeOptions } from "./serve.ts";
export type { ServeObserver } from "./serve-observer.ts";
