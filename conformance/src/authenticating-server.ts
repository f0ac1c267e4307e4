/** A server in this process that asks its clients for a user name and a password. */

import { StreamHub } from "@rtmp/hub";
import { serve, type ServedConnection } from "@rtmp/relay";
import { type AuthenticationMethod, ConnectAuthenticator } from "@rtmp/session";
import { listenTcp, type TcpListener } from "@rtmp/transport-node";

/** Who may publish: the user and the password. */
export const credentials = { user: "alice", password: "s3cret" } as const;

/** One server; it writes down how each connection went. */
export class AuthenticatingServer {
  /** A line for each connect that was granted or refused, and for each publication. */
  readonly log: string[] = [];
  readonly #hub = new StreamHub();
  readonly #open = new Set<ServedConnection>();
  readonly #authenticator: ConnectAuthenticator;
  #listener: TcpListener | undefined;

  private constructor(methods: readonly AuthenticationMethod[]) {
    this.#authenticator = new ConnectAuthenticator({
      methods,
      password: (user) => (user === credentials.user ? credentials.password : undefined),
    });
  }

  /** Starts one that offers these methods. */
  static async start(...methods: AuthenticationMethod[]): Promise<AuthenticatingServer> {
    const server = new AuthenticatingServer(methods);
    server.#listener = await listenTcp({ port: 0 }, (transport) => {
      const connection: ServedConnection = serve(transport, {
        hub: server.#hub,
        authenticate: (connect) => server.#authenticator.check(connect),
        authorise: ({ action, path, user }) => {
          server.log.push(`${user} may ${action} ${path.streamPath}`);
          return { granted: true };
        },
        observer: {
          onConnect: () => server.log.push("granted"),
          onPublishEnd: (path, end) => server.log.push(`publish ${path.streamPath} ${end}`),
          onClose: (cause) => {
            // A client that leaves with an answer unread resets its connection.
            if (cause === undefined || cause.code === "RTMP_ERR_CONNECTION_LOST") return;
            server.log.push(cause.message.replace(/user=.*/, "…"));
          },
          onInternalError: (error) => server.log.push(`internal error ${String(error)}`),
          onDisconnect: () => server.#open.delete(connection),
        },
      });
      server.#open.add(connection);
    });
    return server;
  }

  /** Challenges that nobody has answered. */
  get openChallenges(): number {
    return this.#authenticator.openChallenges;
  }

  /** The URL of a stream; with a user and a password when they are given. */
  url(name: string, user?: string, password?: string): string {
    const { host, port } = this.#address;
    const who = user === undefined ? "" : `${user}:${password}@`;
    return `rtmp://${who}${host}:${port}/live/${name}`;
  }

  /** Stops listening and says goodbye to everybody. */
  async close(): Promise<void> {
    await this.#listener?.close();
    for (const connection of this.#open) connection.shutDown();
  }

  get #address(): TcpListener["address"] {
    if (this.#listener === undefined) throw new Error("the server does not listen");
    return this.#listener.address;
  }
}
