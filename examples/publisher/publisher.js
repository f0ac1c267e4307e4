// This example shows how to: 1. read an FLV file  2. publish it at its own pace
import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { readFlvPackets } from "@rtmp/flv";
import { connect } from "@rtmp/session";
import { dial } from "@rtmp/transport-node";

const [file = "", url = "rtmp://127.0.0.1:1935/live/cam"] = process.argv.slice(2);
const client = await connect(url, { dial });
const publisher = await client.publish();
for (const packet of readFlvPackets(await readFile(file))) {
  await setTimeout(packet.timestamp - performance.now());
  publisher.send(packet);
}
await client.close();
