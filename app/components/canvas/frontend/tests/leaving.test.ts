import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { beforeLeaving } from "../src/leaving";

type Heard = (event: unknown) => void;

/** A link of the page, as far as a click on one needs it; where it leads is kept when the click goes on. */
class Anchor {
  readonly target = "";
  constructor(
    readonly pathname: string,
    readonly origin = "http://here",
    readonly protocol = "http:",
    readonly marks: readonly string[] = [],
  ) {}
  hasAttribute(name: string): boolean {
    return this.marks.includes(name);
  }
  click(): void {
    if (clicked(this)) gone.push(this.pathname);
  }
}

let hear: Heard;
let gone: string[];

/** Whether a click reaches what stands on the page. */
function clicked(link: Anchor, keys: object = {}): boolean {
  let stopped = false;
  hear({ composedPath: () => [link], preventDefault: () => {}, stopImmediatePropagation: () => (stopped = true), ...keys });
  return !stopped;
}

beforeEach(() => {
  vi.useFakeTimers();
  gone = [];
  vi.stubGlobal("HTMLAnchorElement", Anchor);
  vi.stubGlobal("location", { origin: "http://here", pathname: "/" });
  vi.stubGlobal("addEventListener", (_: string, listener: Heard) => (hear = listener));
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("a click on the way to another page waits until all has arrived", () => {
  let arrived = false;
  const leave = vi.fn(() => () => arrived);
  beforeLeaving(leave);
  new Anchor("/data").click();
  expect(leave).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(100);
  expect(gone).toEqual([]);
  arrived = true;
  vi.advanceTimersByTime(20);
  expect(gone).toEqual(["/data"]);
  expect(leave).toHaveBeenCalledOnce();
});

test("it goes on all the same when a server does not answer", () => {
  beforeLeaving(() => () => false);
  new Anchor("/data").click();
  vi.advanceTimersByTime(1000);
  expect(gone).toEqual(["/data"]);
});

test("of two clicks the newer one counts", () => {
  beforeLeaving(() => () => false);
  new Anchor("/data").click();
  vi.advanceTimersByTime(100);
  new Anchor("/train").click();
  vi.advanceTimersByTime(2000);
  expect(gone).toEqual(["/train"]);
});

test("other clicks are left alone", () => {
  const leave = vi.fn(() => () => true);
  beforeLeaving(leave);
  expect(clicked(new Anchor("/"))).toBe(true);
  expect(clicked(new Anchor("/data", "http://elsewhere"))).toBe(true);
  expect(clicked(new Anchor("/data"), { ctrlKey: true })).toBe(true);
  expect(clicked(new Anchor("/chart.png", "http://here", "blob:"))).toBe(true);
  expect(clicked(new Anchor("/model.keras", "http://here", "http:", ["download"]))).toBe(true);
  expect(leave).not.toHaveBeenCalled();
});
