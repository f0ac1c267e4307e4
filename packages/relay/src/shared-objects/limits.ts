/** How many shared objects there may be, and what each may keep in memory. */
export interface SharedObjectLimits {
  /**
   * Shared objects of the server at a time, those included that are being saved.
   * @default 1024
   */
  readonly maxSharedObjects: number;
  /**
   * Shared objects that one connection has open at a time.
   * @default 64
   */
  readonly maxSharedObjectsPerClient: number;
  /**
   * Connections that have one object open at a time.
   * @default 4096
   */
  readonly maxSharedObjectClients: number;
  /**
   * Slots of one object.
   * @default 1024
   */
  readonly maxSharedObjectSlots: number;
  /**
   * Bytes on the wire of one slot, name and value, or of one call with its arguments.
   * @default 65536
   */
  readonly maxSharedObjectSlotBytes: number;
  /**
   * Bytes on the wire of all slots of one object.
   * @default 1048576
   */
  readonly maxSharedObjectDataBytes: number;
  /**
   * Messages of one connection that wait until one object is loaded; one more closes the connection.
   * @default 32
   */
  readonly maxSharedObjectBacklog: number;
  /**
   * Bytes of shared objects queued for one connection; what comes then closes the connection.
   * @default 8388608
   */
  readonly maxSharedObjectQueueBytes: number;
}

/** The limits that hold where none are given. */
export const defaultSharedObjectLimits: SharedObjectLimits = Object.freeze({
  maxSharedObjects: 1024,
  maxSharedObjectsPerClient: 64,
  maxSharedObjectClients: 4096,
  maxSharedObjectSlots: 1024,
  maxSharedObjectSlotBytes: 64 * 1024,
  maxSharedObjectDataBytes: 1024 * 1024,
  maxSharedObjectBacklog: 32,
  maxSharedObjectQueueBytes: 8 * 1024 * 1024,
});

/**
 * Fills in the defaults.
 *
 * @throws RangeError when a limit is not a positive integer
 */
export function resolveSharedObjectLimits(
  limits: Partial<SharedObjectLimits> = {},
): SharedObjectLimits {
  const resolved = { ...defaultSharedObjectLimits, ...limits };
  for (const [name, value] of Object.entries(resolved)) {
    if (!Number.isSafeInteger(value) || value <= 0) {
      throw new RangeError(`${name} must be a positive integer, not ${value}`);
    }
  }
  return resolved;
}
