import { invalidConfiguration } from "./configuration-error.ts";

/** Luma samples of a picture as it is shown, after cropping. */
export interface PictureSize {
  /** 1 to 65536. */
  readonly width: number;
  /** 1 to 65536. */
  readonly height: number;
}

/** How many luma samples stand for one chroma sample. */
export interface ChromaUnits {
  /** SubWidthC: 1 or 2. */
  readonly x: 1 | 2;
  /** SubHeightC: 1 or 2. */
  readonly y: 1 | 2;
}

/** The largest side that any codec here can signal in 16 bits; no level reaches it. */
export const maxPictureSide = 65_536;

/**
 * Tells the units that cropping counts in.
 *
 * @param chromaFormat  `chroma_format_idc`: 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4
 * @see H.264 table 6-1, H.265 table 6-1
 */
export function chromaUnits(chromaFormat: number): ChromaUnits {
  const isHalved = chromaFormat === 1 || chromaFormat === 2;
  return { x: isHalved ? 2 : 1, y: chromaFormat === 1 ? 2 : 1 };
}

/**
 * Checks the size of a picture.
 *
 * @param offset  where the error is said to be
 * @throws FlvError `RTMP_ERR_FLV_INVALID_CONFIGURATION` when nothing is left, or a side is longer than 65536
 */
export function checkedSize(width: number, height: number, offset: number): PictureSize {
  if (width < 1 || height < 1 || width > maxPictureSide || height > maxPictureSide) {
    throw invalidConfiguration(`a picture of ${width} by ${height}`, offset);
  }
  return { width, height };
}
