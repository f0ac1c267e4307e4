/**
 * The byte in front of every AMF3 value that says its type.
 *
 * AMF3 §3.1
 */
export const Amf3Marker = {
  Undefined: 0x00,
  Null: 0x01,
  False: 0x02,
  True: 0x03,
  /** A U29 that holds a signed number of 29 bits. */
  Integer: 0x04,
  Double: 0x05,
  String: 0x06,
  /** A document of the class flash.xml.XMLDocument. */
  XmlDocument: 0x07,
  Date: 0x08,
  Array: 0x09,
  Object: 0x0a,
  /** A value of the class XML (E4X). */
  Xml: 0x0b,
  ByteArray: 0x0c,
  VectorInt: 0x0d,
  VectorUint: 0x0e,
  VectorDouble: 0x0f,
  VectorObject: 0x10,
  Dictionary: 0x11,
} as const;
