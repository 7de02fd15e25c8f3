import { describe, expect, it } from "vitest";
import { taskOf } from "../src/view/shortcuts";

const none = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

describe("a pressed key", () => {
  it.each(["/", "0", "-"])("%s is heard where it is typed with Shift, too", (key) => {
    const task = taskOf({ ...none, key });
    expect(task).not.toBeNull();
    expect(taskOf({ ...none, key, shiftKey: true })).toBe(task);
  });

  it("is another one with Shift where it is a letter or has a name", () => {
    expect(taskOf({ ...none, key: "F", shiftKey: true })).toBe("fitSelection");
    expect(taskOf({ ...none, key: "T", shiftKey: true })).toBeNull();
    expect(taskOf({ ...none, key: "Delete", shiftKey: true })).toBeNull();
  });
});
