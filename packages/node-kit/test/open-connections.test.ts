import { OpenConnections } from "@rtmp/node-kit";
import { describe, expect, test } from "vitest";

/** A connection that is told to end, and ends when the test says so. */
interface TestConnection {
  goodbyes: number;
  close(): void;
  shutDown(): void;
}

function add(connections: OpenConnections<TestConnection>): TestConnection {
  const connection: TestConnection = {
    goodbyes: 0,
    close: () => {},
    shutDown: () => connection.goodbyes++,
  };
  connections.add((forget) => Object.assign(connection, { close: forget }));
  return connection;
}

/** Whether a promise is fulfilled once everything that waits has run. */
async function isDone(promise: Promise<void>): Promise<boolean> {
  const pending = new Promise((resolve) => {
    setImmediate(() => resolve("pending"));
  });
  return (await Promise.race([promise, pending])) !== "pending";
}

test("open connections are counted until they have closed", () => {
  const connections = new OpenConnections<TestConnection>();
  const [first, second] = [add(connections), add(connections)];
  expect(connections.size).toBe(2);
  first.close();
  expect(connections.size).toBe(1);
  second.close();
  expect(connections.size).toBe(0);
  expect(first.goodbyes).toBe(0);
});

describe("shutDown", () => {
  test("returns at once when nothing is open", async () => {
    await expect(new OpenConnections().shutDown()).resolves.toBe(undefined);
  });

  test("says goodbye on every connection and waits until the last one has closed", async () => {
    const connections = new OpenConnections<TestConnection>();
    const [first, second] = [add(connections), add(connections)];
    const done = connections.shutDown();
    expect([first.goodbyes, second.goodbyes]).toEqual([1, 1]);
    first.close();
    expect(await isDone(done)).toBe(false);
    second.close();
    expect(await isDone(done)).toBe(true);
  });

  test("sends away a connection that comes later, and waits for it as well", async () => {
    const connections = new OpenConnections<TestConnection>();
    const first = add(connections);
    const done = connections.shutDown();
    const late = add(connections);
    expect(late.goodbyes).toBe(1);
    first.close();
    expect(await isDone(done)).toBe(false);
    late.close();
    expect(await isDone(done)).toBe(true);
  });

  test("may be called twice, and both calls wait", async () => {
    const connections = new OpenConnections<TestConnection>();
    const connection = add(connections);
    const both = [connections.shutDown(), connections.shutDown()];
    for (const done of both) expect(await isDone(done)).toBe(false);
    connection.close();
    await expect(Promise.all(both)).resolves.toHaveLength(2);
  });
});
