/**
 * RTMP URLs as people type them, cut for a client.
 *
 *   scheme://[user[:password]@]host[:port]/app/name[?query]
 *
 * Nothing in a URL tells where app ends: one part is usual, and the server puts app and name together again.
 *
 * RTMP §7.2.1.1; RFC 3986 §3
 */

/** Default port, and how well what is sent is kept from others: 0 not, 1 by RTMPE, 2 by TLS. */
interface SchemeFacts {
  readonly port: number;
  readonly protection: 0 | 1 | 2;
}

const schemes = {
  rtmp: { port: 1935, protection: 0 },
  rtmps: { port: 443, protection: 2 },
  rtmpt: { port: 80, protection: 0 },
  rtmpts: { port: 443, protection: 2 },
  rtmpe: { port: 1935, protection: 1 },
  rtmpte: { port: 80, protection: 1 },
} as const satisfies Record<string, SchemeFacts>;

/** TCP, TLS, HTTP tunnel, HTTPS tunnel, and the encrypted forms of TCP and HTTP. */
export type RtmpScheme = keyof typeof schemes;

/** An RTMP URL, cut for connect and publish or play. */
export interface RtmpUrl {
  /** In lower case. */
  readonly scheme: RtmpScheme;
  /** Percent-decoded; undefined without one. */
  readonly user: string | undefined;
  /** Percent-decoded; undefined without one. */
  readonly password: string | undefined;
  /** As typed; an IPv6 address without its brackets. */
  readonly host: string;
  /** 1 to 65535; the scheme's default where none was typed: 1935, rtmps and rtmpts 443, rtmpt and rtmpte 80. */
  readonly port: number;
  /** For connect, as typed, percent signs too; may hold a query or be empty. */
  readonly app: string;
  /** For publish or play, as typed: all behind app, with prefix and query; may be empty. */
  readonly streamName: string;
  /** For connect: scheme, host, the port where one was typed, and app; without user and password. */
  readonly tcUrl: string;
}

/** How a URL is cut. */
export interface RtmpUrlOptions {
  /**
   * Where app ends: the path begins with it, and the rest is the stream name. It may be empty.
   *
   * @default the first part of the path
   */
  readonly app?: string | undefined;
}

/**
 * Cuts an RTMP URL.
 *
 *   rtmp://h/live/cam?token=x    app `live`, name `cam?token=x`
 *   rtmp://h/live?token=x/cam    app `live?token=x`, name `cam`
 *   rtmp://h//cam                app empty, name `cam`
 *
 * @throws TypeError when it is no RTMP URL, holds a control character, or does not begin with `options.app`; the
 *   message does not repeat the URL, which may hold a password
 */
export function parseRtmpUrl(url: string, options: RtmpUrlOptions = {}): RtmpUrl {
  const { scheme, authority, path } = splitRtmpUrl(url);
  const at = authority.lastIndexOf("@");
  const hostAndPort = authority.slice(at + 1);
  const { host, port } = splitHost(hostAndPort);
  const { app, streamName } = splitPath(path, options.app);
  return {
    scheme,
    ...splitUser(at === -1 ? undefined : authority.slice(0, at)),
    host,
    port: port ?? schemes[scheme].port,
    app,
    streamName,
    tcUrl: `${scheme}://${hostAndPort.replace(/:$/, "")}/${app}`,
  };
}

/** A URL in the three parts of RFC 3986 that are told apart by slashes. */
export interface RtmpUrlParts {
  readonly scheme: RtmpScheme;
  /** User, host and port; not empty, otherwise unchecked. */
  readonly authority: string;
  /** With its slash in front and its query; may be empty. */
  readonly path: string;
}

/**
 * Cuts off scheme and authority.
 *
 * @throws TypeError when the scheme is none of ours, there is no authority, or a control character occurs
 */
export function splitRtmpUrl(url: string): RtmpUrlParts {
  if (/\p{Cc}/u.test(url)) throw new TypeError("control character in an RTMP URL");

  const [, typed = "", authority = "", path = ""] =
    /^([a-z]+):\/\/([^/?#]+)(.*)$/isu.exec(url) ?? [];
  const scheme = typed.toLowerCase();
  if (!isScheme(scheme)) throw new TypeError("no RTMP URL: rtmp://host/app/name is expected");
  return { scheme, authority, path };
}

function isScheme(text: string): text is RtmpScheme {
  return Object.hasOwn(schemes, text);
}

/** Tells how well a scheme keeps what is sent from others: 0 not, 1 by RTMPE, 2 by TLS. */
export function protectionOf(scheme: RtmpScheme): 0 | 1 | 2 {
  return schemes[scheme].protection;
}

function splitUser(userInfo: string | undefined): Pick<RtmpUrl, "user" | "password"> {
  if (userInfo === undefined) return { user: undefined, password: undefined };
  const colon = userInfo.indexOf(":");
  if (colon === -1) return { user: percentDecoded(userInfo), password: undefined };
  return {
    user: percentDecoded(userInfo.slice(0, colon)),
    password: percentDecoded(userInfo.slice(colon + 1)),
  };
}

/** Undoes percent-encoding; where it is not valid the text stays: OBS sends what the user typed. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function splitHost(text: string): { host: string; port: number | undefined } {
  const [, ipv6, name, digits = ""] =
    /^(?:\[([0-9a-f:.]+(?:%[^\s[\]]+)?)\]|([^\s:[\]]+))(?::(\d*))?$/iu.exec(text) ?? [];
  const host = ipv6 ?? name;
  if (host === undefined) throw new TypeError("no host, or no port number, in an RTMP URL");
  if (digits === "") return { host, port: undefined };

  const port = Number(digits);
  if (port < 1 || port > 65_535) throw new TypeError(`port ${digits} in an RTMP URL`);
  return { host, port };
}

function splitPath(path: string, app: string | undefined): Pick<RtmpUrl, "app" | "streamName"> {
  const whole = path.replace(/^\//, "");
  if (app === undefined) return cutAt(whole, whole.indexOf("/"));
  if (app === "") return { app, streamName: whole.replace(/^\//, "") };

  const next = whole[app.length];
  if (!whole.startsWith(app) || !(next === undefined || next === "/" || next === "?")) {
    throw new TypeError(`the path of the RTMP URL does not begin with ${app}`);
  }
  return cutAt(whole, app.length);
}

/** Cuts in two; a slash between the two goes. */
function cutAt(path: string, index: number): Pick<RtmpUrl, "app" | "streamName"> {
  if (index === -1) return { app: path, streamName: "" };
  return { app: path.slice(0, index), streamName: path.slice(index).replace(/^\//, "") };
}
