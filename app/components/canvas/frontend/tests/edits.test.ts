import { describe, expect, it } from "vitest";
import { applyEdit, connect, move, reconnect, removeParts, reorder } from "../src/graph/edits";
import { wiresInto } from "../src/graph/ports";
import { edge, graph, node } from "./build";

const three = graph(
  [node("a"), node("b"), node("c"), node("join", "Concatenate")],
  [edge("a", "join"), edge("b", "join", { slot: 1 }), edge("c", "join", { slot: 2 })],
);
const order = (of: typeof three) => wiresInto(of, "join", "inputs").map((wire) => `${wire.slot}${wire.source}`);
const output = { source_port: "output", target: "join", target_port: "inputs" };

describe("slots", () => {
  it("close up when a wire goes", () => {
    expect(order(removeParts(three, [], ["a-join"]))).toEqual(["0b", "1c"]);
    expect(order(removeParts(three, ["b"], []))).toEqual(["0a", "1c"]);
  });

  it("grow at the end, or where asked", () => {
    const two = removeParts(three, [], ["b-join"]);
    expect(order(connect(two, { source: "b", ...output }))).toEqual(["0a", "1c", "2b"]);
    expect(order(connect(two, { source: "b", ...output }, 0))).toEqual(["0b", "1a", "2c"]);
    expect(order(connect(two, { source: "b", ...output }, 1))).toEqual(["0a", "1b", "2c"]);
  });

  it("stay when another source is plugged into the same place", () => {
    const more = { ...three, nodes: [...three.nodes, node("d")] };
    expect(order(reconnect(more, "b-join", { source: "d", ...output }))).toEqual(["0a", "1d", "2c"]);
  });

  it("give back the very same graph when nothing is changed", () => {
    expect(reconnect(three, "b-join", { source: "b", ...output })).toBe(three);
    expect(reorder(three, "join", "inputs", ["a-join", "b-join"])).toBe(three);
  });

  it("can be put in another order", () => {
    expect(order(reorder(three, "join", "inputs", ["c-join", "a-join"]))).toEqual(["0c", "1a", "2b"]);
  });
});

describe("the same graph comes back when nothing changes", () => {
  it("for moves to where things are, and removals of nothing", () => {
    expect(move(three, new Map([["a", { x: 0.2, y: -0.3 }]]))).toBe(three);
    expect(removeParts(three, ["nobody"], [])).toBe(three);
  });

  it("for commands about nodes that are gone", () => {
    expect(applyEdit(three, { op: "set_node", node: "gone", name: "x" })).toBe(three);
    expect(applyEdit(three, { op: "connect", source: "gone", ...output })).toBe(three);
    expect(applyEdit(three, { op: "set_node", node: "a", params: {} })).toBe(three);
  });
});

describe("commands", () => {
  it("merge parameters, and drop those to be unset", () => {
    const before = graph([node("a", "Dense", { params: { units: 8, activation: "relu" } })]);
    const after = applyEdit(before, { op: "set_node", node: "a", params: { units: 9 }, unset: ["activation"] });
    expect(after.nodes[0]?.params).toEqual({ units: 9 });
    expect(before.nodes[0]?.params).toEqual({ units: 8, activation: "relu" });
  });

  it("give a node that is added a free name, and wire it", () => {
    const after = applyEdit(three, { op: "add_node", node: { layer: "Dense", name: "a" }, edges: [{ source: "b" }] });
    const added = after.nodes.at(-1);
    expect(added?.name).toBe("a_1");
    expect(after.edges.at(-1)).toMatchObject({ source: "b", target: added?.id, target_port: "inputs", slot: 0 });
  });

  it("never give one name to two nodes", () => {
    expect(applyEdit(three, { op: "set_node", node: "b", name: "a" }).nodes[1]?.name).toBe("a_1");
  });

  it("come in batches", () => {
    const after = applyEdit(three, {
      op: "batch",
      edits: [
        { op: "remove", nodes: ["a"] },
        { op: "set_node", node: "b", note: "first" },
      ],
    });
    expect(after.nodes.map((each) => each.note)).toEqual(["first", "", ""]);
    expect(order(after)).toEqual(["0b", "1c"]);
  });
});
