import type { Box } from "./groups";
import type { Point } from "./placement";

/** A line along which what is dragged lies with others: across or down the drawing at a place, from one end to another. */
export interface Guide {
  way: "across" | "down";
  at: number;
  from: number;
  to: number;
}

export interface Alignment {
  shift: Point;
  guides: readonly Guide[];
}

export const NO_ALIGNMENT: Alignment = { shift: { x: 0, y: 0 }, guides: [] };
/** Parts of a pixel by which lines may differ and still be one. */
const SAME = 0.51;

/** One axis of a box: where it begins and ends, and where it lies on the other axis. */
interface Span {
  begin: number;
  end: number;
  other: readonly [number, number];
}

/** The box around several. */
export function boxAround(boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}

export function meet(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** How far to move a box, on each axis by `reach` at most, so that an edge or its middle lies in line with another's. */
export function alignment(box: Box, others: readonly Box[], reach: number): Alignment {
  const across = best(spanX(box), others.map(spanX), reach);
  const down = best(spanY(box), others.map(spanY), reach);
  const moved = { ...box, x: box.x + (across ?? 0), y: box.y + (down ?? 0) };
  return {
    shift: { x: across ?? 0, y: down ?? 0 },
    guides: [
      ...(across === null ? [] : guidesOf("down", spanX(moved), others.map(spanX))),
      ...(down === null ? [] : guidesOf("across", spanY(moved), others.map(spanY))),
    ],
  };
}

function spanX(box: Box): Span {
  return { begin: box.x, end: box.x + box.width, other: [box.y, box.y + box.height] };
}

function spanY(box: Box): Span {
  return { begin: box.y, end: box.y + box.height, other: [box.x, box.x + box.width] };
}

/** The smallest movement that puts a span in line with one of the others; among equal ones that to the nearest. */
function best(span: Span, others: readonly Span[], reach: number): number | null {
  let found: number | null = null;
  let far = Infinity;
  for (const other of others) {
    for (const [own, line] of pairs(span, other)) {
      const step = line - own;
      const size = Math.abs(step);
      const away = gap(span.other, other.other);
      const least = Math.abs(found ?? Infinity);
      if (size > reach || size > least + SAME || (size > least - SAME && away >= far)) continue;
      found = step;
      far = away;
    }
  }
  return found;
}

/** Edges with edges, and middles with middles. */
function pairs(a: Span, b: Span): [number, number][] {
  return [
    [a.begin, b.begin], [a.end, b.end], [(a.begin + a.end) / 2, (b.begin + b.end) / 2], [a.begin, b.end], [a.end, b.begin],
  ];
}

function gap(a: readonly [number, number], b: readonly [number, number]): number {
  return Math.max(0, a[0] - b[1], b[0] - a[1]);
}

function guidesOf(way: Guide["way"], span: Span, others: readonly Span[]): Guide[] {
  const lines = new Map<number, Guide>();
  for (const other of others) {
    const met = pairs(span, other).filter(([own, line]) => Math.abs(own - line) <= SAME);
    // Where both edges are in line so is the middle: it need not be said.
    for (const [own] of met.length > 2 ? met.filter((_, index) => index < 2) : met) {
      const known = lines.get(own) ?? { way, at: own, from: span.other[0], to: span.other[1] };
      lines.set(own, { ...known, from: Math.min(known.from, other.other[0]), to: Math.max(known.to, other.other[1]) });
    }
  }
  return [...lines.values()];
}
