/** Gives `length` random bytes, injected so that tests can be repeated. */
export type RandomBytes = (length: number) => Uint8Array;

// The largest request that `crypto.getRandomValues` takes (Web Cryptography API).
const quotaBytes = 65_536;

/** Random bytes from the platform's cryptographic source. */
export const systemRandomBytes: RandomBytes = (length) => {
  const bytes = new Uint8Array(length);
  for (let offset = 0; offset < length; offset += quotaBytes) {
    crypto.getRandomValues(bytes.subarray(offset, offset + quotaBytes));
  }
  return bytes;
};
