/**
 * The parts of AMF3 values as they are written: strings, traits, and the three reference tables.
 *
 * AMF3 §1.3.2, §2.2
 */
import type { ByteWriter } from "@rtmp/wire";
import { defaultAmfLimits } from "../limits.ts";
import type { AmfTraits } from "../values.ts";
import { writeU29 } from "./u29.ts";

const { maxBodyBytes } = defaultAmfLimits;

/** How far the reference tables were filled. */
export interface TableMark {
  readonly strings: number;
  readonly objects: number;
  readonly traits: number;
}

/** Writes a body whose values share the three reference tables. */
export class BodyWriter {
  /** The body. */
  readonly bytes: ByteWriter;
  readonly #start: number;
  readonly #strings = new Map<string, number>();
  readonly #objects = new Map<object, number>();
  /** Each class by all that its traits say. */
  readonly #traits = new Map<string, number>();
  /** Index of the next value in the object table. */
  #nextObject = 0;
  #usesReferences = true;

  /** @param start where the body begins in `bytes` */
  constructor(bytes: ByteWriter, start: number) {
    this.bytes = bytes;
    this.#start = start;
  }

  /** From now on writes no references, except of values to themselves. */
  useLiterals(): void {
    this.#usesReferences = false;
    this.#objects.clear();
  }

  /** Remembers how far the tables are filled. */
  mark(): TableMark {
    return {
      strings: this.#strings.size,
      objects: this.#nextObject,
      traits: this.#traits.size,
    };
  }

  /** Takes back what entered the tables since a mark was made; the bytes are left to the caller. */
  restore(mark: TableMark): void {
    dropFrom(this.#strings, mark.strings);
    dropFrom(this.#objects, mark.objects);
    dropFrom(this.#traits, mark.traits);
    this.#nextObject = mark.objects;
  }

  /** Writes a reference to a value that was written before; false where none was, and then the value is due. */
  tryReference(value: object): boolean {
    const index = this.#objects.get(value);
    if (index === undefined) {
      this.#objects.set(value, this.#nextObject++);
      return false;
    }
    writeU29(this.bytes, index << 1);
    return true;
  }

  /** Says that a value has been written to its end. */
  leave(value: object): void {
    if (!this.#usesReferences) this.#objects.delete(value);
  }

  /** Writes the head of a value: a count or a length. */
  writeHead(count: number): void {
    writeU29(this.bytes, (count << 1) | 1);
  }

  /** Writes a string body. */
  writeString(text: string): void {
    if (text === "" || !this.#usesReferences) {
      this.writeUtf8(text);
      return;
    }
    const index = this.#strings.get(text);
    if (index === undefined) {
      this.#strings.set(text, this.#strings.size);
      this.writeUtf8(text);
    } else {
      writeU29(this.bytes, index << 1);
    }
  }

  /** Writes the name of a member, which cannot be empty: an empty name ends the members. */
  writeName(name: string): void {
    if (name === "") throw new RangeError("an empty name has no AMF3 form");
    this.writeString(name);
  }

  /** Writes a byte length and text, which enters no string table. */
  writeUtf8(text: string): void {
    const { bytes } = this;
    if (text.length > maxBodyBytes) throw new RangeError("a text exceeds the body");

    const { length: start } = bytes;
    this.writeHead(text.length);
    const written = bytes.utf8(text);
    if (written === text.length) return;
    // Not ASCII: the length can take more bytes than was thought.
    bytes.truncate(start);
    this.writeHead(written);
    bytes.utf8(text);
  }

  /** Writes the traits of a class, or a reference to them. */
  writeTraits(className: string, { sealed, dynamic }: AmfTraits): void {
    const isAnonymous = className === "" && sealed.length === 0 && dynamic;
    const key = isAnonymous ? "" : JSON.stringify([className, dynamic, sealed]);
    if (this.#tryTraitsReference(key)) return;

    writeU29(this.bytes, (sealed.length << 4) | (dynamic ? 0b1011 : 0b0011));
    this.writeString(className);
    for (const name of sealed) this.writeString(name);
  }

  /** Writes the traits of a class that writes itself, or a reference to them. */
  writeExternalizableTraits(className: string): void {
    if (this.#tryTraitsReference(JSON.stringify(className))) return;
    writeU29(this.bytes, 0b111);
    this.writeString(className);
  }

  /** @throws RangeError when the body is longer than any message can be */
  checkLength(): void {
    if (this.bytes.length - this.#start > maxBodyBytes) {
      throw new RangeError(`the body exceeds ${maxBodyBytes} bytes`);
    }
  }

  #tryTraitsReference(key: string): boolean {
    if (!this.#usesReferences) return false;
    const index = this.#traits.get(key);
    if (index === undefined) {
      this.#traits.set(key, this.#traits.size);
      return false;
    }
    writeU29(this.bytes, (index << 2) | 0b01);
    return true;
  }
}

/** Removes what has an index of `first` or above. */
function dropFrom<K>(table: Map<K, number>, first: number): void {
  for (const [key, index] of table) {
    if (index >= first) table.delete(key);
  }
}
