import type { Point } from "../graph/placement";

const MARGIN = 12;

/** Puts a list or a panel at a point of the pane, moved as far as it must be to lie inside; `tallest` reserves room below. */
export function placeInPane(element: HTMLElement | null, at: Point, tallest?: number): void {
  const pane = element?.parentElement?.querySelector<HTMLElement>(".pane");
  if (!element || !pane) return;
  const left = Math.min(at.x, pane.clientWidth - element.offsetWidth - MARGIN);
  const top = Math.min(at.y, pane.clientHeight - (tallest ?? element.offsetHeight) - MARGIN);
  element.style.left = `${pane.offsetLeft + Math.max(MARGIN, left)}px`;
  element.style.top = `${pane.offsetTop + Math.max(MARGIN, top)}px`;
}

/** Whether an element lies inside of the pane at a point without being moved to the left. */
export function hasRoom(element: HTMLElement | null, at: Point): boolean {
  const pane = element?.parentElement?.querySelector<HTMLElement>(".pane");
  return !element || !pane || at.x + element.offsetWidth + MARGIN <= pane.clientWidth;
}
