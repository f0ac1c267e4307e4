/** Asks the policy of a server's shared objects, and reports what it refuses. */

import { RelayError } from "../errors.ts";
import type { SharedObjectAccess, SharedObjectPeer, SharedObjectPolicy } from "./peer.ts";

/** Which object it is about. */
export type SharedObjectIdentity = Pick<SharedObjectAccess, "app" | "name" | "persistent">;

/** What the policy lets clients do. */
export class Permissions {
  readonly #policy: SharedObjectPolicy;

  constructor(policy: SharedObjectPolicy) {
    this.#policy = policy;
  }

  /** Whether a client may do something with an object; what it may not is a problem of its connection. */
  grants(
    peer: SharedObjectPeer,
    { app, name, persistent }: SharedObjectIdentity,
    action: SharedObjectAccess["action"],
    member?: string,
  ): boolean {
    const { connect, remote } = peer;
    const access = { action, app, name, persistent, member, connect, remote };
    const policy = this.#policy;
    const may = action === "read" ? policy.mayRead?.(access) : policy.mayWrite?.(access);
    if (may ?? true) return true;

    const text = `${action} of shared object ${name} is not allowed`;
    peer.onProblem(new RelayError("RTMP_ERR_SHARED_OBJECT_DENIED", text));
    return false;
  }
}
