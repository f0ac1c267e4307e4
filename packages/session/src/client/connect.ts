/**
 * From a URL to a connected client: authentication and redirects on the way.
 *
 * The promises of the client begin here; everything below is a state machine.
 *
 * RTMP §7.2.1.1
 */

import {
  type ConnectOptions,
  parseRtmpUrl,
  readRedirect,
  resolveReconnectUrl,
  type RtmpUrl,
  type RtmpUrlOptions,
} from "@rtmp/message";
import { type Clock, systemClock } from "@rtmp/wire";
import { ClientAuthentication } from "../authentication/client-authentication.ts";
import { SessionError } from "../errors.ts";
import type { ClientSessionOptions } from "./client-session.ts";
import type { Dial } from "./dial.ts";
import { Link, type LinkHandlers } from "./link.ts";

const defaultMaxRedirects = 3;

/** How a client gets to its server. */
export interface LinkRoute
  extends
    RtmpUrlOptions,
    Omit<ClientSessionOptions, "handlers" | "now" | "reuseInput" | "connect"> {
  /** Opens a way to the server. */
  readonly dial: Dial;
  /** @default the user of the URL */
  readonly user?: string | undefined;
  /** @default the password of the URL */
  readonly password?: string | undefined;
  /**
   * What `connect` says; its `app` and `tcUrl` stand for those of the URL until the server sends the client elsewhere.
   *
   * @default as a publisher says
   */
  readonly connect?: Partial<ConnectOptions> | undefined;
  /** Redirects that are followed, one after the other. @default 3 */
  readonly maxRedirects?: number | undefined;
  /** The time. @default the platform's */
  readonly clock?: Clock;
}

/**
 * Opens a link to a server, over as many connections as it takes.
 *
 * @throws TypeError when the URL is none; what `dial` rejects with; SessionError and RtmpError as `Link.open`
 */
export async function openLink(
  url: RtmpUrl,
  route: LinkRoute,
  handlers: LinkHandlers,
): Promise<Link> {
  let target = url;
  for (let redirects = 0; ; redirects++) {
    try {
      return await authenticate(target, route, handlers);
    } catch (error) {
      const redirect = redirectOf(error);
      if (redirect === undefined) throw error;
      if (redirects >= (route.maxRedirects ?? defaultMaxRedirects)) {
        const text = `${redirects} redirects were followed`;
        throw new SessionError("RTMP_ERR_TOO_MANY_REDIRECTS", text, { cause: error });
      }
      target = redirectedUrl(target, redirect);
    }
  }
}

/**
 * Cuts a URL for the first link of a route.
 *
 * @throws TypeError when it is no RTMP URL
 */
export function firstUrl(url: string, { connect, ...options }: LinkRoute): RtmpUrl {
  const parsed = parseRtmpUrl(url, options);
  return { ...parsed, app: connect?.app ?? parsed.app, tcUrl: connect?.tcUrl ?? parsed.tcUrl };
}

/**
 * Moves a URL to where a server sends its client; user, password and stream name stay.
 *
 * @param tcUrl  relative to the one that was sent; undefined: to the same place again
 * @throws MessageError `RTMP_ERR_RECONNECT_REFUSED`; TypeError when the one that was sent is no RTMP URL
 */
export function redirectedUrl(url: RtmpUrl, tcUrl: string | undefined): RtmpUrl {
  if (tcUrl === undefined) return url;
  const next = resolveReconnectUrl(url.tcUrl, tcUrl);
  const path = /^[a-z]+:\/\/[^/]*\/?(.*)$/i.exec(next)?.[1] ?? "";
  const { user, password, streamName } = url;
  return { ...parseRtmpUrl(next, { app: path }), user, password, streamName };
}

async function authenticate(url: RtmpUrl, route: LinkRoute, handlers: LinkHandlers): Promise<Link> {
  const authentication = authenticationFor(url, route);
  let query = "";
  // Adobe and llnw take two refusals before they let a client in; the authentication asks for no more.
  for (;;) {
    try {
      return await openOnce(url, query, route, handlers);
    } catch (error) {
      if (authentication === undefined || !isRejection(error)) throw error;
      const next = authentication.next(error.status?.description ?? "");
      if (next.kind === "none") throw error;
      if (next.kind === "failed") {
        const options = { cause: error, status: error.status };
        throw new SessionError("RTMP_ERR_CONNECT_REJECTED", next.reason, options);
      }
      query = next.query;
    }
  }
}

async function openOnce(
  url: RtmpUrl,
  query: string,
  route: LinkRoute,
  handlers: LinkHandlers,
): Promise<Link> {
  const { dial, clock = systemClock, connect, ...session } = route;
  const { scheme, host, port } = url;
  const transport = await dial({ scheme, host, port });
  return Link.open({
    transport,
    clock,
    url,
    session,
    connect: { ...connect, app: `${url.app}${query}`, tcUrl: `${url.tcUrl}${query}` },
    handlers,
  });
}

function authenticationFor(url: RtmpUrl, route: LinkRoute): ClientAuthentication | undefined {
  const user = route.user ?? url.user;
  const password = route.password ?? url.password;
  if (user === undefined || password === undefined) return undefined;
  const { randomBytes } = route;
  const random = randomBytes === undefined ? {} : { randomBytes };
  return new ClientAuthentication({ user, password, app: url.app, ...random });
}

function redirectOf(error: unknown): string | undefined {
  if (!isRejection(error) || error.status === undefined) return undefined;
  return readRedirect(error.status);
}

function isRejection(error: unknown): error is SessionError {
  return error instanceof SessionError && error.code === "RTMP_ERR_CONNECT_REJECTED";
}
