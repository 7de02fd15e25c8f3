import { describe, expect, it } from "vitest";
import { applyEdit, removeParts } from "../src/graph/edits";
import { type Box, frameOf, groupsOf, withGroups } from "../src/graph/groups";
import { graph, node } from "./build";

const outer = { id: "o", title: "model", nodes: ["a", "b"] };
const inner = { id: "i", title: "encoder", nodes: ["b"] };
const design = withGroups(graph([node("a"), node("b")], []), [outer, inner]);
const boxes: Record<string, Box> = {
  a: { x: 0, y: 0, width: 200, height: 100 },
  b: { x: 300, y: 50, width: 200, height: 100 },
};
const boxOf = (id: string) => boxes[id] ?? null;

describe("frames", () => {
  it("lie around their cards, and around the frames in them", () => {
    const [large, small] = [frameOf(outer, [outer, inner], boxOf), frameOf(inner, [outer, inner], boxOf)];
    expect(small).toEqual({ x: 280, y: 2, width: 240, height: 168 });
    expect(large!.x + large!.width).toBeGreaterThan(small!.x + small!.width);
    expect(large!.y).toBeLessThan(small!.y);
  });

  it("are not there without cards", () => expect(frameOf({ ...inner, nodes: ["gone"] }, [], boxOf)).toBeNull());

  it("lose the layers that are deleted", () => {
    expect(groupsOf(removeParts(design, ["b"], [])).map((group) => group.nodes)).toEqual([["a"], []]);
    expect(removeParts(design, [], [])).toBe(design);
  });

  it("go with the design that is replaced", () => {
    const next = applyEdit(design, { op: "replace", doc: graph([node("c")], []) });
    expect(groupsOf(next)).toEqual([]);
  });
});
