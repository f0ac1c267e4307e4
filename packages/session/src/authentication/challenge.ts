/**
 * What a server says when it refuses connect until the client has proved a password.
 *
 *   [ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ] :
 *   [ AccessManager.Reject ] : [ authmod=adobe ] : ?reason=needauth&user=U&salt=S&challenge=C&opaque=O
 *   [ AccessManager.Reject ] : [ authmod=llnw ] : ?reason=needauth&user=U&nonce=N
 *   [ AccessManager.Reject ] : [ authmod=adobe ] : ?reason=authfailed
 *
 * It is the description of `NetConnection.Connect.Rejected`. FFmpeg and librtmp look for parts of it; GStreamer wants
 * the brackets too, and the parameters up to the end.
 *
 * No specification; the texts of Flash Media Server.
 */

import { type AuthenticationMethod, formatParameters, parseParameters } from "./parameters.ts";

/** What the client has to compute its response from. */
export type Challenge =
  | {
      readonly method: "adobe";
      readonly salt: string;
      readonly challenge: string;
      /** Sent back by the client; empty when there is none. */
      readonly opaque: string;
    }
  | { readonly method: "llnw"; readonly nonce: string };

/** What a refusal of connect means for authentication. */
export type AuthenticationDemand =
  /** The client has to connect again with the method and its user name. */
  | { readonly kind: "need-auth"; readonly method: AuthenticationMethod }
  /** It has to connect again with the response to this challenge. */
  | { readonly kind: "challenge"; readonly challenge: Challenge }
  /** `authfailed` and `nosuchuser` are common reasons. */
  | { readonly kind: "refused"; readonly reason: string }
  /** The server wants a method that is not known here. */
  | { readonly kind: "unknown-method"; readonly method: string };

/**
 * Reads the description of a refused connect.
 *
 * @returns undefined when it is not about authentication
 */
export function parseAuthenticationDemand(description: string): AuthenticationDemand | undefined {
  const method = /authmod=([^\s;&\]]+)/.exec(description)?.[1];
  if (method === undefined) return undefined;

  const query = description.indexOf("?reason=");
  const parameters = parseParameters(query === -1 ? "" : description.slice(query + 1).trimEnd());
  const reason = parameters.get("reason");
  if (reason !== undefined && reason !== "needauth") return { kind: "refused", reason };
  if (method !== "adobe" && method !== "llnw") return { kind: "unknown-method", method };
  if (reason === "needauth") return { kind: "challenge", challenge: read(method, parameters) };
  return description.includes("code=403 need auth") ? { kind: "need-auth", method } : undefined;
}

function read(method: AuthenticationMethod, parameters: ReadonlyMap<string, string>): Challenge {
  const text = (name: string): string => parameters.get(name) ?? "";
  if (method === "llnw") return { method, nonce: text("nonce") };
  return { method, salt: text("salt"), challenge: text("challenge"), opaque: text("opaque") };
}

/** Says that the client has to name itself, and how. */
export function needAuthDescription(method: AuthenticationMethod): string {
  return `[ AccessManager.Reject ] : [ code=403 need auth; authmod=${method} ] : `;
}

/**
 * Says what the client has to compute its response from.
 *
 * FFmpeg keeps 255 bytes of a description.
 *
 * @param user  one that `isUserName`
 */
export function challengeDescription(user: string, challenge: Challenge): string {
  const { method, ...values } = challenge;
  return reject(method, { reason: "needauth", user, ...values });
}

/** Says that the client has not proved its password. */
export function refusedDescription(
  method: AuthenticationMethod,
  reason: "authfailed" | "nosuchuser",
): string {
  return reject(method, { reason });
}

function reject(
  method: AuthenticationMethod,
  parameters: Readonly<Record<string, string>>,
): string {
  return `[ AccessManager.Reject ] : [ authmod=${method} ] : ${formatParameters(parameters)}`;
}
