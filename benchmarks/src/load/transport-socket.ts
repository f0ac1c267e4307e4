/** Connections other than TCP: those of the clients of `@rtmp/transport-node`. */

import type { Transport } from "@rtmp/session";
import { createDial, dialWebSocket } from "@rtmp/transport-node";

import type { LoadScheme, LoadSocket, SocketHandlers, Target } from "./socket.ts";

// The certificate is one that the server has made for itself.
const dial = createDial({ tls: { verify: false } });

/** Opens a connection of a scheme. */
export function openTransport(
  target: Target & { readonly scheme: LoadScheme },
  { onOpen, onBytes, onClose }: SocketHandlers,
): LoadSocket {
  let transport: Transport | undefined;
  let hasLeft = false;
  const start = async (): Promise<void> => {
    const dialled = await dialTransport(target);
    if (hasLeft) {
      dialled.close(0);
      return;
    }
    transport = dialled;
    dialled.start({ onBytes, onClose, onDrain() {} });
    onOpen();
  };
  start().catch(onClose);
  return {
    write: (bytes) => transport?.write(bytes),
    reset() {
      hasLeft = true;
      transport?.close(0);
    },
    slowDown() {
      throw new TypeError("only TCP can be read slowly");
    },
  };
}

function dialTransport({
  host,
  port,
  scheme,
}: Target & { readonly scheme: LoadScheme }): Promise<Transport> {
  return scheme === "ws" ? dialWebSocket({ host, port }) : dial({ scheme, host, port });
}
