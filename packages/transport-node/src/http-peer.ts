/** What is known of the client of an HTTP connection besides its requests. */
export interface HttpPeer {
  /** The client, for logs: `address:port`, an IPv6 address in brackets. */
  readonly remote: string;
  /** Whether the connection is encrypted by TLS. */
  readonly secure: boolean;
}
