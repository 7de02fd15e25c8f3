import type { GraphDoc, GroupDoc } from "../protocol";
import type { Point, Size } from "./placement";

const NONE: readonly GroupDoc[] = [];
/** Room between a frame and its cards; above them stands the title. */
const EDGE = 20;
const HEAD = 48;

export function groupsOf(graph: GraphDoc): readonly GroupDoc[] {
  return graph.groups ?? NONE;
}

/** The design with these groups; without the part where there are none. */
export function withGroups(graph: GraphDoc, groups: readonly GroupDoc[]): GraphDoc {
  const { groups: _, ...rest } = graph;
  return groups.length > 0 ? { ...rest, groups } : rest;
}

/** The groups of a design without nodes that are gone. */
export function pruned(graph: GraphDoc, gone: ReadonlySet<string>): readonly GroupDoc[] {
  return groupsOf(graph).map((group) =>
    group.nodes.some((id) => gone.has(id)) ? { ...group, nodes: group.nodes.filter((id) => !gone.has(id)) } : group,
  );
}

export type Box = Point & Size;

/** The frame around a group; null when none of its cards is there. A frame of frames is a little larger than they are. */
export function frameOf(group: GroupDoc, groups: readonly GroupDoc[], boxOf: (id: string) => Box | null): Box | null {
  const boxes = group.nodes.flatMap((id) => boxOf(id) ?? []);
  if (boxes.length === 0) return null;
  const deep = depth(group, groups);
  const left = Math.min(...boxes.map((box) => box.x)) - EDGE * deep;
  const top = Math.min(...boxes.map((box) => box.y)) - HEAD * deep;
  const right = Math.max(...boxes.map((box) => box.x + box.width)) + EDGE * deep;
  const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + EDGE * deep;
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** How many frames a frame is wrapped around, itself included. */
function depth(group: GroupDoc, groups: readonly GroupDoc[]): number {
  const members = new Set(group.nodes);
  const inner = groups.filter(
    (other) => other.nodes.length > 0 && other.nodes.length < group.nodes.length && other.nodes.every((id) => members.has(id)),
  );
  return 1 + Math.max(0, ...inner.map((other) => depth(other, inner)));
}
