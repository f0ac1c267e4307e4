/**
 * Authentication of Flash Media Server, `authmod=adobe`.
 *
 *   H         base64(MD5(user, salt, password))
 *   response  base64(MD5(H, opaque or else challenge, client challenge))
 *
 * What is hashed together is put side by side without a separator. An empty opaque counts as none: librtmp sends
 * `opaque=` also when it got none.
 */

import { md5Base64 } from "./md5.ts";

/** What a response is made of. */
export interface AdobeInput {
  readonly user: string;
  readonly password: string;
  /** From the server. */
  readonly salt: string;
  /** From the server. */
  readonly challenge: string;
  /** From the server; empty when it sent none. */
  readonly opaque: string;
  /** From the client: 8 hexadecimal digits from FFmpeg and GStreamer, 8 characters of base64 from librtmp. */
  readonly clientChallenge: string;
}

/** Computes the response: 24 characters of base64. */
export function adobeResponse(input: AdobeInput): string {
  const { user, password, salt, challenge, opaque, clientChallenge } = input;
  const salted = md5Base64(user + salt + password);
  return md5Base64(salted + (opaque === "" ? challenge : opaque) + clientChallenge);
}
