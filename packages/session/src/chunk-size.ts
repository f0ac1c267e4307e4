/**
 * The chunk size that a session announces for what it sends.
 *
 * RTMP §5.4.1
 */

const maxChunkSize = 0x7fffffff;

/**
 * Where nothing else is asked for, in payload bytes.
 *
 * Larger than most frames, so that a frame is one chunk; ffmpeg takes the size over for what it sends. nginx-rtmp
 * closes peers that announce more than 10485760.
 */
export const defaultChunkSize = 65_536;

/**
 * Checks a chunk size to announce.
 *
 * @throws RangeError when it is not an integer from 1 to 0x7fffffff
 */
export function checkChunkSize(chunkSize: number): number {
  if (Number.isInteger(chunkSize) && chunkSize >= 1 && chunkSize <= maxChunkSize) return chunkSize;
  throw new RangeError(`chunkSize must be an integer from 1 to ${maxChunkSize}, not ${chunkSize}`);
}
