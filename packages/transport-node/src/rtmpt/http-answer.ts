/**
 * What a server answers to the requests of tunnels.
 *
 * librtmp understands only `HTTP/1.1 200` with a `Content-Length` spelled like this and above 0, never chunks. So the
 * headers are given to Node as a list, which keeps the spelling.
 */

import type { ServerResponse } from "node:http";

/** The media type of all requests and answers. */
export const tunnelMediaType = "application/x-fcs";

/** Answers with 200. */
export function answerOk(response: ServerResponse, body: Uint8Array): void {
  response.writeHead(200, [
    "Content-Type",
    tunnelMediaType,
    "Cache-Control",
    "no-cache",
    "Content-Length",
    String(body.length),
  ]);
  response.end(body);
}

/** A request that is not served. */
export interface Refusal {
  readonly status: 400 | 404 | 405 | 409 | 413 | 503;
  /** For people; one line. */
  readonly reason: string;
}

/** Answers with an error; the body of the request is not waited for. */
export function refuse(response: ServerResponse, { status, reason }: Refusal): void {
  const body = `${reason}\n`;
  const headers = ["Content-Type", "text/plain", "Content-Length", String(body.length)];
  if (status === 405) headers.push("Allow", "POST");
  // What is left of the body would have to be read first.
  if (status === 413) headers.push("Connection", "close");
  response.writeHead(status, headers);
  response.end(body);
}
