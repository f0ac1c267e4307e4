// This example shows how to: 1. answer calls of clients in a server  2. call them from a client, with types
import { StreamHub } from "@rtmp/hub";
import { serve } from "@rtmp/relay";
import { answerCalls, connect } from "@rtmp/session";
import { dial, listenTcp } from "@rtmp/transport-node";

/** @typedef {{ add: (a: number, b: number) => number, viewers: () => number }} Procedures */

const hub = new StreamHub();
const onCall = answerCalls({
  add: (/** @type {number} */ a, /** @type {number} */ b) => a + b,
  viewers: () => hub.stats().reduce((sum, { subscribers }) => sum + subscribers, 0),
});
const listener = await listenTcp({ port: 0 }, (transport) => {
  serve(transport, { hub, onCall });
});

/** @type {import("@rtmp/session").RtmpClient<Procedures>} */
const client = await connect(`${listener.url}/live`, { dial });
console.log(`40 + 2 = ${await client.call("add", 40, 2)}`);
console.log(`${await client.call("viewers")} viewers`);
await client.close();
await listener.close();
