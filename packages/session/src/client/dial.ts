import type { RtmpScheme } from "@rtmp/message";
import type { Transport } from "../transport.ts";

/** Where a client wants to go. */
export interface DialTarget {
  /** How the bytes are to travel. */
  readonly scheme: RtmpScheme;
  /** Host name or IP address, without brackets. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
}

/**
 * Opens a way to a server, such as `dial` of `@rtmp/transport-node`.
 *
 * Rejects when there is none; the transport has not been started.
 */
export type Dial = (target: DialTarget) => Promise<Transport>;
