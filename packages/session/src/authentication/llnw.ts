/**
 * Authentication of Limelight, `authmod=llnw`: HTTP digest access authentication (RFC 2617 §3.2.2) with fixed values.
 *
 *   h1        hex(MD5(user ":live:" password))
 *   h2        hex(MD5("publish:/" app/instance))
 *   response  hex(MD5(h1 ":" nonce ":" nc ":" cnonce ":auth:" h2))
 */

import { md5Hex } from "./md5.ts";

/** What a response is made of. */
export interface LlnwInput {
  readonly user: string;
  readonly password: string;
  /** As in connect, with or without parameters. */
  readonly app: string;
  /** From the server. */
  readonly nonce: string;
  /** From the client: how often it used the nonce, 8 hexadecimal digits. */
  readonly nc: string;
  /** From the client. */
  readonly cnonce: string;
}

/** Computes the response: 32 hexadecimal digits. */
export function llnwResponse({ user, password, app, nonce, nc, cnonce }: LlnwInput): string {
  const h1 = md5Hex(`${user}:live:${password}`);
  const h2 = md5Hex(`publish:/${appInstance(app)}`);
  return md5Hex(`${h1}:${nonce}:${nc}:${cnonce}:auth:${h2}`);
}

/** The app without its query, and with the default instance where it names none. */
function appInstance(app: string): string {
  const [path = ""] = app.split("?", 1);
  return path.includes("/") ? path : `${path}/_definst_`;
}
