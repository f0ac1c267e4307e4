/**
 * Connections by the thousand: those over TCP read all into one buffer, so that a read allocates nothing.
 */

import { connect } from "node:net";

import type { RtmpScheme } from "@rtmp/message";

import { openTransport } from "./transport-socket.ts";

// A read of the kernel takes no more than this at a time.
const readBytes = 256 * 1024;
const sharedBuffer = Buffer.alloc(readBytes);

/** Where to connect. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** @default "rtmp" */
  readonly scheme?: LoadScheme;
}

/** What RTMP travels in: one of its own schemes, or a WebSocket. */
export type LoadScheme = RtmpScheme | "ws";

/** What a connection tells its owner. */
export interface SocketHandlers {
  readonly onOpen: () => void;
  /** Valid during the call only. */
  readonly onBytes: (bytes: Uint8Array) => void;
  readonly onClose: (cause: Error | undefined) => void;
}

/** A connection of the load generator. */
export interface LoadSocket {
  write(bytes: Uint8Array): void;
  /** Reads so many bytes a second from now on; what is not read stays in the kernel. */
  slowDown(bytesPerSecond: number): void;
  /** Leaves at once; nothing of the connection stays behind in the kernel. */
  reset(): void;
}

/** Opens a connection. */
export function openSocket(target: Target, handlers: SocketHandlers): LoadSocket {
  const { scheme = "rtmp" } = target;
  const isTcp = scheme === "rtmp" || scheme === "rtmpe";
  return isTcp ? openTcp(target, handlers) : openTransport({ ...target, scheme }, handlers);
}

function openTcp({ host, port }: Target, { onOpen, onBytes, onClose }: SocketHandlers): LoadSocket {
  let cause: Error | undefined;
  let isSlow = false;
  let buffer = sharedBuffer;
  const socket = connect({
    host,
    port,
    noDelay: true,
    onread: {
      buffer: () => buffer,
      callback(count, bytes) {
        onBytes(bytes.subarray(0, count));
        if (isSlow) setTimeout(() => socket.resume(), 1_000);
        return !isSlow;
      },
    },
  });
  socket.on("connect", onOpen);
  socket.on("error", (error) => (cause = error));
  socket.on("close", () => onClose(cause));
  return {
    write: (bytes) => void socket.write(bytes),
    reset: () => void socket.resetAndDestroy(),
    slowDown(bytesPerSecond) {
      isSlow = true;
      buffer = Buffer.alloc(bytesPerSecond);
    },
  };
}
