/** Plays streams to their end with our client, so that every body can be compared. */

import type { MediaPacket } from "@rtmp/flv";
import { type ClientMedia, connect, type Dial } from "@rtmp/session";

/** Begins to play a stream; the result waits for its end and returns a line for each audio and video message. */
export async function playWhole(url: string, dial: Dial): Promise<() => Promise<string[]>> {
  const client = await connect(url, { dial });
  const player = await client.play();
  return async () => {
    const media: ClientMedia[] = [];
    for await (const message of player) media.push(message);
    await client.close();
    return linesOf(media);
  };
}

/** Writes a line for each audio and video message: kind, timestamp, body. */
export function linesOf(media: readonly (ClientMedia | MediaPacket)[]): string[] {
  return media
    .filter(({ kind }) => kind !== "data")
    .map(({ kind, timestamp, body }) => {
      return `${kind} ${timestamp} ${Buffer.from(body).toString("base64")}`;
    });
}
