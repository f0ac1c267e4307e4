/** MD5, which the methods of authentication demand, over text as UTF-8, in the two spellings that they use. */

import { md5 } from "@noble/hashes/legacy.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** 32 small hexadecimal digits. */
export function md5Hex(text: string): string {
  return bytesToHex(md5(utf8ToBytes(text)));
}

/** 24 characters, the last two `=`. */
export function md5Base64(text: string): string {
  return btoa(String.fromCharCode(...md5(utf8ToBytes(text))));
}
