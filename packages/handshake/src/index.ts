export {
  ClientHandshake,
  type ClientHandshakeOptions,
  type ClientHandshakeState,
} from "./client-handshake.ts";
export { HandshakeError, type HandshakeErrorCode, handshakeErrorFaults } from "./errors.ts";
export type { HandshakeForm, HandshakeOptions, HandshakeStep } from "./handshake-step.ts";
export { DigestScheme } from "./layout.ts";
export { ServerHandshake, type ServerHandshakeState } from "./server-handshake.ts";
