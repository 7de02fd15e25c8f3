import { createContext, useContext } from "react";
import type { LooseEnd } from "../graph/connect";
import type { Point } from "../graph/placement";
import type { PortsOf } from "../graph/ports";
import type { Finding, Fix } from "../protocol";
import type { Session } from "../session";
import type { ClientPoint } from "./types";

/** What every part of the editor may ask for. */
export interface Editor {
  session: Session;
  portsOf: PortsOf;
  hueOf: (layer: string) => number;
  /** Id of the node whose name, or of the sticky note whose text is being changed. */
  renaming: string | null;
  startRename: (id: string) => void;
  stopRename: () => void;
  /** Adds a layer; in the middle of what is seen when no place is given. It is put `into` a wire where it fits. */
  addLayer: (layer: string, at?: Point, wire?: LooseEnd, into?: string) => void;
  /** Adds the layers of a block of this name; in the middle of what is seen when no place is given. */
  addBlock: (name: string, at?: Point) => void;
  openQuickAdd: (at?: ClientPoint, wire?: LooseEnd) => void;
  /** Shows what is wrong with a node, and what would mend it. */
  openFindings: (node: string) => void;
  /** Where the pointer is in the drawing, or the middle of what is seen. */
  pointInPane: () => Point;
  /** Has Python carry out a fix that changes more than the canvas shows. */
  mend: (node: string, finding: Finding, fix: Fix) => void;
  /** Says something beside the pointer, and to screen readers. */
  toast: (text: string, at?: ClientPoint) => void;
  /** Says something to screen readers only. */
  announce: (text: string) => void;
}

export const EditorContext = createContext<Editor | null>(null);

export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (!editor) throw new Error("useEditor outside of a Canvas");
  return editor;
}

/** While a wire is being drawn: the ports that accept it. */
export interface Fits {
  side: "in" | "out";
  ports: ReadonlySet<string>;
}

export const FitsContext = createContext<Fits | null>(null);
