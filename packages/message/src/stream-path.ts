/**
 * Which stream a client means: app, instance, name and query out of connect and publish or play.
 *
 *   rtmp://host[:port]/app[/instance]/name[?query]
 *
 * Clients cut this URL in different places, so only the whole path `app/name` identifies a stream.
 *
 * RTMP §7.2.1.1, §7.2.2.1, §7.2.2.6
 */

import { MessageError } from "./errors.ts";
import { type MessageLimits, resolveMessageLimits } from "./limits.ts";
import { percentDecoded } from "./rtmp-url.ts";

/** What a client said of the stream, in three places. */
export interface StreamPathInput {
  /** `app` of connect; may be empty. */
  readonly app: string;
  /** `tcUrl` of connect, without quotes; may be empty. */
  readonly tcUrl: string;
  /** The name in publish or play; may be empty. */
  readonly streamName: string;
  /**
   * Keeps a type prefix such as `mp4:`, which chooses among files but means nothing for a live stream.
   *
   * @default false
   */
  readonly keepPrefix?: boolean;
}

/** The stream that a client means. */
export interface StreamPath {
  /** Without instance `_definst_`, query and outer slashes; empty where the client gave one part only. */
  readonly app: string;
  /** Never empty; may hold slashes. */
  readonly name: string;
  /** `app/name`, or the name alone: the key of the stream. No empty, `.` or `..` part, no control character. */
  readonly streamPath: string;
  /** Parameters of the name, before those of the app, before those of tcUrl. */
  readonly query: ReadonlyMap<string, string>;
}

/**
 * Finds the stream that a client means.
 *
 * Percent-encoding is undone once, where it is valid. An empty name takes the last part of the app; an empty app is
 * taken from the path of tcUrl.
 *
 * @throws MessageError `RTMP_ERR_BAD_STREAM_PATH` when there is no name, a part is `.` or `..`, a control character
 *   occurs, or the path exceeds `limits.maxStreamPathBytes`
 * @throws RangeError when a limit is not a positive integer
 */
export function resolveStreamPath(
  input: StreamPathInput,
  limits?: Partial<MessageLimits>,
): StreamPath {
  const { maxStreamPathBytes } = resolveMessageLimits(limits);
  const [tcPath, tcQuery] = splitQuery(urlPath(input.tcUrl));
  const [appPath, appQuery] = splitQuery(input.app);
  const [rawName, nameQuery] = splitQuery(input.streamName);

  const nameParts = parts(rawName);
  const appParts = chooseApp(parts(appPath), parts(tcPath), nameParts);
  dropDefaultInstance(appParts, nameParts);
  if (nameParts.length === 0) nameParts.push(...appParts.splice(-1));
  if (input.keepPrefix !== true) dropPrefix(nameParts);

  const streamPath = [...appParts, ...nameParts].join("/");
  checkPath(streamPath, nameParts.length, maxStreamPathBytes);
  return {
    app: appParts.join("/"),
    name: nameParts.join("/"),
    streamPath,
    query: mergeQueries([tcQuery, appQuery, nameQuery]),
  };
}

/** Cuts at the first question mark. */
function splitQuery(text: string): [path: string, query: string] {
  const mark = text.indexOf("?");
  return mark === -1 ? [text, ""] : [text.slice(0, mark), text.slice(mark + 1)];
}

function urlPath(url: string): string {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i.exec(url);
  return authority === null ? "" : url.slice(authority[0].length);
}

/** Takes off a file type prefix of Flash Media Server. */
function dropPrefix(name: string[]): void {
  const first = name[0]?.replace(/^(?:mp4|f4v|flv|mp3|id3|raw):/i, "");
  if (first === "") name.shift();
  else if (first !== undefined) name[0] = first;
}

/** Decodes once and cuts at slashes; empty parts go. */
function parts(path: string): string[] {
  return percentDecoded(path)
    .split("/")
    .filter((part) => part !== "");
}

/** tcUrl counts where app is empty, and where the name is empty and tcUrl says more. */
function chooseApp(app: string[], tc: readonly string[], name: readonly string[]): string[] {
  if (app.length === 0) {
    // PRISM puts the stream name into tcUrl as well and leaves app out.
    return endsWith(tc, name) ? tc.slice(0, tc.length - name.length) : [...tc];
  }
  const saysMore = name.length === 0 && app.every((part, i) => part === tc[i]);
  return saysMore ? [...tc] : app;
}

function endsWith(path: readonly string[], end: readonly string[]): boolean {
  return end.every((part, i) => part === path[path.length - end.length + i]);
}

/** `app/_definst_` is the same place as `app`, whichever field holds it. */
function dropDefaultInstance(app: string[], name: string[]): void {
  const at = 1 - app.length;
  if (app[1] === "_definst_") app.splice(1, 1);
  else if (at >= 0 && name[at] === "_definst_" && name.length > at + 1) name.splice(at, 1);
}

function checkPath(streamPath: string, nameParts: number, maxBytes: number): void {
  if (nameParts === 0) throw badPath("no stream name");

  const bytes = new TextEncoder().encode(streamPath).length;
  if (bytes > maxBytes) throw badPath(`stream path of ${bytes} bytes, ${maxBytes} are allowed`);
  if (/\p{Cc}/u.test(streamPath)) throw badPath("control character in the stream path");
  // A backslash separates too where a path becomes a file name on Windows.
  if (streamPath.split(/[/\\]/).some((part) => part === "." || part === "..")) {
    throw badPath("dot segment in the stream path");
  }
}

function badPath(message: string): MessageError {
  return new MessageError("RTMP_ERR_BAD_STREAM_PATH", message);
}

/** Later queries win; of a parameter that is given twice in one query the first counts. */
function mergeQueries(queries: readonly string[]): Map<string, string> {
  const merged = new Map<string, string>();
  for (const query of queries) {
    for (const [name, value] of parseQuery(query)) merged.set(name, value);
  }
  return merged;
}

function parseQuery(query: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of query.split("&")) {
    // Values may be raw base64: only the first equals sign separates, and a plus sign is no space.
    const equals = pair.indexOf("=");
    const name = percentDecoded(equals === -1 ? pair : pair.slice(0, equals));
    if (name === "" || parameters.has(name)) continue;
    parameters.set(name, equals === -1 ? "" : percentDecoded(pair.slice(equals + 1)));
  }
  return parameters;
}
