import type { GraphDoc } from "../protocol";
import { CARD, type Point, type Size } from "./placement";

export type Alignment =
  | "alignLeft" | "alignRight" | "alignTop" | "alignBottom" | "alignCenters" | "alignMiddles" | "spreadAcross" | "spreadDown";

interface Box extends Point, Size {
  id: string;
}

/** New places for the chosen nodes: edges or centers in line, or the gaps between them equal. */
export function aligned(
  graph: GraphDoc,
  ids: readonly string[],
  how: Alignment,
  sizes: ReadonlyMap<string, Size>,
): Map<string, Point> {
  const chosen = new Set(ids);
  const boxes = graph.nodes
    .filter((node) => chosen.has(node.id))
    .map((node): Box => ({ id: node.id, x: node.x, y: node.y, ...(sizes.get(node.id) ?? CARD) }));
  if (boxes.length < 2) return new Map();
  if (how === "spreadAcross" || how === "spreadDown") return spread(boxes, how === "spreadAcross");
  const left = Math.min(...boxes.map((box) => box.x));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const top = Math.min(...boxes.map((box) => box.y));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  const place: Record<typeof how, (box: Box) => Point> = {
    alignLeft: (box) => ({ x: left, y: box.y }),
    alignRight: (box) => ({ x: right - box.width, y: box.y }),
    alignTop: (box) => ({ x: box.x, y: top }),
    alignBottom: (box) => ({ x: box.x, y: bottom - box.height }),
    alignCenters: (box) => ({ x: (left + right - box.width) / 2, y: box.y }),
    alignMiddles: (box) => ({ x: box.x, y: (top + bottom - box.height) / 2 }),
  };
  return new Map(boxes.map((box) => [box.id, place[how](box)]));
}

/** The outermost two stay; what lies between them is moved so that all gaps are the same. */
function spread(boxes: readonly Box[], across: boolean): Map<string, Point> {
  const start = (box: Box) => (across ? box.x : box.y);
  const length = (box: Box) => (across ? box.width : box.height);
  const row = [...boxes].sort((a, b) => start(a) - start(b));
  const first = row[0] as Box;
  const last = row[row.length - 1] as Box;
  const filled = row.reduce((sum, box) => sum + length(box), 0);
  const gap = (start(last) + length(last) - start(first) - filled) / (row.length - 1);
  let at = start(first);
  return new Map(
    row.map((box) => {
      const place = across ? { x: at, y: box.y } : { x: box.x, y: at };
      at += length(box) + gap;
      return [box.id, place];
    }),
  );
}
