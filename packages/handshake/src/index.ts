export { ClientHandshake, type ClientHandshakeState } from "./client-handshake.ts";
export { HandshakeError, type HandshakeErrorCode, handshakeErrorFaults } from "./errors.ts";
export type { HandshakeOptions, HandshakeStep } from "./handshake-step.ts";
export { ServerHandshake, type ServerHandshakeState } from "./server-handshake.ts";
