export { type DrivenSession, Driver, type DriverOptions } from "./driver.ts";
export { SessionError, type SessionErrorCode, sessionErrorFaults } from "./errors.ts";
export { defaultSessionLimits, resolveSessionLimits, type SessionLimits } from "./limits.ts";
export { IncomingConnect, IncomingPlay, IncomingPublish, type Rejection } from "./requests.ts";
export {
  ServerSession,
  type ServerSessionHandlers,
  type ServerSessionOptions,
} from "./server-session.ts";
export type { ServerStream, StatusOptions, StreamEnd, StreamState } from "./server-stream.ts";
export type { Transport, TransportHandlers } from "./transport.ts";
