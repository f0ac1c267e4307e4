// This example shows how to: 1. accept RTMP over TCP  2. publish into and play from one hub
import { StreamHub } from "@rtmp/hub";
import { serve } from "@rtmp/relay";
import { listenTcp } from "@rtmp/transport-node";

const hub = new StreamHub();
const listener = await listenTcp({ port: Number(process.env["PORT"] ?? 1935) }, (transport) => {
  serve(transport, {
    hub,
    observer: { onPublish: ({ streamPath }) => console.log(`${streamPath} is live`) },
  });
});
console.log(`publish to and play from ${listener.url}/live/cam`);
