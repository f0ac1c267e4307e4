export type { Access, AccessRequest, Authorise } from "./access.ts";
export { serve, type ServedConnection, type ServeOptions } from "./serve.ts";
export type { ServeObserver } from "./serve-observer.ts";
