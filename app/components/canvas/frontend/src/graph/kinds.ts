import type { Kind, PortSpec } from "../protocol";

/** What a kind is called, and what it looks like. */
export const KINDS: Readonly<Record<Kind, string>> = {
  features: "features (batch × n)",
  sequence: "a sequence (batch × steps × features)",
  image: "images (batch × height × width × channels)",
  volume: "volumes (batch × depth × height × width × channels)",
  ids: "whole numbers (ids)",
  text: "text",
  other: "something else",
};

/** Whether a port takes a kind, as far as one can know before the wire is there. */
export function takes(port: PortSpec, kind: Kind | undefined): boolean {
  // Whole numbers and text come with any number of axes: that, a kind says of decimal numbers only.
  return kind === undefined || kind === "other" || kind === "ids" || kind === "text" || port.accepts === undefined || port.accepts.includes(kind);
}

/** "features (batch × n) or images (…)". */
export function inWords(kinds: readonly Kind[]): string {
  const words = kinds.filter((kind) => kind !== "other").map((kind) => KINDS[kind]);
  return words.length > 2 ? `${words.slice(0, -1).join(", ")} or ${words.at(-1)}` : words.join(" or ");
}
