/** The slots of one shared object, counted in slots and in bytes. */

import { encodeSharedObject, type SharedObjectEvent, type SharedObjectValue } from "@rtmp/message";
import { RelayError } from "../errors.ts";
import type { SharedObjectLimits } from "./limits.ts";

/** What a slot holds and takes. */
export interface Slot {
  readonly value: SharedObjectValue;
  /** Bytes of an event that tells it. */
  readonly bytes: number;
}

// Name length, version, flags and the unknown word around events of an object without a name.
const headerBytes = 14;

/**
 * Measures an event on the wire.
 *
 * @returns undefined when that is more than `maxBytes`, or deeper than can be written
 */
export function eventBytes(event: SharedObjectEvent, maxBytes: number): number | undefined {
  try {
    const message = { name: "", version: 0, persistent: false, events: [event] };
    const { length } = encodeSharedObject(message, { maxBytes: maxBytes + headerBytes });
    return length - headerBytes;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The slots of one object. */
export class Slots implements Iterable<[string, Slot]> {
  readonly #limits: SharedObjectLimits;
  readonly #slots = new Map<string, Slot>();
  #bytes = 0;

  constructor(limits: SharedObjectLimits) {
    this.#limits = limits;
  }

  /** Returns a slot; undefined where there is none. */
  get(name: string): Slot | undefined {
    return this.#slots.get(name);
  }

  /**
   * Gives a slot its value.
   *
   * @throws RelayError `RTMP_ERR_SHARED_OBJECT_FULL`; nothing has changed
   */
  set(name: string, value: SharedObjectValue): Slot {
    const { maxSharedObjectSlots, maxSharedObjectSlotBytes, maxSharedObjectDataBytes } =
      this.#limits;
    const bytes = eventBytes({ type: "change", name, value }, maxSharedObjectSlotBytes);
    if (bytes === undefined) throw full(`a slot of more than ${maxSharedObjectSlotBytes} bytes`);
    const former = this.#slots.get(name);
    if (former === undefined && this.#slots.size >= maxSharedObjectSlots) {
      throw full(`more than ${maxSharedObjectSlots} slots`);
    }
    const total = this.#bytes + bytes - (former?.bytes ?? 0);
    if (total > maxSharedObjectDataBytes) {
      throw full(`slots of more than ${maxSharedObjectDataBytes} bytes`);
    }

    const slot: Slot = { value, bytes };
    this.#slots.set(name, slot);
    this.#bytes = total;
    return slot;
  }

  /** Takes a slot away; false when there is none. */
  delete(name: string): boolean {
    this.#bytes -= this.#slots.get(name)?.bytes ?? 0;
    return this.#slots.delete(name);
  }

  /** Returns the values as they are now. */
  values(): Map<string, SharedObjectValue> {
    return new Map(Array.from(this.#slots, ([name, { value }]) => [name, value]));
  }

  [Symbol.iterator](): Iterator<[string, Slot]> {
    return this.#slots[Symbol.iterator]();
  }
}

function full(what: string): RelayError {
  return new RelayError("RTMP_ERR_SHARED_OBJECT_FULL", `${what} in a shared object`);
}
