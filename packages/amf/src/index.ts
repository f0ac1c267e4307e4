export { Amf0Decoder, decodeAmf0, decodeAmf0Sequence } from "./amf0/decode.ts";
export { Amf0Encoder, encodeAmf0 } from "./amf0/encode.ts";
export { Amf3Decoder, decodeAmf3, decodeAmf3Sequence } from "./amf3/decode.ts";
export { Amf3Encoder, encodeAmf3 } from "./amf3/encode.ts";
export { AmfError, type AmfErrorCode, amfErrorFaults } from "./errors.ts";
export {
  type ExternalizableCodec,
  type ExternalizableInput,
  type ExternalizableOutput,
  type ExternalizableRegistry,
  flexExternalizables,
} from "./externalizable.ts";
export { type AmfLimits, defaultAmfLimits } from "./limits.ts";
export type { AmfDecoderOptions, AmfEncoderOptions } from "./options.ts";
export { propertiesOf } from "./properties-of.ts";
export {
  AmfDate,
  AmfDictionary,
  AmfExternalizable,
  type AmfInput,
  type AmfObject,
  AmfObjectVector,
  type AmfTraits,
  type AmfValue,
  AmfVector,
  AmfXml,
  type AmfXmlKind,
  EcmaArray,
  TypedObject,
  Unsupported,
} from "./values.ts";
