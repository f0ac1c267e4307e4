/** An authenticator that knows alice and bob, and what clients say to it. */

import {
  type ConnectAccess,
  ConnectAuthenticator,
  type ConnectAuthenticatorOptions,
} from "@rtmp/session";
import { VirtualClock } from "@rtmp/testing";

// The n-th call of the random bytes gives n, over and over.
/** The first challenge. */
export const first = "010101010101010101010101";
/** Its salt. */
export const firstSalt = "0202020202020202";
/** The second challenge. */
export const second = "030303030303030303030303";

// Computed with Python's hashlib.
/** The response to the first challenge with the password `secret`, as FFmpeg sends it. */
export const aliceSays = "challenge=0011aabb&response=UhyZRUUedh0JI578e1Uw0Q==";
/** The same as librtmp sends it. */
export const aliceSaysLikeLibrtmp = "challenge=ABCDEA==&response=g3dxa+nsOytUb38pF2m6Ng==";
/** The response to the second challenge. */
export const aliceSaysSecond = "challenge=0011aabb&response=HwWzrpigkAM/zc2oc8m3XQ==";
/** With the password `wrong`. */
export const wrong = "challenge=0011aabb&response=a0s8lbXYefrONFmJlfYLzw==";
/** With no password. */
export const emptyPassword = "challenge=0011aabb&response=12bjeyEcDJN09RzixJIYBQ==";
/** The response of the user `nobody` with no password. */
export const nobodySays = "challenge=0011aabb&response=5yXWLxf0eylpdbsIk2f0MA==";
/** The response of the user `bob` with the password `secret`. */
export const bobSays = "challenge=0011aabb&response=E76bLKpIO5vsl2EPh9NA1Q==";
/** The llnw response to the first nonce, for the app `live`. */
export const llnwAnswer = "cnonce=0011aabb&nc=00000001&response=676ac3583abfef96ba105d464bbee3cd";
/** The same for the app `live/inst`. */
export const llnwInstance = "cnonce=0011aabb&nc=00000001&response=8cb140af82d53e781d1ff014d6577e50";

/** How every refusal begins. */
export const reject = "[ AccessManager.Reject ] : ";
/** What a client is told that says nothing of itself. */
export const needAuth = `${reject}[ code=403 need auth; authmod=adobe ] : `;
/** What a client is told whose adobe response is wrong. */
export const failed = {
  granted: false,
  description: `${reject}[ authmod=adobe ] : ?reason=authfailed`,
};
/** What a client is told that has no proper name. */
export const noSuchUser = {
  granted: false,
  description: `${reject}[ authmod=adobe ] : ?reason=nosuchuser`,
};
/** What a client is told whose llnw response is wrong. */
export const llnwFailed = {
  granted: false,
  description: `${reject}[ authmod=llnw ] : ?reason=authfailed`,
};
/** What a client gets that is alice. */
export const alice = { granted: true, user: "alice" };

/** An authenticator whose time and randomness the test knows. */
export class Desk {
  readonly clock = new VirtualClock(1_000);
  readonly authenticator: ConnectAuthenticator;
  /** Users whose password was looked up. */
  readonly asked: string[] = [];
  #calls = 0;

  constructor(options: Partial<ConnectAuthenticatorOptions> = {}) {
    const passwords = new Map([
      ["alice", "secret"],
      ["bob", "secret"],
    ]);
    this.authenticator = new ConnectAuthenticator({
      password: (user) => {
        this.asked.push(user);
        return passwords.get(user);
      },
      clock: this.clock,
      randomBytes: (length) => new Uint8Array(length).fill(++this.#calls),
      ...options,
    });
  }

  /** Connects to an app; tcUrl ends with it, as clients do it. */
  connect(app: string): ConnectAccess | Promise<ConnectAccess> {
    return this.authenticator.check({ app, tcUrl: `rtmp://127.0.0.1/${app}` });
  }

  /** Connects to an app, and returns what the refusal says. */
  ask(app: string): string {
    const access = this.connect(app);
    if (!("description" in access)) throw new Error("not refused at once");
    return access.description;
  }

  /** Answers an adobe challenge. */
  answer(proof: string, user = "alice", opaque = first): ConnectAccess | Promise<ConnectAccess> {
    return this.connect(`live?authmod=adobe&user=${user}&${proof}&opaque=${opaque}`);
  }
}

/** A desk that has given alice a challenge. */
export function challenged(options?: Partial<ConnectAuthenticatorOptions>, user = "alice"): Desk {
  const desk = new Desk(options);
  desk.ask(`live?authmod=adobe&user=${user}`);
  return desk;
}
