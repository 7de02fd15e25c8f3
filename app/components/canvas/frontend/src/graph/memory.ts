import type { GraphDoc, Json } from "../protocol";
import type { History } from "./history";
import type { Point } from "./placement";
import { groupsOf, withGroups } from "./groups";
import { stickiesOf, withStickies } from "./stickies";

/** What the browser keeps of a design over a reload of the page. */
export interface Memory {
  history: History<GraphDoc>;
  /** Whether Python has the present. */
  seen: boolean;
  selected: readonly string[];
  view: (Point & { zoom: number }) | null;
}

const FORM = 1;
const MOST_STEPS = 60;
export const MOST_LETTERS = 1_200_000;

type Places = readonly number[];
type Packed = readonly [nodes: Places, edges: Places, stickies: Places, beside: readonly Json[] | null | undefined, groups?: Places];

/**
 * A memory as text. The documents of a history share what did not change between them, and so does the text; of a long one
 * the oldest steps are left out.
 */
export function pack(memory: Memory, steps: number = MOST_STEPS): string {
  const { past, present, future } = memory.history;
  const places = new Map<object, number>();
  const items: object[] = [];
  const placeOf = (item: object): number => {
    const known = places.get(item);
    if (known !== undefined) return known;
    places.set(item, items.length);
    return items.push(item) - 1;
  };
  const packed = (graph: GraphDoc): Packed => [
    graph.nodes.map(placeOf), graph.edges.map(placeOf), stickiesOf(graph).map(placeOf), graph.beside,
    groupsOf(graph).map(placeOf),
  ];
  const text = JSON.stringify({
    form: FORM,
    past: (steps > 0 ? past.slice(-steps) : []).map(packed),
    present: packed(present),
    future: future.slice(0, steps).map(packed),
    seen: memory.seen,
    selected: memory.selected,
    view: memory.view,
    items,
  });
  return text.length > MOST_LETTERS && steps > 0 ? pack(memory, Math.floor(steps / 2)) : text;
}

/** The memory in a text; null when there is none in it. */
export function unpack(text: string | null): Memory | null {
  if (text === null) return null;
  try {
    const raw = JSON.parse(text);
    if (raw.form !== FORM) return null;
    const item = (place: number) => {
      if (raw.items[place] === undefined) throw new RangeError(`item ${place} is missing`);
      return raw.items[place];
    };
    const graph = ([nodes, edges, stickies, beside, groups]: Packed): GraphDoc => {
      const items = withStickies({ nodes: nodes.map(item), edges: edges.map(item) }, stickies.map(item));
      const drawn = withGroups(items, (groups ?? []).map(item));
      return beside ? { ...drawn, beside } : drawn;
    };
    const history = {
      past: raw.past.map(graph), present: graph(raw.present), future: raw.future.map(graph), tag: null, at: 0,
    };
    return { history, seen: raw.seen === true, selected: raw.selected, view: raw.view };
  } catch {
    return null;
  }
}

/**
 * Whether a memory still holds for the document that Python has: it is of this very document, or of one that comes of it by
 * edits that did not reach Python before the page was loaded anew.
 */
export function holds(memory: Memory, document: GraphDoc): "as it is" | "ahead" | null {
  const { past, present } = memory.history;
  if (sameValue(drawing(present), drawing(document))) return "as it is";
  if (!memory.seen && past.some((earlier) => sameValue(drawing(earlier), drawing(document)))) return "ahead";
  return null;
}

/** A document without what is told of changes elsewhere: Python knows these by what they have changed. */
function drawing({ beside: _, ...rest }: GraphDoc): GraphDoc {
  return rest;
}

/** Equal as JSON, whatever the order of keys. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => key in right && sameValue(left[key], right[key]));
}
