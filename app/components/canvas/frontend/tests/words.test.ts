import { describe, expect, it } from "vitest";
import { nameProblem, snakeCase, uniqueName } from "../src/graph/names";
import { factsOf } from "../src/graph/facts";
import { hitsOf, search } from "../src/graph/search";
import { summaryOf } from "../src/graph/summary";
import { PALETTE, node } from "./build";

describe("names", () => {
  it.each([
    ["Dense", "dense"],
    ["MaxPooling2D", "max_pooling2d"],
    ["Conv2D", "conv2d"],
    ["LSTM", "lstm"],
    ["MultiHeadAttention", "multi_head_attention"],
    ["Max pooling 2D", "max_pooling_2d"],
    ["Lambda", "lambda_layer"],
    ["2D thing", "layer_2d_thing"],
    ["…", "layer"],
  ])("%s becomes %s", (label, name) => expect(snakeCase(label)).toBe(name));

  it("are made unique by a number", () => {
    expect(uniqueName("dense", new Set())).toBe("dense");
    expect(uniqueName("dense", new Set(["dense"]))).toBe("dense_1");
    expect(uniqueName("dense_1", new Set(["dense", "dense_1"]))).toBe("dense_2");
  });

  it.each(["", "2nd", "a b", "class", "taken", "<img>"])("cannot be %j", (name) => {
    expect(nameProblem(name, new Set(["taken"]))).not.toBeNull();
  });

  it("may be any free identifier", () => expect(nameProblem("hidden_2", new Set(["taken"]))).toBeNull());
});

describe("search", () => {
  const items = ["Dense", "Conv2D", "SeparableConv2D", "MaxPooling2D", "Embedding", "Dropout"].map((label) => ({
    label,
    words: label === "Dropout" ? "regularization forgets" : "",
  }));
  const found = (query: string) => search(query, items).map((item) => item.label);

  it("puts what begins with the query before what contains it", () => {
    expect(found("conv")).toEqual(["Conv2D", "SeparableConv2D"]);
  });
  it("finds by letters in order", () => expect(found("mp2")).toEqual(["MaxPooling2D"]));
  it("finds by the beginnings of words", () => expect(found("sc")[0]).toBe("SeparableConv2D"));
  it("finds by other words", () => expect(found("forgets")).toEqual(["Dropout"]));
  it("shows everything for nothing, and nothing for nonsense", () => {
    expect(found(" ")).toHaveLength(items.length);
    expect(found("zzz")).toEqual([]);
  });
});

describe("finding by facts", () => {
  const l2 = { class_name: "L2", config: { l2: 0.01 } };
  const dense = node("scores", "Dense", { params: { units: 64, kernel_regularizer: l2 }, note: "the last layer before the answers are weighed" });
  const items = [
    { label: "units_first", facts: [] },
    { label: "scores", facts: factsOf(dense, { outputs: { output: "batch × 28 × 28 × 1" } }) },
  ];
  const found = (query: string) => hitsOf(query, items).map((hit) => [hit.item.label, hit.fact]);

  it("says which fact it was", () => {
    expect(found("units=64")).toEqual([["scores", "units 64"]]);
    expect(found("28x28")).toEqual([["scores", "output batch × 28 × 28 × 1"]]);
    expect(found("l2 0.01")).toEqual([["scores", "kernel_regularizer: l2 0.01"]]);
    expect(found("answers")).toEqual([["scores", "…he last layer before the answers are weighed"]]);
  });
  it("puts names first, and says nothing where the name says it", () => {
    expect(found("units")).toEqual([["units_first", null], ["scores", "units 64"]]);
    expect(found("scores")).toEqual([["scores", null]]);
  });
});

describe("the summary of a card", () => {
  const entry = PALETTE[0];
  it("shows the first parameter and those that were changed", () => {
    expect(summaryOf(node("a", "Dense", { params: { units: 64, activation: null } }), entry)).toBe("units 64");
    expect(summaryOf(node("a", "Dense", { params: { units: 8, activation: "relu" } }), entry)).toBe(
      "units 8 · activation relu",
    );
  });
  it("writes tuples and named things shortly", () => {
    const params = { size: [2, 2], rate: 0.123456, init: { class_name: "HeNormal", config: {} } };
    expect(summaryOf(node("a", "Other", { params }), undefined)).toBe("size 2×2 · rate 0.1235 · init HeNormal");
  });
});
