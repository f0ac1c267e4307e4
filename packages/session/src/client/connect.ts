/**
 * From a URL to a connected client: authentication and redirects on the way.
 *
 * The promises of the client begin here; everything below is a state machine.
 *
 * RTMP §7.2.1.1
 */

import { HandshakeError, type KeyAgreement, PortableKeyAgreement } from "@rtmp/handshake";
import {
  type ConnectOptions,
  parseRtmpUrl,
  readRedirect,
  type RtmpUrl,
  type RtmpUrlOptions,
} from "@rtmp/message";
import { type Clock, systemClock } from "@rtmp/wire";
import { ClientAuthentication } from "../authentication/client-authentication.ts";
import { SessionError } from "../errors.ts";
import type { ClientSessionOptions } from "./client-session.ts";
import type { Dial } from "./dial.ts";
import { Link, type LinkHandlers } from "./link.ts";
import { isSameServer, movedUrl } from "./moved-url.ts";

const defaultMaxRedirects = 3;
// One secret in 256 is of no use.
const maxSecrets = 3;

/** How a client gets to its server. */
export interface LinkRoute
  extends
    RtmpUrlOptions,
    Omit<ClientSessionOptions, "handlers" | "now" | "reuseInput" | "connect" | "rtmpe"> {
  /** Opens a way to the server. */
  readonly dial: Dial;
  /** Is named to the server of the first URL alone. @default the user of the URL */
  readonly user?: string | undefined;
  /** Is proved to the server of the first URL alone. @default the password of the URL */
  readonly password?: string | undefined;
  /**
   * What `connect` says; its `app` and `tcUrl` stand for those of the URL until the server sends the client elsewhere.
   *
   * @default as a publisher says
   */
  readonly connect?: Partial<ConnectOptions> | undefined;
  /** Redirects that are followed, one after the other. @default 3 */
  readonly maxRedirects?: number | undefined;
  /** Makes the keys where the URL says `rtmpe` or `rtmpte`. @default PortableKeyAgreement */
  readonly keyAgreement?: KeyAgreement;
  /** The time. @default the platform's */
  readonly clock?: Clock;
}

/**
 * Opens a link to a server, over as many connections as it takes.
 *
 * User and password, of the URL and of the route, are for the host and port of `home`; no other server gets them.
 *
 * @param url   where to begin; see `firstUrl` and `movedUrl`
 * @param home  the URL that was configured, when `url` is where a server sent the client since. @default `url`
 * @throws TypeError when the URL is none; what `dial` rejects with; SessionError and RtmpError as `Link.open`
 */
export async function openLink(
  url: RtmpUrl,
  route: LinkRoute,
  handlers: LinkHandlers,
  home: RtmpUrl = url,
): Promise<Link> {
  let target = url;
  for (let redirects = 0; ; redirects++) {
    try {
      return await authenticate(target, route, handlers, home);
    } catch (error) {
      const redirect = redirectOf(error);
      if (redirect === undefined) throw error;
      if (redirects >= (route.maxRedirects ?? defaultMaxRedirects)) {
        const text = `${redirects} redirects were followed`;
        throw new SessionError("RTMP_ERR_TOO_MANY_REDIRECTS", text, { cause: error });
      }
      target = movedUrl(target, redirect, home);
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

async function authenticate(
  url: RtmpUrl,
  route: LinkRoute,
  handlers: LinkHandlers,
  home: RtmpUrl,
): Promise<Link> {
  const authentication = authenticationFor(url, route, home);
  let query = "";
  // Adobe and llnw take two refusals before they let a client in; the authentication asks for no more.
  for (;;) {
    try {
      return await openAgreed(url, query, route, handlers);
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

/** Connects anew where the two sides might not write the secret of RTMPE alike. */
async function openAgreed(...target: Parameters<typeof openOnce>): Promise<Link> {
  for (let secrets = 1; ; secrets++) {
    try {
      return await openOnce(...target);
    } catch (error) {
      const again = error instanceof HandshakeError && error.code === "RTMP_ERR_RTMPE_SECRET";
      if (!again || secrets >= maxSecrets) throw error;
    }
  }
}

async function openOnce(
  url: RtmpUrl,
  query: string,
  route: LinkRoute,
  handlers: LinkHandlers,
): Promise<Link> {
  const { dial, clock = systemClock, connect, keyAgreement, ...session } = route;
  const { scheme, host, port } = url;
  const encrypts = scheme === "rtmpe" || scheme === "rtmpte";
  const rtmpe = encrypts ? { rtmpe: keyAgreement ?? new PortableKeyAgreement() } : {};
  const transport = await dial({ scheme, host, port });
  return Link.open({
    transport,
    clock,
    url,
    session: { ...session, ...rtmpe },
    connect: { ...connect, app: `${url.app}${query}`, tcUrl: `${url.tcUrl}${query}` },
    handlers,
  });
}

function authenticationFor(
  url: RtmpUrl,
  route: LinkRoute,
  home: RtmpUrl,
): ClientAuthentication | undefined {
  if (!isSameServer(url, home)) return undefined;
  const user = route.user ?? home.user;
  const password = route.password ?? home.password;
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
