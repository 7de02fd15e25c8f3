import { describe, expect, it } from "vitest";
import { copyOf, freshCopy } from "../src/graph/clipboard";
import { tidy } from "../src/graph/layout";
import { CARD, freePlace, freeShift } from "../src/graph/placement";
import { rgb } from "../src/theme";
import { edge, graph, node } from "./build";

describe("free places", () => {
  it("is the wish when it is free", () => {
    expect(freePlace(graph([]), { x: 10, y: 20 })).toEqual({ x: 10, y: 20 });
  });

  it("of a part is below what it would lie on", () => {
    const part = graph([node("c", "Dense", { x: 500 }), node("d", "Dense", { x: 800 })]);
    expect(freeShift(graph([]), part, { x: -500, y: 0 })).toEqual({ x: -500, y: 0 });
    const shift = freeShift(graph([node("a", "Dense", { x: 280, y: 40 })]), part, { x: -500, y: 0 });
    expect(shift.x).toBe(-500);
    expect(shift.y).toBeGreaterThanOrEqual(40 + CARD.height);
  });

  it("never lies on another card", () => {
    let full = graph([]);
    for (let count = 0; count < 30; count += 1) {
      const place = freePlace(full, { x: 0, y: 0 });
      for (const other of full.nodes) {
        const apart = Math.abs(other.x - place.x) >= CARD.width || Math.abs(other.y - place.y) >= CARD.height;
        expect(apart, `card ${count}`).toBe(true);
      }
      full = graph([...full.nodes, node(`n${count}`, "Dense", place)]);
    }
  });
});

describe("tidy", () => {
  const mess = graph(
    [node("c", "Dense", { x: 50, y: 400 }), node("a", "Dense", { x: 700, y: 30 }), node("b"), node("alone")],
    [edge("a", "b"), edge("b", "c")],
  );
  const places = tidy(mess, new Map());

  it("puts what feeds to the left of what is fed", () => {
    expect(places.get("a")!.x).toBeLessThan(places.get("b")!.x);
    expect(places.get("b")!.x).toBeLessThan(places.get("c")!.x);
    expect(places.get("a")!.y).toBe(places.get("c")!.y);
  });

  it("puts what is not wired below", () => {
    expect(places.get("alone")!.y).toBeGreaterThan(places.get("b")!.y + CARD.height);
  });

  it("keeps the upper left corner", () => {
    expect(Math.min(...[...places.values()].map((place) => place.x))).toBe(0);
    expect(tidy(graph([]), new Map()).size).toBe(0);
  });
});

it("copies nodes with the wires among them under new ids and names", () => {
  const design = graph([node("a"), node("b"), node("c")], [edge("a", "b"), edge("b", "c")]);
  const part = copyOf(design, ["a", "b"]);
  expect(part.edges).toHaveLength(1);
  const fresh = freshCopy(part, new Set(["a", "b", "c"]), { x: 5, y: 5 });
  expect(fresh.nodes.map((each) => each.name)).toEqual(["a_1", "b_1"]);
  expect(fresh.edges[0]).toMatchObject({ source: fresh.nodes[0]?.id, target: fresh.nodes[1]?.id });
  expect(new Set([...design.nodes, ...fresh.nodes].map((each) => each.id)).size).toBe(5);
});

it("reads colours as browsers write them", () => {
  expect(rgb("#0e1117")).toEqual([14, 17, 23]);
  expect(rgb("#fff")).toEqual([255, 255, 255]);
  expect(rgb("rgb(14, 17, 23)")).toEqual([14, 17, 23]);
  expect(rgb("")).toBeNull();
});
