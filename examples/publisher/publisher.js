// This example shows how to: 1. read an FLV file  2. publish it at its own pace
import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { FlvTagReader } from "@rtmp/flv";
import { connect } from "@rtmp/session";
import { dial } from "@rtmp/transport-node";

const [file = "", url = "rtmp://127.0.0.1:1935/live/cam"] = process.argv.slice(2);
const client = await connect(url, { dial });
const publisher = await client.publish();
/** @type {import("@rtmp/flv").FlvTag[]} */ const tags = [];
new FlvTagReader().push(await readFile(file), (tag) => tags.push(tag));
for (const { type, timestamp, data } of tags) {
  await setTimeout(Math.max(0, timestamp - performance.now()));
  publisher.send({
    kind: type === 9 ? "video" : type === 8 ? "audio" : "data",
    timestamp,
    body: data,
  });
}
await client.close();
