/** What a tunnel gets from HTTP, and how it answers. */

import type { TunnelRequestKind } from "./tunnel-path.ts";

/** Why a request gets no bytes: the tunnel is over, or the same request came again and gets the answer instead. */
export type TunnelRefusal = "ended" | "superseded";

/** Where the answer to one request goes. */
export interface TunnelReply {
  /** Whether nothing of the answer is on its way any more: it has left, or its connection is gone. */
  readonly isOver: boolean;
  /** Answers with the interval byte and RTMP bytes behind it. Called once, unless `refuse` is. */
  answer(body: Uint8Array): void;
  /** Answers with an error. */
  refuse(reason: TunnelRefusal): void;
  /** Cuts the connection, if something of the answer is still on its way. */
  cut(): void;
}

/** One request whose body is there. */
export interface TunnelRequest {
  readonly kind: TunnelRequestKind;
  /** A signed 32-bit number that wraps. */
  readonly sequence: number;
  /** Of a `send`: bytes that the tunnel has admitted; of others: nothing. */
  readonly body: readonly Uint8Array[];
  readonly reply: TunnelReply;
}
