/**
 * Where a server sends its client: the ReconnectRequest of a running connection, the redirect of a refused one.
 *
 *   onStatus  { level, code: "NetConnection.Connect.ReconnectRequest", tcUrl?, description? }
 *   _error    { level, code: "NetConnection.Connect.Rejected", ex: { code: 302, redirect } }
 *
 * E-RTMP "Reconnect Request"
 */

import type { AmfObject } from "@rtmp/amf";
import type { Command } from "./command.ts";
import { MessageError } from "./errors.ts";
import { type Status, StatusCode } from "./on-status.ts";
import { numberOf, propertiesOf, property, textProperty } from "./properties.ts";
import {
  parseRtmpUrl,
  protectionOf,
  type RtmpUrl,
  type RtmpUrlParts,
  splitRtmpUrl,
} from "./rtmp-url.ts";

/** What a ReconnectRequest says. */
export interface ReconnectRequest {
  /** As sent, absolute or relative; undefined: to the same place again. See {@link resolveReconnectUrl}. */
  readonly tcUrl: string | undefined;
  /** For people; empty where the server sent none. */
  readonly description: string;
}

/** What {@link reconnectRequest} says; what is not given is left out. */
export type ReconnectRequestOptions = {
  readonly [Name in keyof ReconnectRequest]?: ReconnectRequest[Name] | undefined;
};

/**
 * Builds the onStatus that asks a client to connect anew; it goes out on message stream 0.
 *
 * Only for clients whose `capsEx` has bit 1. The connection is served on until the client leaves.
 *
 * @param options  `tcUrl`: absolute, `//host/app` or `/app`
 * @see E-RTMP "Reconnect Request"
 */
export function reconnectRequest(options: ReconnectRequestOptions = {}): Command {
  const info: AmfObject = { level: "status", code: StatusCode.ConnectReconnectRequest };
  if (options.tcUrl !== undefined) info["tcUrl"] = options.tcUrl;
  if (options.description !== undefined) info["description"] = options.description;
  return { name: "onStatus", transactionId: 0, commandObject: null, args: [info] };
}

/** Reads a ReconnectRequest; undefined when the status is another one. */
export function readReconnectRequest(status: Status): ReconnectRequest | undefined {
  if (status.code !== StatusCode.ConnectReconnectRequest) return undefined;
  const tcUrl = textProperty(status.info, "tcUrl");
  return { tcUrl: tcUrl === "" ? undefined : tcUrl, description: status.description };
}

/**
 * Finds the URL to connect to after a ReconnectRequest or a redirect.
 *
 * @param currentTcUrl  the tcUrl of the connection, absolute
 * @param tcUrl         what the server sent: absolute, `//host/app`, `/app`, or `app`; undefined for the same again
 * @returns an absolute URL; whether its host is one to go to is for the caller to decide
 * @throws MessageError `RTMP_ERR_RECONNECT_REFUSED` when it is no RTMP URL, or less protected than the current one
 * @throws TypeError when `currentTcUrl` is no RTMP URL
 */
export function resolveReconnectUrl(currentTcUrl: string, tcUrl: string | undefined): string {
  const current = splitRtmpUrl(currentTcUrl);
  const url = absoluteUrl(current, tcUrl ?? currentTcUrl);
  const { scheme } = readTarget(url);
  if (protectionOf(scheme) < protectionOf(current.scheme)) {
    throw refused(`no change from ${current.scheme} to ${scheme}`);
  }
  return url;
}

function absoluteUrl({ scheme, authority, path }: RtmpUrlParts, url: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(url)) return url;
  if (url.startsWith("//")) return `${scheme}:${url}`;
  if (url.startsWith("/")) return `${scheme}://${authority}${url}`;
  // RFC 3986 §5.2.3: it takes the place of what follows the last slash.
  const [withoutQuery = ""] = path.split("?", 1);
  return `${scheme}://${authority}${withoutQuery.replace(/[^/]*$/, "") || "/"}${url}`;
}

function readTarget(url: string): RtmpUrl {
  try {
    return parseRtmpUrl(url);
  } catch (cause) {
    throw refused("the server names no RTMP URL", cause);
  }
}

function refused(message: string, cause?: unknown): MessageError {
  return new MessageError("RTMP_ERR_RECONNECT_REFUSED", message, { cause });
}

/**
 * Reads where a refused connect is redirected to.
 *
 * Flash Media Server puts `{ code: 302, redirect }` into `ex`, others put `redirect` beside the code.
 *
 * @returns as sent, for {@link resolveReconnectUrl}; undefined when there is none
 */
export function readRedirect(status: Status): string | undefined {
  const ex = propertiesOf(property(status.info, "ex"));
  const code = numberOf(property(ex, "code"));
  const inner = code === undefined || code === 302 ? textProperty(ex, "redirect") : "";
  const redirect = inner === "" ? textProperty(status.info, "redirect") : inner;
  return redirect === "" ? undefined : redirect;
}
