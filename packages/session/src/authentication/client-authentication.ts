/**
 * The client's side of authentication: what to append to the app and to tcUrl after connect was refused.
 *
 *   connect live                                    -> code=403 need auth
 *   connect live?authmod=adobe&user=U               -> ?reason=needauth&salt=S&challenge=C&opaque=O
 *   connect live?authmod=adobe&user=U&response=R... -> granted, or ?reason=authfailed
 *
 * Each connect needs a connection of its own, since the server closes after a refusal.
 *
 * No specification; the form of Flash Media Server and its encoders.
 */

import { type RandomBytes, systemRandomBytes } from "@rtmp/wire";
import { bytesToHex } from "@noble/hashes/utils.js";
import { adobeResponse } from "./adobe.ts";
import { type Challenge, parseAuthenticationDemand } from "./challenge.ts";
import { llnwResponse } from "./llnw.ts";
import { authenticationParameters, formatParameters, isUserName } from "./parameters.ts";

/** Who the client is, and where it connects. */
export interface ClientAuthenticationOptions {
  /** Not percent-encoded; no control character and none of `& ? [ ]`. */
  readonly user: string;
  /** Never sent. */
  readonly password: string;
  /** The app of the first connect. */
  readonly app: string;
  /** Source of the client's challenge. @default the platform's */
  readonly randomBytes?: RandomBytes;
}

/** What to do after connect was refused. */
export type AuthenticationStep =
  /** Connect once more over a new connection, with `query` behind the app and behind tcUrl of the first connect. */
  | { readonly kind: "retry"; readonly query: string }
  /** The server does not let this user in; `reason` is for people. */
  | { readonly kind: "failed"; readonly reason: string }
  /** Connect was refused for another reason. */
  | { readonly kind: "none" };

const reasons: ReadonlyMap<string, string> = new Map([
  ["authfailed", "wrong user name or password"],
  ["nosuchuser", "no such user"],
]);

/** Proves one password to one server; asks for at most two more connects. */
export class ClientAuthentication {
  readonly #user: string;
  readonly #password: string;
  readonly #app: string;
  readonly #randomBytes: RandomBytes;
  #sent: "nothing" | "user" | "response" = "nothing";

  /** @throws RangeError when the user name cannot be sent */
  constructor({ user, password, app, randomBytes }: ClientAuthenticationOptions) {
    if (!isUserName(user)) {
      throw new RangeError("a user name has no control character and none of & ? [ ]");
    }
    this.#user = user;
    this.#password = password;
    this.#app = app;
    this.#randomBytes = randomBytes ?? systemRandomBytes;
    // Whoever wrote the parameters into the app wants these and no others.
    if (authenticationParameters(app) !== undefined) this.#sent = "response";
  }

  /**
   * Says what to do after the latest connect was refused.
   *
   * @param description  of the status that refused it
   */
  next(description: string): AuthenticationStep {
    const demand = parseAuthenticationDemand(description);
    if (demand === undefined) return { kind: "none" };
    if (demand.kind === "refused") return failed(reasons.get(demand.reason) ?? demand.reason);
    if (demand.kind === "unknown-method") {
      return failed(`the server wants the unknown authmod ${demand.method}`);
    }
    if (demand.kind === "need-auth") {
      if (this.#sent !== "nothing") return failed("the server asks for the user again");
      this.#sent = "user";
      return retry({ authmod: demand.method, user: this.#user });
    }
    if (this.#sent === "response") return failed("the server does not take the response");
    this.#sent = "response";
    return retry(this.#answer(demand.challenge));
  }

  #answer(challenge: Challenge): Record<string, string> {
    const user = this.#user;
    const password = this.#password;
    const own = bytesToHex(this.#randomBytes(4));
    if (challenge.method === "llnw") {
      const { method, nonce } = challenge;
      const nc = "00000001";
      const response = llnwResponse({ user, password, app: this.#app, nonce, nc, cnonce: own });
      return { authmod: method, user, nonce, cnonce: own, nc, response };
    }
    const { method, opaque } = challenge;
    const response = adobeResponse({ ...challenge, user, password, clientChallenge: own });
    const answer = { authmod: method, user, challenge: own, response };
    return opaque === "" ? answer : { ...answer, opaque };
  }
}

function retry(parameters: Readonly<Record<string, string>>): AuthenticationStep {
  return { kind: "retry", query: formatParameters(parameters) };
}

function failed(reason: string): AuthenticationStep {
  return { kind: "failed", reason };
}
