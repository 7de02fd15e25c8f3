import type { Edge, Node } from "@xyflow/react";
import type { Kind, NodeDoc, NodeNotes, PaletteEntry, StickyDoc } from "../protocol";
import type { Ports } from "../graph/ports";

export interface CardData extends Record<string, unknown> {
  node: NodeDoc;
  notes: NodeNotes | undefined;
  entry: PaletteEntry | undefined;
  ports: Ports;
  hue: number;
  /** What all this was made from. */
  facts: readonly unknown[];
}

export interface StickyData extends Record<string, unknown> {
  sticky: StickyDoc;
}

export interface WireData extends Record<string, unknown> {
  /** Place among the wires of a variadic port, from 1; null where order has no meaning. */
  place: number | null;
  faulty: boolean;
  near: boolean;
  /** What flows through it, without the batch axis; null while nobody knows. */
  shape: string | null;
  kind: Kind | null;
}

export type CardNode = Node<CardData, "layer">;
export type StickyNode = Node<StickyData, "sticky">;
export type DrawnNode = CardNode | StickyNode;
export type WireEdge = Edge<WireData, "wire">;

/** A point in the browser's window, in CSS pixels. */
export interface ClientPoint {
  x: number;
  y: number;
}
