import type { Edge, Node } from "@xyflow/react";
import type { NodeDoc, NodeNotes, PaletteEntry } from "../protocol";
import type { Ports } from "../graph/ports";

export interface CardData extends Record<string, unknown> {
  node: NodeDoc;
  notes: NodeNotes | undefined;
  entry: PaletteEntry | undefined;
  ports: Ports;
  hue: number;
}

export interface WireData extends Record<string, unknown> {
  /** Place among the wires of a variadic port, from 1; null where order has no meaning. */
  place: number | null;
  faulty: boolean;
  near: boolean;
}

export type CardNode = Node<CardData, "layer">;
export type WireEdge = Edge<WireData, "wire">;

/** A point in the browser's window, in CSS pixels. */
export interface ClientPoint {
  x: number;
  y: number;
}
