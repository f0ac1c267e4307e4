/** Scripted clients over TCP. */

import { once } from "node:events";
import { connect, type Socket } from "node:net";

import { MessageTypeId } from "@rtmp/chunk";
import { type ReceivedMessage, ScriptedClient } from "@rtmp/testing";
import { SocketTransport } from "@rtmp/transport-node";

import { frameKinds, type Frames, framesOf, isSame } from "./frames.ts";

/** Connects a socket to the host and port of a URL. */
export async function openSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({
    host: hostname,
    port: Number(port),
    noDelay: true,
    allowHalfOpen: true,
  });
  await once(socket, "connect");
  return socket;
}

/** Opens a connection; the handshake is done. */
export async function openClient(url: string): Promise<ScriptedClient> {
  const client = new ScriptedClient(new SocketTransport(await openSocket(url)));
  await client.opened();
  return client;
}

/** Opens a connection to the app `live`. */
export async function connectClient(url: string): Promise<ScriptedClient> {
  const client = await openClient(url);
  await answer(client, client.connect("live"));
  return client;
}

/** Waits for the `_result` of a command. */
export function answer(client: ScriptedClient, transactionId: number): Promise<ReceivedMessage> {
  return client.waitFor(
    ({ command }) => command?.name === "_result" && command.transactionId === transactionId,
  );
}

/** Creates a message stream and returns its id. */
export async function createStream(client: ScriptedClient): Promise<number> {
  const { command } = await answer(client, client.command(0, "createStream", null));
  const id = command?.args[0];
  if (typeof id !== "number") throw new Error(`no stream id but ${JSON.stringify(id)}`);
  return id;
}

/** Connects and plays a stream of `live`; resolves when the server says that it plays. */
export async function playLive(url: string, name: string): Promise<ScriptedClient> {
  const client = await connectClient(url);
  const stream = await createStream(client);
  client.command(stream, "play", null, name);
  await client.waitForCode("NetStream.Play.Start");
  return client;
}

/** Connects and publishes a stream of `live`; resolves when the server says so. */
export async function publishLive(url: string, name: string): Promise<ScriptedClient> {
  const client = await connectClient(url);
  const stream = await createStream(client);
  client.command(stream, "publish", null, name, "live");
  await client.waitForCode("NetStream.Publish.Start");
  return client;
}

/** Waits for audio or video from a media time on. */
export function mediaFrom(client: ScriptedClient, milliseconds: number): Promise<ReceivedMessage> {
  const isThere = ({ typeId, timestamp }: ReceivedMessage): boolean =>
    (typeId === MessageTypeId.Audio || typeId === MessageTypeId.Video) && timestamp >= milliseconds;
  return client.waitFor(isThere, { timeoutMs: 30_000 });
}

/**
 * Waits for the last frames of a source, of both kinds.
 *
 * @returns what has arrived by then
 */
export async function framesUntilLast(client: ScriptedClient, source: Frames): Promise<Frames> {
  for (const kind of frameKinds) {
    const last = source[kind].at(-1);
    const isLast = (message: ReceivedMessage): boolean =>
      framesOf([message])[kind].some((frame) => isSame(frame, last));
    await client.waitFor(isLast, { timeoutMs: 10_000 });
  }
  return framesOf(client.media());
}
