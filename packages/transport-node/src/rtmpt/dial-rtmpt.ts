/** RTMP through an HTTP tunnel as a client. */

import type { Transport } from "@rtmp/session";
import { type Clock, systemClock } from "@rtmp/wire";

import { TransportError } from "../errors.ts";
import type { TlsVerification } from "../tls/verification.ts";
import { KeepAliveHttp } from "./keep-alive-http.ts";
import { type PostOutcome, TunnelClient } from "./tunnel-client.ts";

const defaultTimeoutMs = 10_000;
// Ids of others are longer than ours, but not without end, and stand in every path.
const idForm = /^[\w.~!$&'()*+,;=:@-]{1,255}$/;

/** Where to connect, and how. */
export interface RtmptDialOptions extends TlsVerification {
  /** IP address or host name, without brackets. */
  readonly host: string;
  /** 1 to 65535. @default 80, or 443 when it is secure */
  readonly port?: number;
  /** Whether TLS is below, as in rtmpts. @default false */
  readonly secure?: boolean;
  /** How long the tunnel may take to open, and later each answer, in milliseconds. @default 10000 */
  readonly timeoutMs?: number;
  /** Measures the waiting times. @default the platform's */
  readonly clock?: Clock;
}

/**
 * Opens an HTTP tunnel.
 *
 * @throws Error of Node with a `code` such as `ECONNREFUSED`, `ENOTFOUND` or `ETIMEDOUT`, or of its TLS; TransportError
 *   `RTMP_ERR_TUNNEL_REFUSED` when the server has no tunnels; RangeError for a port out of range, as the rejection
 */
export async function dialRtmpt(options: RtmptDialOptions): Promise<Transport> {
  const { host, secure = false, timeoutMs = defaultTimeoutMs, clock = systemClock } = options;
  const { port = secure ? 443 : 80 } = options;
  const http = new KeepAliveHttp({ ...options, port, secure });
  try {
    const outcome = await posted(http, `${host}:${port}`, timeoutMs, clock);
    const id = idOf(outcome);
    const { remote } = http;
    return new TunnelClient({ remote, id, http, clock, answerTimeoutMs: timeoutMs });
  } catch (error) {
    http.destroy();
    throw error;
  }
}

/** The answer to `open`. */
function posted(
  http: KeepAliveHttp,
  where: string,
  timeoutMs: number,
  clock: Clock,
): Promise<PostOutcome> {
  return new Promise((resolve, reject) => {
    const cancel = clock.schedule(timeoutMs, () => {
      const text = `no connection to ${where} within ${timeoutMs} ms`;
      reject(Object.assign(new Error(text), { code: "ETIMEDOUT" }));
    });
    try {
      http.post("/open/1", Uint8Array.of(0), (outcome) => {
        cancel();
        resolve(outcome);
      });
    } catch (error) {
      cancel();
      reject(error);
    }
  });
}

function idOf(outcome: PostOutcome): string {
  if ("error" in outcome) throw outcome.error;
  const { status, body } = outcome;
  const id = Buffer.from(body.subarray(0, 512)).toString("latin1").trim();
  if (status === 200 && idForm.test(id)) return id;
  const what = status === 200 ? "no id" : `status ${status}`;
  throw new TransportError("RTMP_ERR_TUNNEL_REFUSED", `the server answered open with ${what}`);
}
