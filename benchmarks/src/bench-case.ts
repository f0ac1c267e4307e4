/** One thing to measure. */
export interface BenchCase {
  /** `package/case`. */
  readonly name: string;
  /** Bytes that one operation moves; 0 where a rate in bytes says nothing. */
  readonly bytesPerOp: number;
  /** Makes ready what `run` uses up; not measured. */
  readonly before?: () => void;
  /** One operation. */
  readonly run: () => void;
  /**
   * Looks whether the operation did what it is meant to; called once before anything is measured.
   *
   * @throws Error when it did not
   */
  readonly verify: () => void;
}
