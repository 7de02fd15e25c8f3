import { NodeToolbar, Position } from "@xyflow/react";
import { type PointerEvent, useState } from "react";
import { worst } from "../graph/findings";
import type { Finding } from "../protocol";
import { AlertIcon } from "./icons";

/** The mark of a card with something wrong; hovering it shows what, at full size however small the card is drawn. */
export function Badge({ findings, onOpen }: { findings: readonly Finding[]; onOpen: () => void }) {
  const [side, setSide] = useState<Position | null>(null);
  if (findings.length === 0) return null;

  return (
    <span
      className="badge nodrag"
      title="Click for fixes"
      data-severity={worst(findings)}
      data-testid="badge"
      onPointerEnter={(event) => setSide(roomierSide(event))}
      onPointerLeave={() => setSide(null)}
      onClick={() => {
        setSide(null);
        onOpen();
      }}
    >
      <span className="unseen">{findings.map((finding) => `${finding.severity}: ${finding.message}`).join(" ")}</span>
      <span aria-hidden="true">{findings.length > 1 ? findings.length : <AlertIcon />}</span>
      <NodeToolbar isVisible={side !== null} position={side ?? Position.Top} offset={8} align="start">
        <span className="badge-tip" aria-hidden="true">
          {findings.map((finding, index) => (
            <span className="tip-finding" data-severity={finding.severity} key={index}>
              <span className="tip-code">
                {finding.code}
                {finding.port ? ` · ${finding.port}` : ""}
              </span>
              <span className="tip-message">{finding.message}</span>
              {finding.hint ? <span className="tip-hint">{finding.hint}</span> : null}
            </span>
          ))}
        </span>
      </NodeToolbar>
    </span>
  );
}

/** Below a card in the upper half of the canvas, above one in the lower half. */
function roomierSide(event: PointerEvent<HTMLElement>): Position {
  const pane = event.currentTarget.closest(".pane")?.getBoundingClientRect();
  return pane && event.clientY < pane.top + pane.height / 2 ? Position.Bottom : Position.Top;
}
