export {
  ClientHandshake,
  type ClientHandshakeOptions,
  type ClientHandshakeState,
} from "./client-handshake.ts";
export { HandshakeError, type HandshakeErrorCode, handshakeErrorFaults } from "./errors.ts";
export type { HandshakeForm, HandshakeOptions, HandshakeStep } from "./handshake-step.ts";
export { DigestScheme } from "./layout.ts";
export type { ConnectionCipher } from "./rtmpe/connection-cipher.ts";
export {
  type KeyAgreement,
  type KeyPair,
  PortableKeyAgreement,
  type PortableKeyAgreementOptions,
} from "./rtmpe/key-agreement.ts";
export {
  ServerHandshake,
  type ServerHandshakeOptions,
  type ServerHandshakeState,
} from "./server-handshake.ts";
