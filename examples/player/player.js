// This example shows how to: 1. connect to a server  2. take the messages of a stream one by one
import { connect } from "@rtmp/session";
import { dial } from "@rtmp/transport-node";

const url = process.argv[2] ?? "rtmp://127.0.0.1:1935/live/cam";
const client = await connect(url, { dial });
const player = await client.play();
for await (const { kind, timestamp, body } of player) {
  console.log(`${timestamp} ms: ${kind}, ${body.length} bytes`);
}
console.log("the stream has ended");
await client.close();
