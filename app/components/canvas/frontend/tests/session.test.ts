import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { removeParts, setNode } from "../src/graph/edits";
import type { CanvasData, CommittedDoc } from "../src/protocol";
import { remembered } from "../src/remembering";
import { Session } from "../src/session";
import { edge, graph, node } from "./build";

const design = graph([node("a"), node("b")], [edge("a", "b")]);

function data(more: Partial<CanvasData> = {}): CanvasData {
  return {
    key: "canvas", doc: design, epoch: 1, rev: 0, ack: 0, notes: {}, palette: [], commands: [], theme: "light", height: 600,
    ...more,
  };
}

describe("a session", () => {
  let sent: CommittedDoc[];
  let session: Session;
  const send = (doc: CommittedDoc) => sent.push(doc);
  const rename = (id: string, name: string) =>
    session.dispatch({ type: "edit", graph: setNode(session.graph, id, (old) => ({ ...old, name })), now: 0 });

  beforeEach(() => {
    vi.useFakeTimers();
    sent = [];
    session = new Session();
    session.receive(data(), send, true);
  });
  afterEach(() => vi.useRealTimers());

  it("sends nothing for what Python gave it", () => {
    vi.runAllTimers();
    expect(sent).toEqual([]);
    expect(session.read().rev).toBe(0);
  });

  it("sends one commit for everything of one gesture", () => {
    rename("a", "first");
    session.dispatch({ type: "select", selection: { nodes: ["b"], edges: [] } });
    vi.runAllTimers();
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ rev: 1, epoch: 1, selected: ["b"], nodes: [{ name: "first" }, { name: "b" }] });
  });

  it("sends nothing while a gesture lasts", () => {
    session.hold();
    rename("a", "first");
    vi.runAllTimers();
    expect(sent).toEqual([]);
    session.release();
    vi.runAllTimers();
    expect(sent).toHaveLength(1);
  });

  it("sends nothing while its page is being left, and then what it has", () => {
    rename("a", "first");
    session.leave();
    expect(sent).toMatchObject([{ rev: 1, nodes: [{ name: "first" }, { name: "b" }] }]);
    session.receive(data({ commands: [{ id: 1, op: "set_node", node: "b", name: "second" }] }), send, false);
    session.gone();
    session.leave();
    vi.runAllTimers();
    expect(sent).toHaveLength(1);
    session.receive(data(), send, true);
    vi.runAllTimers();
    expect(sent.slice(1)).toMatchObject([{ ack: 1, nodes: [{ name: "first" }, { name: "second" }] }]);
  });

  it("sends what it has when its page stays after all", () => {
    session.leave();
    session.leave();
    rename("a", "first");
    vi.advanceTimersByTime(9900);
    expect(sent).toEqual([]);
    vi.runAllTimers();
    expect(sent).toMatchObject([{ rev: 1, nodes: [{ name: "first" }, { name: "b" }] }]);
  });

  it("has a second click wait, too, while what it said is on its way", () => {
    rename("a", "first");
    expect(session.leave()).toBe(true);
    expect(session.leave()).toBe(true);
    expect(session.isKnown).toBe(false);
    session.receive(data({ rev: 1 }), send, false);
    expect(session.isKnown).toBe(true);
    session.gone();
    expect(session.leave()).toBe(false);
  });

  it("notes when its elements went", () => {
    expect(session.leftAt).toBe(Infinity);
    session.gone();
    expect(session.leftAt).toBe(performance.now());
  });

  it("remembers of a design what Python had seen of it when another one is opened", () => {
    const kept = new Map<string, string>();
    vi.stubGlobal("sessionStorage", {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, text: string) => kept.set(key, text),
      removeItem: (key: string) => kept.delete(key),
    });
    session = new Session();
    session.receive(data({ design: "one" }), send, true);
    rename("a", "first");
    vi.runAllTimers();
    session.receive(data({ design: "one", rev: 1 }), send, false);
    session.receive(data({ design: "two", epoch: 2 }), send, false);
    expect(remembered("one", session.graph)).toBeNull();
    vi.unstubAllGlobals();
  });

  it("does not send that wires are selected: Python has no use for it", () => {
    session.dispatch({ type: "select", selection: { nodes: [], edges: ["a-b"] } });
    vi.runAllTimers();
    expect(sent).toEqual([]);
  });

  it("carries a command out once, however often it comes", () => {
    const commands = [{ id: 7, op: "set_node" as const, node: "a", name: "first" }];
    session.receive(data({ commands }), send, false);
    session.receive(data({ commands }), send, false);
    vi.runAllTimers();
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ ack: 7, nodes: [{ name: "first" }, { name: "b" }] });
    session.dispatch({ type: "undo" });
    session.receive(data({ commands, rev: 1 }), send, false);
    expect(session.graph.nodes[0]?.name).toBe("a");
  });

  it("ignores the document until the epoch changes", () => {
    rename("a", "first");
    session.receive(data(), send, false);
    expect(session.graph.nodes[0]?.name).toBe("first");
    session.receive(data({ epoch: 2 }), send, false);
    expect(session.graph).toEqual(design);
    expect(session.read().state.history.past).toEqual([]);
  });

  it("says again what Python forgot over a page switch, but not what is only on its way", () => {
    rename("a", "first");
    vi.runAllTimers();
    session.receive(data({ rev: 0 }), send, false);
    vi.runAllTimers();
    expect(sent).toHaveLength(1);
    session.receive(data({ rev: 0 }), send, true);
    vi.runAllTimers();
    expect(sent.map((doc) => doc.rev)).toEqual([1, 2]);
    expect(sent[1]?.nodes[0]?.name).toBe("first");
  });

  it("keeps the notes of nodes about which nothing new is said", () => {
    session.receive(data({ notes: { a: { parameters: 3 }, b: { parameters: 4 } } }), send, false);
    const before = session.read().notes;
    session.receive(data({ notes: { a: { parameters: 3 }, b: { parameters: 4 } } }), send, false);
    expect(session.read().notes).toBe(before);
    session.receive(data({ notes: { a: { parameters: 3 }, b: { parameters: 5 } } }), send, false);
    expect(session.read().notes["a"]).toBe(before["a"]);
    expect(session.read().notes["b"]).toEqual({ parameters: 5 });
  });

  it("joins a burst of the same setting to one step", () => {
    for (const [id, units] of [[1, 8], [2, 9], [3, 10]] as const) {
      session.receive(data({ commands: [{ id, op: "set_node", node: "a", params: { units } }] }), send, false);
    }
    expect(session.graph.nodes[0]?.params).toEqual({ units: 10 });
    session.dispatch({ type: "undo" });
    expect(session.graph).toEqual(design);
  });

  it("keeps resets of two settings apart, however quickly they follow each other", () => {
    session.receive(data({ epoch: 2, doc: graph([node("a", "Dense", { params: { units: 8, seed: 1 } })]) }), send, false);
    for (const [id, name] of [[1, "units"], [2, "seed"]] as const) {
      session.receive(data({ epoch: 2, commands: [{ id, op: "set_node", node: "a", unset: [name] }] }), send, false);
    }
    session.dispatch({ type: "undo" });
    expect(session.graph.nodes[0]?.params).toEqual({ seed: 1 });
  });

  it("takes back and brings back what was changed beside the drawing", () => {
    const change = { compile: { loss: ["mse", "mae"] } };
    const edits = [{ op: "beside" as const, change }];
    session.receive(data({ commands: [{ id: 1, op: "batch", edits }] }), send, false);
    session.dispatch({ type: "edit", graph: removeParts(session.graph, ["a"], []), now: 0 });
    vi.runAllTimers();
    for (const type of ["undo", "undo", "redo"] as const) {
      session.dispatch({ type });
      vi.runAllTimers();
    }
    expect(sent.map((doc) => [doc.nodes.length, doc.beside])).toEqual([
      [1, [change]], [2, [change]], [2, undefined], [2, [change]],
    ]);
  });

  it("takes a whole design from elsewhere as one step, without opening it anew", () => {
    session.view = { x: 1, y: 2, zoom: 1 };
    session.dispatch({ type: "select", selection: { nodes: ["b"], edges: [] } });
    const replace = { op: "replace" as const, doc: graph([node("b"), node("c")]) };
    session.receive(data({ commands: [{ id: 1, op: "batch", edits: [replace, { op: "beside", change: 1 }] }] }), send, false);
    expect(session.graph.nodes.map((one) => one.id)).toEqual(["b", "c"]);
    expect(session.read()).toMatchObject({ state: { selection: { nodes: ["b"] } }, sight: { count: 0 } });
    session.dispatch({ type: "undo" });
    expect(session.graph).toEqual(design);
  });

  it("shows all of what an empty design is filled with", () => {
    session.receive(data({ epoch: 2, doc: graph([]) }), send, false);
    session.receive(data({ epoch: 2, commands: [{ id: 1, op: "replace", doc: design }] }), send, false);
    expect(session.read().sight).toEqual({ nodes: [], whole: true, count: 1 });
  });

  it("fills in what a document leaves out", () => {
    const bare = { nodes: [{ id: "a", layer: "Dense", name: "a" }], edges: [{ ...edge("a", "b"), slot: undefined }] };
    session.receive(data({ epoch: 2, doc: bare as never }), send, false);
    expect(session.graph).toEqual({ nodes: [node("a")], edges: [edge("a", "b")] });
  });

  it("asks the view to show what is to be focused", () => {
    session.receive(data({ commands: [{ id: 1, op: "focus", nodes: ["b"] }] }), send, false);
    expect(session.read().sight).toEqual({ nodes: ["b"], count: 1 });
    expect(session.read().state.selection.nodes).toEqual(["b"]);
  });
});
