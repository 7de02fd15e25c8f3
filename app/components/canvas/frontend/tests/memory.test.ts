import { describe, expect, it } from "vitest";
import { setNode } from "../src/graph/edits";
import { withGroups } from "../src/graph/groups";
import { type History, begin, record } from "../src/graph/history";
import { MOST_LETTERS, holds, pack, sameValue, unpack } from "../src/graph/memory";
import { withStickies } from "../src/graph/stickies";
import type { GraphDoc } from "../src/protocol";
import { edge, graph, node } from "./build";

const first = graph([node("a"), node("b")], [edge("a", "b")]);
const note = { id: "s", text: "hello", x: 0, y: 0, width: 200, height: 100 };

function edited(history: History<GraphDoc>, name: string): History<GraphDoc> {
  return record(history, setNode(history.present, "a", (old) => ({ ...old, name })), null, 0);
}

const memory = (history: History<GraphDoc>, seen = true) => ({ history, seen, selected: ["a"], view: { x: 1, y: 2, zoom: 0.5 } });

describe("what is kept over a reload", () => {
  it("comes back as it was", () => {
    const framed = withGroups(first, [{ id: "g", title: "encoder", nodes: ["a"] }]);
    const history = edited(record(begin(framed), withStickies(framed, [note]), null, 0), "other");
    const back = unpack(pack(memory(history)));
    expect(back).toEqual(memory({ ...history, tag: null, at: 0 }));
  });

  it("shares what did not change", () => {
    let history = begin(first);
    for (let n = 0; n < 50; n += 1) history = edited(history, `n${n}`);
    const items = JSON.parse(pack(memory(history))).items;
    expect(items).toHaveLength(1 + 1 + 51);
  });

  it("drops the oldest steps when there is no room", () => {
    let history = begin(first);
    for (let n = 0; n < 20; n += 1) history = edited(history, `${n}`.padEnd(MOST_LETTERS / 12, "x"));
    const text = pack(memory(history));
    expect(text.length).toBeLessThanOrEqual(MOST_LETTERS);
    expect(unpack(text)?.history.past.length).toBeGreaterThan(2);
    expect(unpack(text)?.history.present).toEqual(history.present);
  });

  it("is nothing when the text is not what we wrote", () => {
    for (const text of [null, "", "{", "[]", '{"form":2}', '{"form":1,"past":[],"future":[],"present":[[3],[],[]],"items":[]}']) {
      expect(unpack(text)).toBeNull();
    }
  });

  it("holds for the very document, whatever the order of its keys", () => {
    const history = edited(begin(first), "other");
    const other = graph(history.present.nodes.map((each) => Object.fromEntries(Object.entries(each).reverse()) as never), first.edges);
    expect(holds(memory(history), other)).toBe("as it is");
    expect(holds(memory(history), edited(history, "third").present)).toBeNull();
  });

  it("is ahead of Python only by what Python has not seen", () => {
    const history = edited(begin(first), "other");
    expect(holds(memory(history, false), first)).toBe("ahead");
    expect(holds(memory(history, true), first)).toBeNull();
  });

  it("compares as JSON does", () => {
    expect(sameValue({ a: [1, null] }, { a: [1, null] })).toBe(true);
    expect(sameValue([1], { 0: 1 })).toBe(false);
    expect(sameValue({ a: 1 }, { a: 1, b: 2 })).toBe(false);
    expect(sameValue({ a: undefined, b: 1 }, { b: 1, c: 1 })).toBe(false);
  });
});
