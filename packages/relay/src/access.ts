import type { ConnectRequest, StatusCode, StreamPath } from "@rtmp/message";
import type { ConnectAccess } from "@rtmp/session";

/** Somebody asks to publish or play a stream. */
export interface AccessRequest {
  /** What the client wants to do. */
  readonly action: "publish" | "play";
  /** Which stream, and the query parameters that came with it (tokens, for example). */
  readonly path: StreamPath;
  /** What the client said in `connect`. */
  readonly connect: ConnectRequest;
  /** Who the client is, by `authenticate`; undefined when that is not asked or did not say. */
  readonly user: string | undefined;
  /** The peer's `address:port`. */
  readonly remote: string;
}

/** Whether a request is granted, and if not, what the client is told. */
export type Access =
  | { readonly granted: true }
  | { readonly granted: false; readonly description: string; readonly code?: StatusCode };

/** Decides on a request, at once or later; a promise that rejects refuses. */
export type Authorise = (request: AccessRequest) => Access | Promise<Access>;

/**
 * Decides who may connect, at once or later; a promise that rejects refuses.
 *
 * `check` of a `ConnectAuthenticator` is one.
 */
export type Authenticate = (
  connect: ConnectRequest,
) => AuthenticateAccess | Promise<AuthenticateAccess>;

/** Whether a client may connect, and as whom; the user may be left open, for players for example. */
export type AuthenticateAccess = ConnectAccess | { readonly granted: true };
