import { RtmpError } from "@rtmp/wire";

import { type ConnectionLogOptions, errorFields } from "./connection-log.ts";
import type { RemoteName } from "./remote-server.ts";

/** Whose way to other servers is logged. */
export interface RelayLogOptions extends ConnectionLogOptions {
  /** The stream: `app/name`. */
  readonly stream: string;
  /** The other servers, in the order of their URLs. */
  readonly servers: readonly RemoteName[];
}

/** Logs the way of one stream to or from other servers; has the shape of an observer of it. */
class RelayLog {
  readonly #role: string;
  readonly #options: RelayLogOptions;

  /** @param role  what the other servers are */
  constructor(role: string, options: RelayLogOptions) {
    this.#role = role;
    this.#options = options;
  }

  /** A server is dialled. */
  onOpening(server: number): void {
    this.#options.log.debug(this.#fieldsOf(server), `${this.#role} dialled`);
  }

  /** A server could not be used, or not any longer. */
  onFailure(server: number, cause: unknown, waitMs: number): void {
    const message = `${this.#role} failed`;
    const wait = { waitMs: Math.round(waitMs) };
    const fields = { ...this.#fieldsOf(server), ...wait, ...this.#describe(cause) };
    // One that is down fails every stream, and must not hide that another one fails.
    const key = `${message} ${this.#options.servers[server]?.name}`;
    this.#options.floodGate.warn(key, fields, message);
  }

  /** A server sends us elsewhere. */
  onReconnect(server: number, host: string): void {
    this.#options.log.info({ ...this.#fieldsOf(server), host }, `${this.#role} sends elsewhere`);
  }

  /** Something was refused or dropped and the relay goes on. */
  onProblem(error: RtmpError): void {
    const fields = { stream: this.#options.stream, ...this.#fieldsOfError(error) };
    this.#options.floodGate.warn(error.code, fields, "refused or dropped");
  }

  /** Logs a line about one of the servers, or none. */
  protected info(server: number | undefined, message: string, more: object = {}): void {
    this.#options.log.info({ ...this.#fieldsOf(server), ...more }, message);
  }

  #fieldsOf(server: number | undefined): Record<string, unknown> {
    const { stream, servers } = this.#options;
    return server === undefined ? { stream } : { stream, [this.#role]: servers[server]?.name };
  }

  #describe(cause: unknown): Record<string, unknown> {
    if (cause instanceof RtmpError) return this.#fieldsOfError(cause);
    if (cause === undefined) return { reason: `the ${this.#role} closed the connection` };
    return { reason: cause instanceof Error ? cause.message : "unknown" };
  }

  /** What a server said may be in the message of an error. */
  #fieldsOfError(error: RtmpError): Record<string, unknown> {
    const secrets = this.#options.servers.flatMap((server) => server.secrets ?? []);
    const reason = secrets.reduce((text, secret) => text.replaceAll(secret, "…"), error.message);
    return { ...errorFields(error), reason };
  }
}

/** Logs how a stream is fetched from its origins. */
export class PullLog extends RelayLog {
  constructor(options: RelayLogOptions) {
    super("origin", options);
  }

  /** The first media of a publication arrived. */
  onPublish(server: number): void {
    this.info(server, "stream has come");
  }

  /** The publication ended. */
  onPublishEnd(end: string): void {
    this.info(undefined, "stream has gone", { end });
  }
}

/** Logs how a stream is published at its target. */
export class PushLog extends RelayLog {
  #server: number | undefined;

  constructor(options: RelayLogOptions) {
    super("target", options);
  }

  /** The server takes the stream. */
  onPublish(server: number): void {
    this.#server = server;
    this.info(server, "push started");
  }

  /** The stream is no longer published there. */
  onPublishEnd(skippedPackets: number): void {
    this.info(this.#server, "push ended", { skippedPackets });
  }
}
