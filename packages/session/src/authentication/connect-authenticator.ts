/**
 * The server's side of authentication: grants connect, or says what the client has to do first.
 *
 *   app without authmod          -> code=403 need auth
 *   authmod and user             -> a new challenge
 *   authmod, user and response   -> granted, or authfailed
 *
 * A client comes with each step on a connection of its own, so one authenticator serves all connections. A challenge is
 * taken once, by its own text, for the user and the method it was given to. Who does not know a password does not learn
 * which users there are: every user gets a challenge.
 *
 * The methods rest on MD5 and protect nothing but the password: use them over TLS.
 *
 * No specification; the form of Flash Media Server and its encoders.
 */

import { type Clock, type RandomBytes, systemClock, systemRandomBytes } from "@rtmp/wire";
import type { ConnectRequest } from "@rtmp/message";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { adobeResponse } from "./adobe.ts";
import {
  type Challenge,
  challengeDescription,
  needAuthDescription,
  refusedDescription,
} from "./challenge.ts";
import { type AuthenticationLimits, resolveAuthenticationLimits } from "./limits.ts";
import { llnwResponse } from "./llnw.ts";
import { type OpenChallenge, OpenChallenges } from "./open-challenges.ts";
import { type AuthenticationMethod, authenticationParameters, isUserName } from "./parameters.ts";

/** Finds a user's password; undefined when there is no such user. */
export type FindPassword = (user: string) => string | undefined | Promise<string | undefined>;

/** What an authenticator works with. */
export interface ConnectAuthenticatorOptions {
  /** Is asked for the user of each response to a challenge that is open. */
  readonly password: FindPassword;
  /**
   * The methods to offer. A client that names none is asked for the first.
   *
   * @default ["adobe"]
   */
  readonly methods?: readonly AuthenticationMethod[];
  /** What is left out has its default. */
  readonly limits?: Partial<AuthenticationLimits>;
  /** The time. @default the platform's */
  readonly clock?: Pick<Clock, "now">;
  /** Source of the challenges. @default the platform's */
  readonly randomBytes?: RandomBytes;
}

/** Whether a client may connect. */
export type ConnectAccess =
  | { readonly granted: true; readonly user: string }
  /** `description` is for the status that refuses connect: clients read it. */
  | { readonly granted: false; readonly description: string };

/** What is looked at in a connect. */
export type AuthenticatedConnect = Pick<ConnectRequest, "app" | "tcUrl">;

const saltBytes = 8;
const challengeBytes = 12;

/** Asks the clients of a server for user names and passwords. */
export class ConnectAuthenticator {
  readonly #password: FindPassword;
  readonly #methods: readonly AuthenticationMethod[];
  readonly #firstMethod: AuthenticationMethod;
  readonly #maxUserNameBytes: number;
  readonly #open: OpenChallenges;
  readonly #clock: Pick<Clock, "now">;
  readonly #randomBytes: RandomBytes;

  /** @throws RangeError when no method is offered, or a limit is out of range */
  constructor(options: ConnectAuthenticatorOptions) {
    const { methods = ["adobe"] } = options;
    const [firstMethod] = methods;
    if (firstMethod === undefined) throw new RangeError("methods must not be empty");
    const limits = resolveAuthenticationLimits(options.limits);
    this.#password = options.password;
    this.#methods = [...methods];
    this.#firstMethod = firstMethod;
    this.#maxUserNameBytes = limits.maxUserNameBytes;
    this.#open = new OpenChallenges(limits.maxChallenges, limits.challengeLifetimeMs);
    this.#clock = options.clock ?? systemClock;
    this.#randomBytes = options.randomBytes ?? systemRandomBytes;
  }

  /** Challenges that wait for their response, those that are over included. */
  get openChallenges(): number {
    return this.#open.size;
  }

  /**
   * Decides on a connect; at once unless the password comes later.
   *
   * Throws or rejects only with what `password` throws or rejects with.
   */
  check(connect: AuthenticatedConnect): ConnectAccess | Promise<ConnectAccess> {
    const { app, tcUrl } = connect;
    const parameters = authenticationParameters(app) ?? authenticationParameters(tcUrl);
    const method = this.#methods.find((offered) => offered === parameters?.get("authmod"));
    if (parameters === undefined || method === undefined) {
      return refuse(needAuthDescription(this.#firstMethod));
    }
    const user = parameters.get("user") ?? "";
    if (!this.#isAcceptable(user)) return refuse(refusedDescription(method, "nosuchuser"));
    if (!parameters.has("response")) return this.#challenge(method, user);

    const key = parameters.get(method === "adobe" ? "opaque" : "nonce") ?? "";
    const open = this.#open.take(key, this.#clock.now());
    if (open?.user !== user || open.challenge.method !== method) {
      return refuse(refusedDescription(method, "authfailed"));
    }
    const verify = (password: string | undefined): ConnectAccess =>
      isProof(open, { password, app, parameters })
        ? { granted: true, user }
        : refuse(refusedDescription(method, "authfailed"));
    const password = this.#password(user);
    return typeof password === "object" ? password.then(verify) : verify(password);
  }

  #isAcceptable(user: string): boolean {
    // No character takes less than a byte.
    const isShort = user.length <= this.#maxUserNameBytes;
    return isShort && isUserName(user) && utf8ToBytes(user).length <= this.#maxUserNameBytes;
  }

  #challenge(method: AuthenticationMethod, user: string): ConnectAccess {
    const key = bytesToHex(this.#randomBytes(challengeBytes));
    const challenge: Challenge =
      method === "llnw"
        ? { method, nonce: key }
        : // Only the opaque comes back. The challenge is the same, for clients that hash it all the same.
          { method, salt: bytesToHex(this.#randomBytes(saltBytes)), challenge: key, opaque: key };
    this.#open.add(key, { user, challenge }, this.#clock.now());
    return refuse(challengeDescription(user, challenge));
  }
}

/** What a client has to show for itself. */
interface Proof {
  readonly password: string | undefined;
  readonly app: string;
  readonly parameters: ReadonlyMap<string, string>;
}

function isProof({ user, challenge }: OpenChallenge, proof: Proof): boolean {
  // An unknown user costs as much time as a wrong password.
  const { password = "", app, parameters } = proof;
  const text = (name: string): string => parameters.get(name) ?? "";
  const expected =
    challenge.method === "llnw"
      ? llnwResponse({ ...challenge, user, password, app, nc: text("nc"), cnonce: text("cnonce") })
      : adobeResponse({ ...challenge, user, password, clientChallenge: text("challenge") });
  const isRight = isSame(text("response"), expected);
  return isRight && proof.password !== undefined;
}

/** Compares in a time that does not depend on where the texts differ. */
function isSame(given: string, expected: string): boolean {
  let difference = given.length ^ expected.length;
  for (let i = 0; i < expected.length; i++) {
    // Past its end the code is NaN, which counts as 0.
    difference |= given.charCodeAt(i) ^ expected.charCodeAt(i);
  }
  return difference === 0;
}

function refuse(description: string): ConnectAccess {
  return { granted: false, description };
}
