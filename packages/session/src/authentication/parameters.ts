/**
 * The parameters of authentication, which a client appends to the app and to tcUrl.
 *
 *   live?authmod=adobe&user=alice&challenge=0011aabb&response=rsWwaT1t9912Hfg84HZ1dA==
 *
 * They are raw: base64 is not percent-encoded, so only `&` and the first `=` of a pair separate. Clients append a
 * question mark of their own also behind a query.
 *
 * No specification; the form of Flash Media Server and its encoders.
 */

/** The ways to prove a password: `adobe` is spoken by most encoders, `llnw` (Limelight) by FFmpeg and librtmp. */
export type AuthenticationMethod = "adobe" | "llnw";

const start = /[?&]authmod=/;

/**
 * Reads the parameters out of an app or a tcUrl.
 *
 * Of a parameter that is given twice the first counts.
 *
 * @returns undefined when the text has no `authmod`
 */
export function authenticationParameters(text: string): ReadonlyMap<string, string> | undefined {
  const at = text.search(start);
  return at === -1 ? undefined : parseParameters(text.slice(at + 1));
}

/** Cuts the parameters off an app or a tcUrl; a query in front of them stays. */
export function withoutAuthentication(text: string): string {
  const at = text.search(start);
  return at === -1 ? text : text.slice(0, at);
}

/** Splits `name=value&name=value` without decoding anything. */
export function parseParameters(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of query.split("&")) {
    const equals = pair.indexOf("=");
    const name = equals === -1 ? pair : pair.slice(0, equals);
    if (!parameters.has(name)) parameters.set(name, equals === -1 ? "" : pair.slice(equals + 1));
  }
  return parameters;
}

/** Puts parameters behind a question mark, as they are and in their order. */
export function formatParameters(parameters: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return `?${pairs.join("&")}`;
}

/**
 * Whether a user name can stand in the parameters and in the text of a refusal without being taken for more.
 *
 * It is not empty and has no control character, no line break, and none of `& ? [ ]`.
 */
export function isUserName(text: string): boolean {
  return /^[^\p{Cc}\p{Zl}\p{Zp}\p{Cs}&?[\]]+$/u.test(text);
}
