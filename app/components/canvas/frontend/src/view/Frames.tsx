import { ViewportPortal } from "@xyflow/react";
import { type Box, frameOf, groupsOf } from "../graph/groups";
import { CARD } from "../graph/placement";
import type { GraphDoc } from "../protocol";
import type { DrawnNode } from "./types";

/** Frames behind the cards that belong together; they follow the cards. */
export function Frames({ graph, nodes }: { graph: GraphDoc; nodes: readonly DrawnNode[] }) {
  const groups = groupsOf(graph);
  if (groups.length === 0) return null;
  const boxes = new Map(
    nodes.map((node): [string, Box] => [node.id, { ...node.position, ...CARD, ...node.measured }]),
  );
  return (
    <ViewportPortal>
      {groups.map((group) => {
        const box = frameOf(group, groups, (id) => boxes.get(id) ?? null);
        return box ? (
          <div
            className="frame" data-frame={group.title} key={group.id}
            style={{ transform: `translate(${box.x}px, ${box.y}px)`, width: box.width, height: box.height }}
          >
            <span className="frame-title">{group.title || "Group"}</span>
          </div>
        ) : null;
      })}
    </ViewportPortal>
  );
}
