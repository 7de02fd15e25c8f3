import { describe, expect, it } from "vitest";
import { aligned } from "../src/graph/align";
import { copyOf, freshCopy, incomingOf } from "../src/graph/clipboard";
import { refusal } from "../src/graph/connect";
import { applyEdit, bypass, connect, move, removeParts } from "../src/graph/edits";
import { liked, placeBy, readUsage, used } from "../src/graph/favourites";
import { nextOf, troubled } from "../src/graph/findings";
import { alignment } from "../src/graph/guides";
import { insertInto, isLoose } from "../src/graph/insert";
import { regardless } from "../src/graph/ports";
import { changeSticky, newSticky, withStickies } from "../src/graph/stickies";
import { SHORTCUTS, keyName } from "../src/view/shortcuts";
import { huesOf } from "../src/view/hues";
import { edge, graph, node, ports } from "./build";

const row = graph([node("a", "Dense", { x: 0 }), node("b", "Dense", { x: 90, y: 50 }), node("c", "Dense", { x: 400, y: 20 })]);
const sizes = new Map(["a", "b", "c"].map((id) => [id, { width: 100, height: 40 }]));
const chain = graph([node("a"), node("b"), node("c")], [edge("a", "b")]);

describe("aligning", () => {
  it("lines up edges, centers and gaps", () => {
    const at = (how: Parameters<typeof aligned>[2]) => [...aligned(row, ["a", "b", "c"], how, sizes).values()];
    expect(at("alignLeft").map(({ x }) => x)).toEqual([0, 0, 0]);
    expect(at("alignRight").map(({ x }) => x)).toEqual([400, 400, 400]);
    expect(at("alignBottom").map(({ y }) => y)).toEqual([50, 50, 50]);
    expect(at("alignMiddles").map(({ y }) => y)).toEqual([25, 25, 25]);
    expect(at("spreadAcross").map(({ x }) => x)).toEqual([0, 200, 400]);
    expect(aligned(row, ["a"], "alignLeft", sizes).size).toBe(0);
  });
});

describe("falling into line", () => {
  const box = (x: number, y: number, width = 100, height = 40) => ({ x, y, width, height });

  it("moves to the nearest edge or middle on each axis, and no farther than it may", () => {
    expect(alignment(box(4, 203), [box(0, 0), box(300, 200)], 6)).toEqual({
      shift: { x: -4, y: -3 },
      guides: [
        { way: "down", at: 0, from: 0, to: 240 },
        { way: "down", at: 100, from: 0, to: 240 },
        { way: "across", at: 200, from: 0, to: 400 },
        { way: "across", at: 240, from: 0, to: 400 },
      ],
    });
    expect(alignment(box(7, 300), [box(0, 0)], 6)).toEqual({ shift: { x: 0, y: 0 }, guides: [] });
  });

  it("lines up middles of different sizes, and an end with a beginning", () => {
    expect(alignment(box(23, 100, 60), [box(0, 0)], 6).shift).toEqual({ x: -3, y: 0 });
    expect(alignment(box(23, 100, 60), [box(0, 0)], 6).guides.map((guide) => guide.at)).toEqual([50]);
    expect(alignment(box(98, 100, 30), [box(0, 0)], 6).shift).toEqual({ x: 2, y: 0 });
  });

  it("takes the neighbour that is nearest of two at the same distance", () => {
    expect(alignment(box(2, 100), [box(0, 900), box(4, 160)], 6).shift.x).toBe(2);
  });
});

describe("putting a layer into a wire", () => {
  it("leads what came through the wire through the layer", () => {
    const next = insertInto(chain, "a-b", node("c"), ports);
    expect(next?.edges.map(({ source, target }) => [source, target])).toEqual([["a", "c"], ["c", "b"]]);
  });

  it("keeps the place at a port that takes several", () => {
    const many = graph(
      [node("a"), node("b"), node("c"), node("all", "Concatenate")],
      [edge("a", "all", { slot: 0 }), edge("b", "all", { slot: 1 })],
    );
    const next = insertInto(many, "a-all", node("c"), ports);
    const into = next?.edges.filter(({ target }) => target === "all").sort((x, y) => x.slot - y.slot);
    expect(into?.map(({ source }) => source)).toEqual(["c", "b"]);
  });

  it("does nothing where there is no way through", () => {
    expect(insertInto(chain, "a-b", node("i", "Input"), ports)).toBeNull();
    expect(insertInto(chain, "a-b", node("a"), ports)).toBeNull();
    expect(insertInto(chain, "gone", node("c"), ports)).toBeNull();
    expect(isLoose(chain.edges, "c")).toBe(true);
    expect(isLoose(chain.edges, "b")).toBe(false);
  });
});

describe("kinds of ports", () => {
  const kinds = { features: "features" } as const;
  const known = (of: Parameters<typeof ports>[0]) => ({
    ...ports(of),
    inputs: [{ name: "inputs", accepts: ["image"] as const }],
    kinds: { output: kinds.features },
    shapes: { output: "batch × 4" },
  });
  const ends = { source: "a", source_port: "output", target: "c", target_port: "inputs" };

  it("refuse what cannot be, and say why", () => {
    expect(refusal(chain, ends, known)).toContain("takes images (batch × height × width × channels); a gives batch × 4.");
    expect(refusal(chain, ends, regardless(known))).toBeNull();
    expect(refusal(chain, ends, ports)).toBeNull();
  });
});

