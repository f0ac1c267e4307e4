export {
  Amf0Decoder,
  type Amf0DecoderOptions,
  decodeAmf0,
  decodeAmf0Sequence,
} from "./amf0/decode.ts";
export { Amf0Encoder, encodeAmf0 } from "./amf0/encode.ts";
export { AmfError, type AmfErrorCode, amfErrorFaults } from "./errors.ts";
export { type AmfLimits, defaultAmfLimits } from "./limits.ts";
export {
  AmfDate,
  type AmfInput,
  type AmfObject,
  type AmfValue,
  AmfXml,
  EcmaArray,
  TypedObject,
  Unsupported,
} from "./values.ts";
