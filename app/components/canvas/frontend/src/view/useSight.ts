import { useNodesInitialized, useReactFlow, useStore } from "@xyflow/react";
import { useEffect, useRef } from "react";
import type { Session, Snapshot } from "../session";

/** Room for the buttons at the lower edge. */
export const FIT = { padding: { top: "40px", right: "48px", bottom: "76px", left: "48px" }, maxZoom: 1 } as const;

/** Pixels below which a panel has no room beside a card in the middle, and the room it gets beneath one then. */
const NARROW = 960;
const BENEATH = { top: "24px", right: "24px", bottom: "58%", left: "24px" } as const;

/** Milliseconds a view takes to move; none for those who asked their system for less motion. */
export function motion(): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 280;
}

/** Brings the whole design into sight when it is opened, and single nodes when they are asked for. */
export function useSight(session: Session, snapshot: Snapshot): void {
  const flow = useReactFlow();
  const measured = useNodesInitialized();
  const { epoch, history } = snapshot.state;
  const empty = history.present.nodes.length === 0;
  const fitted = useRef(session.view ? epoch : null);
  const { sight } = snapshot;
  const shown = useRef(session.shownSight);
  const narrow = useStore((store) => store.width < NARROW);

  useEffect(() => {
    if (fitted.current === epoch) return;
    // An empty design counts as seen: the view must not move when its first layer is put down.
    if (empty) fitted.current = epoch;
    if (empty || !measured) return;
    fitted.current = epoch;
    void flow.fitView(FIT);
  }, [flow, measured, empty, epoch]);

  useEffect(() => {
    if (!measured || sight.count === shown.current) return;
    shown.current = sight.count;
    if (sight.whole) void flow.fitView(FIT);
    const nodes = sight.nodes.map((id) => ({ id }));
    const padding = sight.company && narrow ? BENEATH : 0.4;
    if (nodes.length > 0) void flow.fitView({ nodes, padding, maxZoom: Math.max(1, flow.getZoom()), minZoom: 0.6, duration: motion() });
  }, [flow, measured, sight, narrow]);
}
