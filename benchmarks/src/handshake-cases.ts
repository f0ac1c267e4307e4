import { ClientHandshake, ServerHandshake } from "@rtmp/handshake";
import { seededBytes, seededRandom } from "@rtmp/testing";
import type { BenchCase } from "./bench-case.ts";

const handshakeBytes = 1 + 1536 + 1536;

const randomBytes = (length: number): Uint8Array => seededBytes(seededRandom(length), length);
// The source of random bytes is not what is measured.
const noRandom = (length: number): Uint8Array => new Uint8Array(length);

/** The cases of the handshake: the server's part, from C0 to the end. */
export function handshakeCases(): BenchCase[] {
  return (["simple", "digest"] as const).map((form) => {
    const first = new ClientHandshake({ form, randomBytes }).start();
    const fill = new Uint8Array(1536);
    const shake = (): ServerHandshake => {
      const server = new ServerHandshake({ randomBytes: noRandom });
      server.receive(first.slice());
      server.receive(fill);
      return server;
    };
    return {
      name: `handshake/${form}`,
      bytesPerOp: handshakeBytes,
      run: shake,
      verify() {
        const server = shake();
        if (!server.done || server.form !== form) throw new Error(`no ${form} handshake`);
      },
    };
  });
}
