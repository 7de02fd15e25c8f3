import type { GraphDoc } from "../protocol";

export interface Point {
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

/** What a card measures until the browser has measured it. */
export const CARD: Size = { width: 232, height: 104 };
const GAP = 24;

/** The free place nearest to a wish, so that a new card never hides another: down first, then to the right. */
export function freePlace(graph: GraphDoc, wish: Point, size: Size = CARD): Point {
  const step = { x: size.width + GAP, y: size.height + GAP };
  for (let ring = 0; ring < 40; ring += 1) {
    for (const [across, down] of around(ring)) {
      const place = { x: Math.round(wish.x + across * step.x), y: Math.round(wish.y + down * step.y) };
      if (![...graph.nodes, ...(graph.sticky_notes ?? [])].some((item) => overlaps(item, place, size))) return place;
    }
  }
  return wish;
}

const HIDDEN = 40;

/** Whether a card at a point would cover another one almost wholly. */
export function hides(graph: GraphDoc, { x, y }: Point): boolean {
  return graph.nodes.some((node) => Math.abs(node.x - x) < HIDDEN && Math.abs(node.y - y) < HIDDEN);
}

function around(ring: number): [number, number][] {
  if (ring === 0) return [[0, 0]];
  const cells: [number, number][] = [];
  for (let across = 0; across <= ring; across += 1) cells.push([across, ring]);
  for (let down = ring - 1; down >= 0; down -= 1) cells.push([ring, down]);
  return cells;
}

/** How far down a part has to go beyond a wished shift so that none of its cards touches one that is there. */
export function freeShift(graph: GraphDoc, part: GraphDoc, wish: Point, size: Size = CARD): Point {
  const there = [...graph.nodes, ...(graph.sticky_notes ?? [])];
  const own = [...part.nodes, ...(part.sticky_notes ?? [])];
  let y = wish.y;
  for (let tries = 0; tries < 60; tries += 1) {
    const touched = own.some((item) => there.some((other) => overlaps(other, { x: item.x + wish.x, y: item.y + y }, size)));
    if (!touched) break;
    y += (size.height + GAP) / 2;
  }
  return { x: wish.x, y };
}

function overlaps(a: Point, b: Point, size: Size): boolean {
  return Math.abs(a.x - b.x) < size.width + GAP / 2 && Math.abs(a.y - b.y) < size.height + GAP / 2;
}
