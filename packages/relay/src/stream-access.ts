/**
 * Who may do what with which stream: resolves the name that a client uses and asks the owner.
 *
 * RTMP §7.2.1.1, §7.2.2
 */

import { type ConnectRequest, resolveStreamPath, StatusCode, type StreamPath } from "@rtmp/message";
import { type Rejection, withoutAuthentication } from "@rtmp/session";
import { RtmpError } from "@rtmp/wire";
import type { Access, AccessRequest, Authorise } from "./access.ts";

/** Something that a client asks to do with a stream. */
export interface StreamWish {
  readonly action: AccessRequest["action"];
  /** As the client wrote it. */
  readonly streamName: string;
  /** The status of a refusal that says none. */
  readonly deniedCode: StatusCode;
  /** The client may; called at once or later. */
  readonly grant: (path: StreamPath) => void;
  /** The client may not; called at once or later. */
  readonly refuse: (rejection: Rejection) => void;
}

/** Whose client it is. */
export interface AccessOwner {
  readonly authorise: Authorise | undefined;
  /** Whether the app and tcUrl hold what the client proved itself with. */
  readonly authenticates: boolean;
  /** Who the client is; undefined while nobody asked. */
  readonly user: string | undefined;
  /** The peer's `address:port`. */
  readonly remote: string;
  onProblem(error: RtmpError): void;
  /** The promise of `authorise` was rejected. */
  onAccessFailure(error: unknown): void;
}

/** Answers a wish, at once unless the owner takes its time. */
export function decideAccess(owner: AccessOwner, connect: ConnectRequest, wish: StreamWish): void {
  const path = resolve(owner, connect, wish);
  if (path === undefined) return;

  const { user, remote } = owner;
  const answer = (access: Access): void => {
    if (access.granted) wish.grant(path);
    else wish.refuse({ code: access.code ?? wish.deniedCode, description: access.description });
  };
  const { action } = wish;
  const access = owner.authorise?.({ action, path, connect, user, remote });
  if (access === undefined) answer({ granted: true });
  else if ("then" in access) {
    access.then(answer, (error) => {
      owner.onAccessFailure(error);
      answer({ granted: false, description: "authorisation is not available" });
    });
  } else answer(access);
}

function resolve(
  owner: AccessOwner,
  { app, tcUrl }: ConnectRequest,
  { action, streamName, refuse }: StreamWish,
): StreamPath | undefined {
  const bare = owner.authenticates ? withoutAuthentication : (text: string): string => text;
  try {
    return resolveStreamPath({ app: bare(app), tcUrl: bare(tcUrl), streamName });
  } catch (error) {
    if (!(error instanceof RtmpError)) throw error;
    owner.onProblem(error);
    const code = action === "publish" ? StatusCode.PublishBadName : StatusCode.PlayStreamNotFound;
    refuse({ code, description: error.message });
    return undefined;
  }
}
