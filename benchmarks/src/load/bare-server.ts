/** The floor of the machine in Node: writes what the publisher sends to every player, and does nothing else. */

import { createServer, type Socket } from "node:net";

import { bareGreeting } from "./bare-wire.ts";

const players = new Set<Socket>();

const server = createServer({ noDelay: true }, (socket) => {
  let received: Buffer | undefined;
  players.add(socket);
  socket.on("error", () => {});
  socket.on("close", () => players.delete(socket));
  socket.on("data", (bytes) => {
    if (received === undefined) {
      players.delete(socket);
      received = bytes.subarray(bareGreeting.length);
    } else received = received.length === 0 ? bytes : Buffer.concat([received, bytes]);
    while (received.length >= 4 && received.length >= 4 + received.readUInt32BE(0)) {
      const end = 4 + received.readUInt32BE(0);
      const batch = received.subarray(4, end);
      for (const player of players) player.write(batch);
      received = received.subarray(end);
    }
  });
});

server.listen({ port: 0, host: "127.0.0.1", backlog: 4_096 }, () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  process.stdout.write(`${JSON.stringify({ event: "ready", port })}\n`);
});
