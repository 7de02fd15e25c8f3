import { describe, expect, it } from "vitest";
import { LIMIT, begin, record, redo, undo } from "../src/graph/history";
import { emptyState, reduce } from "../src/graph/state";
import { removeParts } from "../src/graph/edits";
import { edge, graph, node } from "./build";

describe("history", () => {
  it("walks back and forth", () => {
    const at2 = record(record(begin(0), 1, null, 0), 2, null, 0);
    expect(undo(at2).present).toBe(1);
    expect(undo(undo(at2)).present).toBe(0);
    expect(undo(undo(undo(at2))).present).toBe(0);
    expect(redo(redo(undo(undo(at2)))).present).toBe(2);
    expect(record(undo(at2), 9, null, 0).future).toEqual([]);
  });

  it("joins quick repetitions of one thing", () => {
    const burst = record(record(begin(0), 1, "nudge", 0), 2, "nudge", 900);
    expect(undo(burst).present).toBe(0);
    expect(undo(record(burst, 3, "nudge", 2500)).present).toBe(2);
    expect(undo(record(burst, 3, "other", 1000)).present).toBe(2);
  });

  it("keeps the last steps only", () => {
    let long = begin(0);
    for (let step = 1; step <= LIMIT + 50; step += 1) long = record(long, step, null, 0);
    expect(long.past.length).toBe(LIMIT);
    expect(long.past[0]).toBe(50);
  });
});

describe("the editor's state", () => {
  const design = graph([node("a"), node("b")], [edge("a", "b")]);
  const loaded = reduce(emptyState(), { type: "load", graph: design, epoch: 1, selected: ["a", "gone"], ack: 4 });

  it("begins with what Python gave, and nothing to undo", () => {
    expect(loaded).toMatchObject({ epoch: 1, ack: 4, selection: { nodes: ["a"], edges: [] } });
    expect(loaded.history.past).toEqual([]);
  });

  it("forgets the selection of what is deleted, and does not select wires that come back", () => {
    const chosen = reduce(loaded, { type: "select", selection: { nodes: ["a"], edges: ["a-b"] } });
    const gone = reduce(chosen, { type: "edit", graph: removeParts(design, ["a"], []), now: 0 });
    expect(gone.selection).toEqual({ nodes: [], edges: [] });
    expect(reduce(gone, { type: "undo" }).selection.edges).toEqual([]);
    expect(reduce(gone, { type: "undo" }).history.present).toBe(design);
  });

  it("keeps its lists when a selection says the same, so that nothing is sent", () => {
    const again = reduce(loaded, { type: "select", selection: { nodes: ["a"], edges: ["a-b"] } });
    expect(again.selection.nodes).toBe(loaded.selection.nodes);
    expect(reduce(loaded, { type: "select", selection: { nodes: ["a"], edges: [] } }).selection).toBe(loaded.selection);
  });

  it("acknowledges upwards only", () => {
    expect(reduce(loaded, { type: "acknowledge", id: 3 })).toBe(loaded);
    expect(reduce(loaded, { type: "acknowledge", id: 5 }).ack).toBe(5);
  });
});
