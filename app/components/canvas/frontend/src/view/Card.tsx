import { type NodeProps } from "@xyflow/react";
import { Fragment, memo, useEffect, useRef, useState } from "react";
import { worst } from "../graph/findings";
import { summaryOf } from "../graph/summary";
import { useEditor } from "./editor";
import { Badge } from "./Badge";
import { NameField } from "./NameField";
import { Port } from "./Port";
import type { CardNode } from "./types";

const NUMBER = new Intl.NumberFormat("en-US");
const SHORT = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 });
const EXACT_UNTIL = 100_000;

/** A layer on the canvas. It is drawn anew when it is another one, not when it only moves. */
export const Card = memo(function Card({ data, selected }: NodeProps<CardNode>) {
  const { node, notes, entry, ports, hue } = data;
  const { renaming, startRename, openFindings } = useEditor();
  const changed = useChanged(notes?.outputs);
  const findings = notes?.findings ?? [];
  const faulty = new Set(findings.filter((finding) => finding.severity === "error").map((finding) => finding.port));
  const summary = notes?.summary ?? summaryOf(node, entry);
  const rows = Math.max(ports.inputs.length, ports.outputs.length);
  const shape = notes?.outputs?.[ports.outputs[0] ?? "output"];

  return (
    <div
      className="card"
      data-node-name={node.name}
      data-node-id={node.id}
      data-state={worst(findings)}
      data-selected={selected || undefined}
      data-rows={rows > 1 || undefined}
      data-bypassed={node.bypassed || undefined}
      data-changed={changed || undefined}
      style={{ "--hue": hue } as React.CSSProperties}
    >
      <div className="card-head">
        <span className="card-label">{breakable(entry?.label ?? node.layer)}</span>
        {node.bypassed && <span className="card-off">bypassed</span>}
        <Badge findings={findings} onOpen={() => openFindings(node.id)} />
      </div>
      {renaming === node.id ? (
        <NameField node={node} />
      ) : (
        <div className="card-line">
          <span className="card-name" onDoubleClick={() => startRename(node.id)} title="Double-click or F2 to rename">
            {node.name}
          </span>
          {notes?.parameters ? (
            <span className="card-count" title={`${NUMBER.format(notes.parameters)} parameters`}>
              {(notes.parameters < EXACT_UNTIL ? NUMBER : SHORT).format(notes.parameters)} params
            </span>
          ) : null}
        </div>
      )}
      <div className="card-summary" title={summary || entry?.summary} data-faint={summary === "" || undefined}>
        {summary || entry?.summary || "\u00a0"}
      </div>
      <div className="card-ports">
        {Array.from({ length: rows }, (_, row) => {
          const input = ports.inputs[row];
          const output = ports.outputs[row];
          return (
            <div className="port-row" key={row}>
              {input && (
                <Port
                  node={node} spec={input} side="in" named={rows > 1} faulty={faulty.has(input.name)}
                  kind={input.kind}
                />
              )}
              {output !== undefined && (
                <Port
                  node={node} spec={{ name: output }} side="out" named={rows > 1} shape={notes?.outputs?.[output]}
                  kind={notes?.kinds?.[output]}
                />
              )}
            </div>
          );
        })}
      </div>
      <div className="card-foot">
        <span className="card-shape" title={shape && `Output shape: ${shape}`} data-faint={!shape || undefined}>
          {shape ?? (node.bypassed ? "hands on what comes in" : notes?.waits_for ? `waits for ${notes.waits_for}` : "no shape yet")}
        </span>
      </div>
    </div>
  );
}, sameButPlace);

function sameButPlace(a: NodeProps<CardNode>, b: NodeProps<CardNode>): boolean {
  return a.data === b.data && a.selected === b.selected;
}

const SHOWN_MS = 1600;

/** True for a moment after the sizes that come out of a layer have become others. */
function useChanged(outputs: Readonly<Record<string, string>> | undefined): boolean {
  const shapes = JSON.stringify(outputs ?? {});
  const seen = useRef(shapes);
  const [changed, setChanged] = useState(false);
  useEffect(() => {
    const before = seen.current;
    // The timer that would take the mark away is gone with the sizes before.
    setChanged(false);
    if (shapes === "{}" || shapes === before) return undefined;
    seen.current = shapes;
    // What becomes known for the first time has not changed.
    if (before === "{}") return undefined;
    setChanged(true);
    const timer = setTimeout(() => setChanged(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [shapes]);
  return changed;
}

/** "MultiHeadAttention" may break before its capitals where the label is written large. */
function breakable(label: string) {
  return label.split(/(?<=[a-z])(?=[A-Z])/).map((part, index) => (
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
