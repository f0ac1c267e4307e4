/** Node-Media-Server's RTMP parser and AMF0 codec, driven in this process. */

import { createRequire } from "node:module";

interface NodeMediaServerRtmp {
  handshakeState: number;
  parserPacket: { payload: Buffer; header: { length: number; type: number } };
  parserData(bytes: Buffer): string | null;
  dataHandler(): void;
  invokeHandler(): void;
}

interface NodeMediaServerAmf {
  amf0Decode(bytes: Buffer): unknown;
  amf0Encode(values: readonly unknown[]): Buffer;
}

const require = createRequire(import.meta.url);
const Rtmp: new () => NodeMediaServerRtmp = require("node-media-server/src/protocol/rtmp.js");

/** Its AMF0 codec. */
export const nodeMediaServerAmf: NodeMediaServerAmf = require("node-media-server/src/protocol/amf.js");

// RTMP_HANDSHAKE_2 of its source: the handshake is over.
const handshakeOver = 3;

/** Its chunk parser; what it does with a parsed message is replaced by a callback. */
export class NodeMediaServerReader {
  readonly #rtmp = new Rtmp();

  constructor(onPayload: (payload: Uint8Array) => void) {
    const rtmp = this.#rtmp;
    rtmp.handshakeState = handshakeOver;
    const takeMessage = (): void => {
      const { payload, header } = rtmp.parserPacket;
      onPayload(payload.subarray(0, header.length));
    };
    rtmp.dataHandler = takeMessage;
    rtmp.invokeHandler = takeMessage;
  }

  push(bytes: Uint8Array): void {
    this.#rtmp.parserData(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  }
}
