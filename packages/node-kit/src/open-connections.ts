/** A connection that can be told to end. */
export interface Closable {
  /** Says goodbye to the peer; the connection closes later. */
  shutDown(): void;
}

/** The open connections of an app, and the goodbye to all of them. */
export class OpenConnections<T extends Closable> {
  readonly #open = new Set<T>();
  readonly #onEmpty: (() => void)[] = [];
  #isShuttingDown = false;

  /** Open connections now. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Counts a connection in until it has closed.
   *
   * @param open  makes the connection, and calls `forget` once, later, when it has closed
   */
  add(open: (forget: () => void) => T): void {
    const connection: T = open(() => this.#forget(connection));
    this.#open.add(connection);
    if (this.#isShuttingDown) connection.shutDown();
  }

  /** Says goodbye on every connection, also on those that come later; resolves when all have closed. */
  async shutDown(): Promise<void> {
    this.#isShuttingDown = true;
    for (const connection of this.#open) connection.shutDown();
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onEmpty.push(resolve);
    });
  }

  #forget(connection: T): void {
    this.#open.delete(connection);
    if (this.#open.size > 0) return;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }
}
