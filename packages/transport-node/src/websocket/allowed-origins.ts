/**
 * Which pages may open a WebSocket, told by the header `Origin` that browsers send of them.
 *
 * A page from anywhere can open one to whatever its machine reaches, a server on 127.0.0.1 too. What is no browser sends
 * what it likes, or nothing.
 *
 * RFC 6455 §10.2; RFC 6454 §7
 */

import { isIP } from "node:net";

import { isLoopback } from "../address.ts";

/** The pages that may connect. */
export class AllowedOrigins {
  readonly #origins: ReadonlySet<string> | "all";

  /** @throws TypeError when one of them is no origin */
  constructor(origins: readonly string[] | "all" = []) {
    this.#origins = origins === "all" ? origins : new Set(origins.map(requireOrigin));
  }

  /**
   * Whether a page may connect.
   *
   * @param origin  as its browser says; undefined when a program asks that is no browser
   * @param host    the header `Host`: where the page, or the program, thinks that it connects to
   */
  includes(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined || this.#origins === "all") return true;
    return this.#origins.has(origin.toLowerCase()) || isSameHost(origin, host);
  }
}

function requireOrigin(text: string): string {
  // Pages of a file or a sandbox say `null`, which is not one place: it cannot be allowed.
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+$/i.test(text)) return text.toLowerCase();
  throw new TypeError(`${text} is not an origin such as https://example.com`);
}

/** Whether a page is of the host that it connects to, on whatever port; all names of the machine itself are one. */
function isSameHost(origin: string, host = ""): boolean {
  const ofPage = hostNameOf(origin);
  const ofServer = hostNameOf(`http://${host}`);
  return ofPage !== undefined && (ofPage === ofServer || (isLocal(ofPage) && isLocal(ofServer)));
}

function hostNameOf(url: string): string | undefined {
  try {
    return new URL(url).hostname.replaceAll(/[[\]]/g, "") || undefined;
  } catch {
    return undefined;
  }
}

function isLocal(name: string | undefined): boolean {
  return name === "localhost" || (name !== undefined && isIP(name) !== 0 && isLoopback(name));
}
