/** A server with the clients around it; everything that a test file starts, and ends. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { connect } from "@rtmp/session";
import type { ScriptedClient } from "@rtmp/testing";
import { dial } from "@rtmp/transport-node";

import type { Child } from "./child.ts";
import { listFrames, publishFile, type StreamChoice } from "./ffmpeg.ts";
import type { PeerServer } from "./peer-server.ts";
import { ServerProcess } from "./server-process.ts";
import { playLive } from "./tcp-client.ts";

/** A running server, a temporary folder, and the clients that a test started. */
export class Stage {
  readonly server: ServerProcess;
  /** A temporary folder. */
  readonly folder: string;
  readonly #children: Child[] = [];
  readonly #clients: ScriptedClient[] = [];
  readonly #peers: PeerServer[] = [];

  private constructor(server: ServerProcess, folder: string) {
    this.server = server;
    this.folder = folder;
  }

  /** Starts the server, with flags besides those that all tests need. */
  static async open(...flags: readonly string[]): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), "rtmp-conformance-"));
    return new Stage(await ServerProcess.start(...flags), folder);
  }

  /** The URL of a stream; one port takes every scheme. */
  url(name: string, scheme = "rtmp"): string {
    return `${this.server.url.replace(/^rtmp:/, `${scheme}:`)}/live/${name}`;
  }

  /** Sees to it that a program ends with the stage. */
  keep(child: Child): Child {
    this.#children.push(child);
    return child;
  }

  /** Sees to it that a client closes with the stage. */
  keepClient(client: ScriptedClient): ScriptedClient {
    this.#clients.push(client);
    return client;
  }

  /** Sees to it that a server of others ends with the stage. */
  keepPeer(server: PeerServer): PeerServer {
    this.#peers.push(server);
    return server;
  }

  /** Starts an ffmpeg that publishes a file. */
  publish(file: string, name: string, choice?: StreamChoice): Child {
    return this.keep(publishFile(file, this.url(name), choice));
  }

  /** Starts an ffmpeg that lists the frames of a stream; resolves when the server says that it plays. */
  async list(name: string, choice?: StreamChoice): Promise<Child> {
    const from = this.server.log.length;
    const child = this.keep(listFrames(this.url(name), choice));
    await this.playing(name, from);
    return child;
  }

  /** Starts a scripted client that plays. */
  async play(name: string): Promise<ScriptedClient> {
    return this.keepClient(await playLive(this.server.url, name));
  }

  /** Waits until somebody plays a stream, looking at the log behind its first lines. */
  async playing(name: string, from: number): Promise<void> {
    await this.server.waitForLog({ msg: "play started", stream: `live/${name}` }, { from });
  }

  /**
   * Ends a stream whose publisher leaves without a word, so that its players need not wait until the server gives it up.
   *
   * ffmpeg leaves so in a tunnel: it closes that before it has said that it unpublishes.
   */
  async endLost(name: string): Promise<void> {
    await this.server.waitForLog({ msg: "publish ended", stream: `live/${name}` });
    const client = await connect(this.url(name), { dial });
    await client.publish();
    await client.close();
  }

  /**
   * Ends everything that was started.
   *
   * @throws Error when the server logged an error or did not end in order
   */
  async close(): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    for (const client of this.#clients) client.close();
    await Promise.allSettled(this.#peers.map((server) => server.stop()));
    await Promise.allSettled(this.#children.map((child) => child.exited));
    await this.server.stop();
    await rm(this.folder, { recursive: true });
  }
}
