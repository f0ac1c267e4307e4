import { expect, test } from "vitest";
import { checkCompositionTime, checkField } from "../src/field-range.ts";

test("a field takes its smallest and its largest value", () => {
  expect(() => checkField("trackId", 0, 255)).not.toThrow();
  expect(() => checkField("trackId", 255, 255)).not.toThrow();
  expect(() => checkField("length", 1, 2, 1)).not.toThrow();
  expect(() => checkCompositionTime(-8_388_608)).not.toThrow();
  expect(() => checkCompositionTime(8_388_607)).not.toThrow();
});

test.each([-1, 256, 0.5, Number.NaN, Number.POSITIVE_INFINITY])("%d is no UI8", (value) => {
  expect(() => checkField("trackId", value, 255)).toThrow(RangeError);
  expect(() => checkField("trackId", value, 255)).toThrow(/^trackId must .* from 0 to 255/);
});

test.each([-8_388_609, 8_388_608, 0.5])("%d ms are no SI24", (value) => {
  expect(() => checkCompositionTime(value)).toThrow(/^compositionTimeOffset must/);
});
