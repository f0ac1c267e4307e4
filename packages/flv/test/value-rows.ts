/** One message for a value that a specification names, written down from its layout. */
export interface ValueRow {
  readonly bytes: string;
  readonly says: object;
}
/** A row for every name: the compiler asks for one when a name is added. */
export type ValueRows<Names> = Readonly<Record<keyof Names, ValueRow>>;
