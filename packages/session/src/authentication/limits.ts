/** How much the server's side of authentication remembers. */
export interface AuthenticationLimits {
  /**
   * Challenges that wait for their response, of all connections; one more makes the oldest void.
   * @default 4096
   */
  readonly maxChallenges: number;
  /**
   * Milliseconds that a challenge waits for its response.
   * @default 30000
   */
  readonly challengeLifetimeMs: number;
  /**
   * Bytes of a user name as UTF-8. FFmpeg reads 255 bytes of the text that repeats it: above 90 it fails.
   * @default 64
   */
  readonly maxUserNameBytes: number;
}

/** The limits that hold where none are given. */
export const defaultAuthenticationLimits: AuthenticationLimits = Object.freeze({
  maxChallenges: 4_096,
  challengeLifetimeMs: 30_000,
  maxUserNameBytes: 64,
});

/**
 * Fills in the defaults.
 *
 * @throws RangeError when a limit is not a positive number
 */
export function resolveAuthenticationLimits(
  limits: Partial<AuthenticationLimits> = {},
): AuthenticationLimits {
  const resolved = { ...defaultAuthenticationLimits, ...limits };
  for (const [name, value] of Object.entries(resolved)) {
    if (typeof value !== "number" || !(value > 0)) {
      throw new RangeError(`${name} must be a positive number, not ${value}`);
    }
  }
  return resolved;
}
