export {
  defaultWindowAcknowledgementSize,
  ReceivedCounter,
  SendWindow,
} from "./acknowledgement.ts";
export { BufferPool, type BufferPoolOptions } from "./buffer-pool.ts";
export {
  ChunkReader,
  type ChunkReaderOptions,
  type ChunkReaderState,
  type DroppedMessageReason,
} from "./chunk-reader.ts";
export { ChunkWriter, type ChunkWriterOptions } from "./chunk-writer.ts";
export { ChunkError, type ChunkErrorCode, chunkErrorFaults } from "./errors.ts";
export { type ChunkLimits, defaultChunkLimits } from "./limits.ts";
export { type Message, MessageTypeId, type OutgoingMessage } from "./message.ts";
export { PoisoningBufferPool } from "./poisoning-buffer-pool.ts";
export {
  decodeProtocolControl,
  encodeAbort,
  encodeAcknowledgement,
  encodeSetChunkSize,
  encodeSetPeerBandwidth,
  encodeWindowAcknowledgementSize,
  LimitType,
  type ProtocolControl,
} from "./protocol-control.ts";
export {
  encodeSharedChunks,
  SharedChunkStreamId,
  type SharedChunks,
  type SharedChunksOptions,
  type SharedMessage,
} from "./shared-chunks.ts";
