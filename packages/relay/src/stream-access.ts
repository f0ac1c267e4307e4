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
  grant(path: StreamPath): void;
  /** The client may not; called at once or later. */
  refuse(rejection: Rejection): void;
}

/** Construction of a {@link StreamAccess}. */
export interface StreamAccessOptions {
  readonly authorise: Authorise | undefined;
  /** Whether the app and tcUrl hold what the client proved itself with. */
  readonly authenticates: boolean;
  /** The peer's `address:port`. */
  readonly remote: string;
  readonly onProblem: (error: RtmpError) => void;
  /** The owner's promise was rejected. */
  readonly onFailure: (error: unknown) => void;
}

/** Decides on the wishes of one connection. */
export class StreamAccess {
  readonly #options: StreamAccessOptions;
  /** Who the client is; undefined while nobody asked. */
  user: string | undefined;

  constructor(options: StreamAccessOptions) {
    this.#options = options;
  }

  /** Answers a wish, at once unless the owner takes its time. */
  decide(connect: ConnectRequest, wish: StreamWish): void {
    const path = this.#resolve(connect, wish);
    if (path === undefined) return;

    const { authorise, remote } = this.#options;
    const answer = (access: Access): void => {
      if (access.granted) wish.grant(path);
      else wish.refuse({ code: access.code ?? wish.deniedCode, description: access.description });
    };
    const { action } = wish;
    const access = authorise?.({ action, path, connect, user: this.user, remote });
    if (access === undefined) answer({ granted: true });
    else if ("then" in access) {
      access.then(answer, (error) => {
        this.#options.onFailure(error);
        answer({ granted: false, description: "authorisation is not available" });
      });
    } else answer(access);
  }

  #resolve({ app, tcUrl }: ConnectRequest, wish: StreamWish): StreamPath | undefined {
    const { authenticates } = this.#options;
    const bare = authenticates ? withoutAuthentication : (text: string): string => text;
    try {
      const { streamName } = wish;
      return resolveStreamPath({ app: bare(app), tcUrl: bare(tcUrl), streamName });
    } catch (error) {
      if (!(error instanceof RtmpError)) throw error;
      this.#options.onProblem(error);
      const code =
        wish.action === "publish" ? StatusCode.PublishBadName : StatusCode.PlayStreamNotFound;
      wish.refuse({ code, description: error.message });
      return undefined;
    }
  }
}
