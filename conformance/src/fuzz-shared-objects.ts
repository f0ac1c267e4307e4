/** Fuzz targets of shared objects, which no capture has. */

import { decodeSharedObject, encodeSharedObject, type SharedObjectMessage } from "@rtmp/message";
import { MemorySharedObjectStore, type SharedObjectPeer, SharedObjects } from "@rtmp/relay";
import { RemoteSharedObject } from "@rtmp/session";
import type { FuzzTarget } from "./fuzz-targets.ts";

const header = "00 04 63 68 61 74 00 00 00 01 00 00 00 00 00 00 00 00";
const seeds = [
  "00 04 63 68 61 74 00 00 00 00 00 00 00 02 00 00 00 00 01 00 00 00 00",
  `${header} 01 00 00 00 00 03 00 00 00 0c 00 04 6e 61 6d 65 02 00 03 62 6f 62`,
  `${header} 01 00 00 00 00 06 00 00 00 0b 02 00 03 6d 73 67 02 00 02 68 69`,
  `${header} 01 00 00 00 00 0a 00 00 00 06 00 04 6e 61 6d 65 02 00 00 00 00`,
  `${header} 0b 00 00 00 00 08 00 00 00 00 04 00 00 00 0b 00 01 61 01 01 00 01 62 02 00 00`,
  `${header} 05 00 00 00 06 00 04 6e 61 6d 65 09 00 00 00 06 00 04 6e 61 6d 65`,
  `${header} 07 00 00 00 0a 00 01 61 00 05 65 72 72 6f 72 04 00 00 00 06 00 01 61 11 04 2a`,
  `${header} 03 00 00 00 13 00 01 70 0a 00 00 00 02 0a 00 00 00 00 07 00 01 0a 00 00 0c 00 00 00 00`,
].map((hex) => new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex")));

/** The decoder, the server and the client. */
export const sharedObjectTargets: readonly FuzzTarget[] = [
  {
    name: "shared-object",
    share: 2,
    seeds,
    run(bytes, random) {
      const message = decodeSharedObject(bytes, { amf3: random() < 0.1 });
      try {
        encodeSharedObject(message, { maxBytes: 65_536 });
      } catch (error) {
        // References become copies, which may be more.
        if (!(error instanceof RangeError)) throw error;
      }
    },
  },
  { name: "shared-objects", share: 2, seeds, run: runSharedObjects },
];

/** A server with two clients, both of which say the same, and a client that is told it. */
function runSharedObjects(bytes: Uint8Array, random: () => number): void {
  const message = decodeSharedObject(bytes);
  const objects = new SharedObjects({ store: new MemorySharedObjectStore() });
  const remote = new RemoteSharedObject({ name: message.name, send() {} });
  remote.open();
  const peers = [peerOf((told) => remote.receive(told)), peerOf(() => {})];
  for (const peer of peers) {
    objects.receive(peer, { ...message, events: [{ type: "use" }] });
    if (random() < 0.5) remote.set("name", 1);
    objects.receive(peer, message);
  }
  remote.receive(message);
  for (const peer of peers) objects.leave(peer);
}

function peerOf(send: (message: SharedObjectMessage) => void): SharedObjectPeer {
  return {
    connect: {
      transactionId: 1,
      app: "live",
      tcUrl: "",
      flashVer: "",
      swfUrl: "",
      pageUrl: "",
      type: undefined,
      fpad: false,
      audioCodecs: 0,
      videoCodecs: 0,
      objectEncoding: 0,
      capabilities: {
        fourCcList: [],
        videoFourCcInfoMap: {},
        audioFourCcInfoMap: {},
        capsEx: 0,
        videoFunction: 0,
      },
      properties: {},
      args: [],
    },
    remote: "192.0.2.1:1111",
    queuedBytes: 0,
    send,
    run: (act) => act(),
    onProblem() {},
    evict() {},
  };
}
