/**
 * What the path of a request says.
 *
 *   POST /fcs/ident2        where to open the tunnel; nobody needs the answer
 *   POST /open/1            opens a tunnel
 *   POST /send/ID/SEQ       bytes of the client, answered with bytes of the server
 *   POST /idle/ID/SEQ       asks for bytes of the server
 *   POST /close/ID/SEQ      ends the tunnel
 *
 * SEQ counts the requests of a tunnel in decimal, whatever they are; clients count in 32 bits.
 */

/** The requests inside of a tunnel. */
export type TunnelRequestKind = "send" | "idle" | "close";

/** What a path of the tunnel asks for. */
export type TunnelPath =
  | { readonly kind: "ident" }
  | { readonly kind: "open" }
  | { readonly kind: "malformed" }
  | {
      readonly kind: TunnelRequestKind;
      /** Names the tunnel; 1 to 63 characters. */
      readonly id: string;
      /** A signed 32-bit number that wraps. */
      readonly sequence: number;
    };

const words = /^\/(?:fcs|open|send|idle|close)(?:\/|$)/;
const insideTunnel = /^\/(send|idle|close)\/([\w-]{1,63})\/(-?\d{1,10})$/;
const opening = /^\/open\/\d{1,10}$/;
// A client of a proxy may send the whole URL (RFC 9112 §3.2.2).
const origin = /^https?:\/\/[^/]*/i;

/** Reads the path of a request; undefined for one that has nothing to do with tunnels. */
export function parseTunnelPath(url: string): TunnelPath | undefined {
  const path = url.startsWith("/") ? url : url.replace(origin, "");
  const match = insideTunnel.exec(path);
  if (match !== null) {
    const [, kind, id = "", sequence] = match;
    return { kind: kindOf(kind), id, sequence: Number(sequence) | 0 };
  }
  if (!words.test(path)) return undefined;
  if (opening.test(path)) return { kind: "open" };
  return { kind: path.startsWith("/fcs/") ? "ident" : "malformed" };
}

function kindOf(word: string | undefined): TunnelRequestKind {
  return word === "send" || word === "close" ? word : "idle";
}