describe("bypassing", () => {
  it("leaves all out, then takes all in", () => {
    const half = bypass(chain, ["a"]);
    expect(half.nodes.map(({ bypassed }) => bypassed)).toEqual([true, undefined, undefined]);
    const all = bypass(half, ["a", "b"]);
    expect(all.nodes.map(({ bypassed }) => bypassed)).toEqual([true, true, undefined]);
    expect(bypass(all, ["a", "b"])).toEqual(chain);
    expect(bypass(chain, [])).toBe(chain);
    expect(applyEdit(chain, { op: "set_node", node: "a", bypassed: true }).nodes[0]).toEqual({ ...node("a"), bypassed: true });
  });
});

describe("sticky notes", () => {
  it("are moved, written, removed and copied like layers", () => {
    const sticky = newSticky(chain, { x: 600, y: 600 });
    const noted = withStickies(chain, [sticky]);
    const moved = move(noted, new Map([[sticky.id, { x: 7.4, y: 8 }]]));
    expect(moved.sticky_notes).toEqual([{ ...sticky, x: 7, y: 8 }]);
    const written = changeSticky(moved, sticky.id, { text: "why" });
    expect(written.sticky_notes?.[0]?.text).toBe("why");
    expect(changeSticky(written, sticky.id, { text: "why" })).toBe(written);
    const copy = freshCopy(copyOf(written, [sticky.id]), new Set(), { x: 1, y: 1 });
    expect(copy.sticky_notes?.[0]).toMatchObject({ text: "why", x: 8, y: 9 });
    expect(copy.sticky_notes?.[0]?.id).not.toBe(sticky.id);
    expect(removeParts(written, [sticky.id], [])).toEqual(chain);
    expect(connect(noted, { source: "b", source_port: "output", target: "c", target_port: "inputs" }).sticky_notes).toHaveLength(1);
  });
});

describe("copying with incoming wires", () => {
  it("knows the wires that come from outside", () => {
    expect(incomingOf(chain, ["b"]).map(({ id }) => id)).toEqual(["a-b"]);
    expect(incomingOf(chain, ["a", "b"])).toEqual([]);
  });
});

describe("problems", () => {
  it("come one after the other, mistakes first", () => {
    const finding = (severity: "error" | "warning") => ({ findings: [{ code: "NN1", severity, message: "no" }] });
    const order = troubled(row, { a: finding("warning"), c: finding("error"), b: {} });
    expect(order).toEqual(["c", "a"]);
    expect([nextOf(order, undefined, 1), nextOf(order, "c", 1), nextOf(order, "a", 1), nextOf(order, "c", -1)]).toEqual(["c", "a", "c", "a"]);
    expect(nextOf([], "a", 1)).toBeUndefined();
  });
});

describe("the palette", () => {
  it("remembers what is liked and what was used last", () => {
    const usage = ["a", "b", "a", "c", "d", "e", "f", "g"].reduce(used, readUsage(null));
    expect(usage.recent).toEqual(["g", "f", "e", "d", "c", "a"]);
    expect(liked(liked(usage, "x"), "y").favourites).toEqual(["x", "y"]);
    expect(liked(liked(usage, "x"), "x").favourites).toEqual([]);
    const place = placeBy({ recent: ["a", "b"], favourites: ["b", "c", "d"] });
    const listed = ["z", "d", "c", "b", "a", "y"].sort((one, other) => place(one) - place(other));
    expect(listed).toEqual(["a", "b", "c", "d", "z", "y"]);
    expect(readUsage('{"recent":["a",3],"favourites":"b"}')).toEqual({ recent: ["a"], favourites: [] });
    expect(readUsage("nonsense")).toEqual({ recent: [], favourites: [] });
  });

  it("gives each group a hue of its own, neighbours far apart", () => {
    for (const count of [1, 2, 6, 10, 14, 15]) {
      const entries = Array.from({ length: count }, (_, n) => ({ layer: `l${n}`, label: "", group: `g${n}`, inputs: [], outputs: [] }));
      const hues = [...huesOf(entries).values()];
      expect(new Set(hues).size).toBe(count);
      const apart = hues.flatMap((hue, n) => hues.slice(n + 1).map((other) => Math.abs(((hue - other + 540) % 360) - 180)));
      if (count > 1) expect(Math.min(...apart)).toBeGreaterThan(360 / count - 2);
    }
  });
});

describe("keys", () => {
  it("mean one thing each, and are written as people write them", () => {
    const keys = SHORTCUTS.flatMap((shortcut) => shortcut.keys);
    expect(new Set(keys).size).toBe(keys.length);
    const name = (task: string) => keyName(SHORTCUTS.find((shortcut) => shortcut.task === task)!);
    expect([name("pasteWired"), name("alignLeft"), name("zoomIn"), name("alignCenters"), name("nextFinding")]).toEqual(
      ["Ctrl+Shift+V", "Ctrl+←", "+", "", "F8"],
    );
  });
});
