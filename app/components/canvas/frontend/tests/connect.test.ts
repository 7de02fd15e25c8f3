import { describe, expect, it } from "vitest";
import { choicesFor, fitOn, fittingPorts, pathBetween, portKey, refusal } from "../src/graph/connect";
import { edge, graph, node, ports } from "./build";

const chain = graph(
  [node("input", "Input"), node("a"), node("b"), node("c"), node("join", "Concatenate"), node("memory", "LSTM")],
  [edge("input", "a"), edge("a", "b"), edge("b", "join")],
);
const ends = (source: string, target: string, target_port = "inputs", source_port = "output") => ({
  source,
  source_port,
  target,
  target_port,
});

describe("refusal", () => {
  it("accepts a wire to a free port", () => {
    expect(refusal(chain, ends("b", "c"), ports)).toBeNull();
  });

  it("names the wires of a cycle", () => {
    const open = { ...chain, edges: chain.edges.slice(1) };
    expect(refusal(open, ends("b", "a"), ports)).toBe("This would make a cycle: a → b → a.");
  });

  it("refuses a layer that feeds itself", () => {
    expect(refusal(chain, ends("c", "c"), ports)).toMatch("cannot feed itself");
  });

  it("refuses a second wire to a port that holds one, and says who has it", () => {
    expect(refusal(chain, ends("c", "b"), ports)).toBe("“inputs” of b is taken by a: it holds one wire.");
  });

  it("refuses the same wire twice", () => {
    expect(refusal(chain, ends("b", "join"), ports)).toBe("These two ports are already wired.");
  });

  it("lets a variadic port take many wires", () => {
    expect(refusal(chain, ends("a", "join"), ports)).toBeNull();
  });

  it("does not count a wire that is being moved as in its own way", () => {
    expect(refusal(chain, ends("c", "b"), ports, "a-b")).toBeNull();
    expect(refusal(chain, ends("b", "a"), ports, "a-b")).toMatch("taken by input");
  });

  it("refuses ports that are not there", () => {
    expect(refusal(chain, ends("a", "c", "nope"), ports)).toBe("c has no input called “nope”.");
    expect(refusal(chain, ends("a", "c", "inputs", "nope"), ports)).toBe("a has no output called “nope”.");
    expect(refusal(chain, ends("gone", "c"), ports)).toBe("One end of this wire is gone.");
  });
});

describe("fittingPorts", () => {
  it("agrees with the refusal of every single wire", () => {
    for (const from of chain.nodes) {
      const fits = fittingPorts(chain, { node: from.id, port: "output", side: "out" }, ports);
      for (const to of chain.nodes) {
        for (const port of ports(to).inputs) {
          const allowed = refusal(chain, ends(from.id, to.id, port.name), ports) === null;
          expect(fits.has(portKey(to.id, port.name)), `${from.id} → ${to.id} ${port.name}`).toBe(allowed);
        }
      }
    }
  });

  it("looks the other way from an input", () => {
    const fits = fittingPorts(chain, { node: "c", port: "inputs", side: "in" }, ports);
    expect(fits.has(portKey("memory", "hidden_state"))).toBe(true);
    expect(fits.has(portKey("c", "output"))).toBe(false);
  });
});

describe("fitOn", () => {
  it("takes the first port that accepts", () => {
    const memory = node("memory", "LSTM");
    const taken = { ...chain, edges: [...chain.edges, edge("a", "memory", { target_port: "sequences" })] };
    expect(fitOn(taken, { node: "b", port: "output", side: "out" }, memory, ports)).toEqual({
      ends: ends("b", "memory", "hidden_state"),
    });
  });

  it("gives the reason of the first when none does", () => {
    expect(fitOn(chain, { node: "a", port: "output", side: "out" }, node("input", "Input"), ports)).toEqual({
      reason: "input has no input.",
    });
  });
});

it("finds the way along the wires", () => {
  expect(pathBetween(chain, "input", "join")).toEqual(["input", "a", "b", "join"]);
  expect(pathBetween(chain, "join", "input")).toBeNull();
});

it("offers every wire that may be drawn, outputs first", () => {
  const choices = choicesFor(chain, node("c"), ports);
  expect(choices.map((choice) => `${choice.direction} ${choice.node.name} ${choice.port}`)).toEqual([
    "to join inputs",
    "to memory sequences",
    "to memory hidden_state",
    "from input output",
    "from a output",
    "from b output",
    "from join output",
    "from memory output",
    "from memory hidden_state",
  ]);
});
