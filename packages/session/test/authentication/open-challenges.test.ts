import { expect, test } from "vitest";
import { OpenChallenges } from "../../src/authentication/open-challenges.ts";

const open = (user: string) => ({ user, challenge: { method: "llnw", nonce: "N" } }) as const;

test("a challenge is taken once", () => {
  const challenges = new OpenChallenges(10, 1_000);
  challenges.add("a", open("alice"), 0);
  expect(challenges.take("a", 999)).toMatchObject(open("alice"));
  expect(challenges.take("a", 999)).toBeUndefined();
  expect(challenges.take("b", 999)).toBeUndefined();
});

test("a challenge is over when its lifetime is", () => {
  const challenges = new OpenChallenges(10, 1_000);
  challenges.add("a", open("alice"), 5_000);
  expect(challenges.take("a", 6_000)).toBeUndefined();
});

test("of too many the oldest go", () => {
  const challenges = new OpenChallenges(3, 1_000);
  for (const key of ["a", "b", "c", "d"]) challenges.add(key, open(key), 0);
  expect(challenges.size).toBe(3);
  expect(challenges.take("a", 1)).toBeUndefined();
  expect(challenges.take("b", 1)?.user).toBe("b");
  expect(challenges.take("d", 1)?.user).toBe("d");
});

test("those that are over go when another comes", () => {
  const challenges = new OpenChallenges(10, 1_000);
  for (const key of ["a", "b", "c"]) challenges.add(key, open(key), 0);
  challenges.add("d", open("d"), 500);
  challenges.add("e", open("e"), 1_000);
  expect(challenges.size).toBe(2);
  expect(challenges.take("d", 1_000)?.user).toBe("d");
});
