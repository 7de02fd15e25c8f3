import type { LooseEnd } from "./graph/connect";
import type { Point } from "./graph/placement";

/** A list or panel over the canvas. `at` in pixels of the pane, `point` in units of the drawing. */
export type Dialog =
  | { kind: "add"; at: Point; point: Point; wire?: LooseEnd; into?: string }
  | { kind: "connect"; at: Point; node: string }
  /** `beneath`: where it goes when there is no room beside the card. */
  | { kind: "findings"; at: Point; beneath: Point; node: string }
  | { kind: "find" | "commands" | "block"; at: Point }
  | { kind: "help" };
