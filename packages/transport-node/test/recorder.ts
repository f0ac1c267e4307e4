import { type Socket, connect } from "node:net";

import type { Transport, TransportHandlers } from "@rtmp/session";
import { type TcpListener, listenTcp } from "@rtmp/transport-node";
import { onTestFinished } from "vitest";

/** Handlers that remember what they were told, and promises for what comes. */
export class Recorder implements TransportHandlers {
  readonly pieces: Uint8Array[] = [];
  drains = 0;
  readonly causes: (Error | undefined)[] = [];
  #waiting: { readonly holds: () => boolean; readonly resolve: () => void }[] = [];

  onBytes(bytes: Uint8Array): void {
    this.pieces.push(bytes);
    this.#check();
  }

  onDrain(): void {
    this.drains++;
    this.#check();
  }

  onClose(cause: Error | undefined): void {
    this.causes.push(cause);
    this.#check();
  }

  get length(): number {
    return this.pieces.reduce((sum, piece) => sum + piece.length, 0);
  }

  get text(): string {
    return Buffer.concat(this.pieces).toString();
  }

  /** Resolves as soon as `holds` does after one of the calls; the test's own time limit bounds it. */
  async until(holds: () => boolean): Promise<void> {
    if (holds()) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push({ holds, resolve });
    });
  }

  closed(): Promise<void> {
    return this.until(() => this.causes.length > 0);
  }

  #check(): void {
    const due = this.#waiting.filter(({ holds }) => holds());
    this.#waiting = this.#waiting.filter((waiting) => !due.includes(waiting));
    for (const { resolve } of due) resolve();
  }
}

/** Reads what the other side sends until it closes. */
export async function readAll(socket: Socket): Promise<Buffer> {
  const pieces: Buffer[] = [];
  socket.on("data", (bytes) => pieces.push(bytes));
  await new Promise((resolve) => socket.once("end", resolve));
  // These peers are half-open sockets or have nothing left to send.
  socket.end();
  return Buffer.concat(pieces);
}

/** One accepted connection: the transport under test and the plain socket of its peer. */
export interface Accepted {
  readonly listener: TcpListener;
  readonly transport: Transport;
  /** Half-open sockets are allowed: it closes only when told to. */
  readonly peer: Socket;
}

/** Accepts one connection over loopback; everything is closed when the test ends. */
export async function acceptOne(): Promise<Accepted> {
  let accept: (transport: Transport) => void;
  const accepted = new Promise<Transport>((resolve) => {
    accept = resolve;
  });
  const listener = await listenTcp({ port: 0 }, (transport) => accept(transport));
  const peer = connect({ port: listener.address.port, host: "127.0.0.1", allowHalfOpen: true });
  const transport = await accepted;
  onTestFinished(async () => {
    transport.close(0);
    peer.destroy();
    await listener.close();
  });
  return { listener, transport, peer };
}
