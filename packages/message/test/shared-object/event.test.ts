import { SharedObjectStatusCode } from "@rtmp/message";
import { expect, test } from "vitest";
import { eventTypes } from "../../src/shared-object/event.ts";

test("events have the numbers 1 to 11", () => {
  expect(eventTypes.map((type, index) => `${index + 1} ${type}`)).toEqual([
    "1 use",
    "2 release",
    "3 request-change",
    "4 change",
    "5 success",
    "6 send-message",
    "7 status",
    "8 clear",
    "9 remove",
    "10 request-remove",
    "11 use-success",
  ]);
});

test("every status code is one of the shared object", () => {
  expect(Object.values(SharedObjectStatusCode)).toEqual([
    "SharedObject.BadPersistence",
    "SharedObject.NoReadAccess",
    "SharedObject.NoWriteAccess",
    "SharedObject.ObjectCreationFailed",
  ]);
});
