import { describe, expect, it } from "vitest";
import { blockProblem, readBlocks, standingAlone, withBlock, withoutBlock } from "../src/graph/blocks";
import { freshCopy } from "../src/graph/clipboard";
import { edge, graph, node } from "./build";

const part = graph([node("a"), node("b", "Dense", { shares: "a" })], [edge("a", "b")]);
const block = { name: "Mine", part };

describe("blocks", () => {
  it("are kept by name, one of each", () => {
    const two = withBlock(withBlock([], block), { name: "Another", part });
    expect(two.map(({ name }) => name)).toEqual(["Another", "Mine"]);
    expect(withBlock(two, { name: "Mine", part: graph([node("c")]) })[1]?.part.nodes).toHaveLength(1);
    expect(withoutBlock(two, "Mine")).toHaveLength(1);
    expect(blockProblem(" ", two)).not.toBeNull();
    expect(blockProblem("Mine", two)).toBeNull();
  });

  it("come back as they were", () => {
    expect(readBlocks(JSON.stringify([block]))).toEqual([block]);
  });

  it.each([
    "", "{", "7", "null", '{"name": 1}', "[null, 3, []]", '[{"name": "x"}]', '[{"name": "x", "part": {"nodes": 3, "edges": []}}]',
    '[{"name": "x", "part": {"nodes": [{"id": 1}], "edges": []}}]', '[{"name": "x", "part": {"nodes": [], "edges": []}}]',
  ])("are none in %j", (text) => expect(readBlocks(text)).toEqual([]));

  it("leave out what is broken, and wires that lead out of them", () => {
    const loose = { name: "Loose", part: { ...part, edges: [...part.edges, edge("a", "gone")] } };
    expect(readBlocks(JSON.stringify([3, loose]))).toEqual([{ name: "Loose", part }]);
  });

  it("keep layers that are called twice together, and let none call a layer outside", () => {
    const [first, second] = freshCopy(standingAlone(part), new Set(), { x: 0, y: 0 }).nodes;
    expect(second?.shares).toBe(first?.id);
    expect(standingAlone(graph(part.nodes.slice(1))).nodes[0]?.shares).toBeNull();
    // Pasted where the layer stands, the call stays one.
    expect(standingAlone(graph(part.nodes.slice(1)), part).nodes[0]?.shares).toBe("a");
  });
});
