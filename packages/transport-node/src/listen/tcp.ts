import type { Transport } from "@rtmp/session";

import { SocketTransport } from "../socket-transport.ts";
import { bind, type TcpListener, type TcpListenOptions } from "./bind.ts";

/**
 * Listens for RTMP over TCP alone and gives a transport for each connection, without limits on their number.
 *
 * @param onTransport  called once a connection; nothing is read before it calls `start`
 * @throws Error of Node with a `code` such as `EADDRINUSE` or `EACCES`, as the rejection; RangeError for a port out of range
 */
export function listenTcp(
  options: TcpListenOptions,
  onTransport: (transport: Transport) => void,
): Promise<TcpListener> {
  return bind(options, "rtmp", (socket) => onTransport(new SocketTransport(socket)));
}
