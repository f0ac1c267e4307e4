/** Counts connections, in all and by address, and decides who has to go when there are too many. */

import { TransportError } from "../errors.ts";
import { isLoopback, networkOf } from "../address.ts";
import { type ListenLimits, resolveListenLimits } from "./limits.ts";

/** One connection as the limits see it. */
export interface CountedConnection {
  /** What its address has; undefined while it counts towards the sum alone. Belongs to the limiter. */
  counts: AddressCounts | undefined;
  /** Whether it counts at all. Belongs to the limiter. */
  isCounted: boolean;
  /** Cuts a half-open connection because a newer one needs its place. */
  makeRoom(reason: TransportError): void;
}

/** The connections of one address. */
export interface AddressCounts {
  readonly network: string;
  connections: number;
  /** Those that are half-open, oldest first; undefined when there are none. */
  halfOpen: Set<CountedConnection> | undefined;
}

/**
 * Keeps the numbers of connections within limits.
 *
 * A connection is half-open until it is established. Where one more than allowed comes, the oldest half-open one that
 * counts towards the same limit makes room, so that a newcomer always gets in; a newcomer is refused only when all the
 * others are established.
 */
export class ConnectionLimiter {
  readonly #limits: ListenLimits;
  readonly #addresses = new Map<string, AddressCounts>();
  readonly #halfOpen = new Set<CountedConnection>();
  #connections = 0;

  /**
   * @param limits  those of `ListenLimits` that count connections
   * @throws RangeError when one is out of range
   */
  constructor(limits?: Partial<ListenLimits>) {
    this.#limits = resolveListenLimits(limits);
  }

  /** Connections now. */
  get size(): number {
    return this.#connections;
  }

  /** Addresses now that have limits of their own. */
  get addresses(): number {
    return this.#addresses.size;
  }

  /**
   * Counts a new connection in, half-open.
   *
   * @returns why it is refused; it is not counted then
   */
  add(connection: CountedConnection): TransportError | undefined {
    const { maxConnections } = this.#limits;
    if (this.#connections >= maxConnections && !this.#makeRoom(this.#halfOpen, "in all")) {
      return tooMany(maxConnections, "in all");
    }
    this.#connections++;
    connection.isCounted = true;
    this.#halfOpen.add(connection);
    return undefined;
  }

  /**
   * Counts a connection towards the limits of its address, once that is known; the machine itself has none.
   *
   * @param address  a plain address
   * @returns why it is refused; it stays counted in all until `remove`
   */
  addToAddress(connection: CountedConnection, address: string): TransportError | undefined {
    if (isLoopback(address)) return undefined;

    const { maxConnectionsPerAddress, maxHalfOpenPerAddress } = this.#limits;
    const network = networkOf(address);
    const known = this.#addresses.get(network);
    if (known !== undefined) {
      const { connections, halfOpen } = known;
      const isFull = connections >= maxConnectionsPerAddress;
      const hasTooMany = halfOpen !== undefined && halfOpen.size >= maxHalfOpenPerAddress;
      const hasRoom = (!isFull && !hasTooMany) || this.#makeRoom(halfOpen, `from ${network}`);
      if (!hasRoom) return tooMany(maxConnectionsPerAddress, `from ${network}`);
    }
    // Who made room may have been the last of the address.
    const counts = this.#countsOf(network);
    counts.connections++;
    (counts.halfOpen ??= new Set()).add(connection);
    connection.counts = counts;
    return undefined;
  }

  /** The connection is half-open no more. */
  establish(connection: CountedConnection): void {
    this.#halfOpen.delete(connection);
    const { counts } = connection;
    if (counts?.halfOpen?.delete(connection) && counts.halfOpen.size === 0) {
      counts.halfOpen = undefined;
    }
  }

  /** The connection is gone. */
  remove(connection: CountedConnection): void {
    if (!connection.isCounted) return;
    this.establish(connection);
    this.#connections--;
    connection.isCounted = false;
    const { counts } = connection;
    if (counts === undefined) return;
    connection.counts = undefined;
    if (--counts.connections === 0) this.#addresses.delete(counts.network);
  }

  /** Cuts the oldest; the place is free at once, whenever its socket closes. */
  #makeRoom(halfOpen: Set<CountedConnection> | undefined, where: string): boolean {
    const [oldest] = halfOpen ?? [];
    if (oldest === undefined) return false;

    this.remove(oldest);
    const reason = `too many half-open connections ${where}`;
    oldest.makeRoom(new TransportError("RTMP_ERR_MADE_ROOM", reason));
    return true;
  }

  #countsOf(network: string): AddressCounts {
    const known = this.#addresses.get(network);
    if (known !== undefined) return known;
    const counts = { network, connections: 0, halfOpen: undefined };
    this.#addresses.set(network, counts);
    return counts;
  }
}

function tooMany(limit: number, where: string): TransportError {
  const reason = `there are ${limit} connections ${where} already`;
  return new TransportError("RTMP_ERR_TOO_MANY_CONNECTIONS", reason);
}
