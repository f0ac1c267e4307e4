/**
 * The commands that bring a client to its stream, as bytes on the wire.
 *
 * RTMP §7.2.1, §7.2.2
 */

import { type Cut, command, message, nothing, object, text } from "./wire-bytes.ts";

/** `connect` to the app `live`. */
export const connectLive = connect({
  app: text("live"),
  tcUrl: text("rtmp://127.0.0.1/live"),
});

/** `connect` with these properties. */
export function connect(properties: Readonly<Record<string, Uint8Array>>, cut?: Cut): Uint8Array {
  return message("03 000000 length 14 00000000", command("connect", 1, object(properties)), cut);
}

/** `createStream`, transaction 2. */
export const createStream = message(
  "03 000000 length 14 00000000",
  command("createStream", 2, nothing),
);

/** `publish` on stream 1, transaction 3. */
export function publish(name: string): Uint8Array {
  const body = command("publish", 3, nothing, text(name), text("live"));
  return message("03 000000 length 14 01000000", body);
}

/** `play` on stream 1, transaction 3. */
export function play(name: string): Uint8Array {
  return message("03 000000 length 14 01000000", command("play", 3, nothing, text(name)));
}
