import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useSyncExternalStore } from "react";
import { applyEdit } from "../graph/edits";
import type { Point } from "../graph/placement";
import type { Finding, Fix, GraphDoc } from "../protocol";
import { useEditor } from "./editor";
import { CloseIcon } from "./icons";
import { hasRoom, placeInPane } from "./placing";
import { useOutside } from "./useOutside";

/** Milliseconds without a finding after which there is none. */
const GONE_MS = 300;

interface Props {
  at: Point;
  beneath: Point;
  node: string;
  graph: GraphDoc;
  findings: readonly Finding[];
  onNext: (step: 1 | -1) => void;
  onClose: () => void;
}

/** What is wrong with one layer, and with a click on it what mends it; each fix says beforehand what it will do. */
export function Problems({ at, beneath, node, graph, findings, onNext, onClose }: Props) {
  const { session, announce, mend } = useEditor();
  const box = useRef<HTMLDivElement>(null);
  const name = graph.nodes.find((candidate) => candidate.id === node)?.name ?? "";
  const looking = findings.some((finding) => finding.fixes === undefined);

  const { asks } = useSyncExternalStore(session.subscribe, session.read);

  useEffect(() => {
    // Elements that give way to new ones take back what they asked, after the new ones have asked for the same.
    if (asks !== node) session.ask(node);
  }, [session, node, asks]);

  useEffect(() => () => session.ask(null), [session]);

  useEffect(() => {
    if (findings.length > 0) return undefined;
    // Nothing is left to show once it is mended. A run that ends early may have nothing to say for a moment.
    const timer = setTimeout(onClose, GONE_MS);
    return () => clearTimeout(timer);
  }, [findings.length, onClose]);

  useEffect(() => {
    box.current?.focus({ preventScroll: true });
  }, [node]);

  useLayoutEffect(() => placeInPane(box.current, hasRoom(box.current, at) ? at : beneath), [at, beneath, looking, findings]);

  useOutside(box, onClose);

  const carryOut = (finding: Finding, fix: Fix) => {
    if (fix.beyond) mend(node, finding, fix);
    else session.dispatch({ type: "edit", graph: applyEdit(session.graph, { op: "batch", edits: fix.edits }), now: Date.now() });
    announce(`Mended: ${fix.title}`);
    onClose();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onClose();
    else if (event.key === "F8") onNext(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      className="problems" role="dialog" aria-label={`Problems of ${name}`} data-testid="problems" tabIndex={-1} ref={box}
      onKeyDown={onKeyDown}
    >
      <div className="problems-head">
        <span className="problems-title">{name}</span>
        <button type="button" className="tool" aria-label="Next problem" title="Next problem (F8)" onClick={() => onNext(1)}>
          Next <kbd>F8</kbd>
        </button>
        <button type="button" className="tool" aria-label="Close" title="Close (Esc)" onClick={onClose}>
          <CloseIcon />
        </button>
      </div>
      {findings.map((finding, index) => (
        <section className="tip-finding" data-severity={finding.severity} key={index}>
          <span className="tip-code">
            {finding.severity} {finding.code}
            {finding.port ? ` · ${finding.port}` : ""}
          </span>
          <span className="tip-message">{finding.message}</span>
          {finding.hint ? <span className="tip-hint">{finding.hint}</span> : null}
          {finding.fixes?.map((fix) => (
            <button type="button" className="fix" key={fix.title} data-fix={fix.title} onClick={() => carryOut(finding, fix)}>
              <span className="fix-title">{fix.title}</span>
              {fix.changes.map((change, line) => (
                <span className="fix-change" key={line}>
                  {change}
                </span>
              ))}
            </button>
          ))}
        </section>
      ))}
      <p className="problems-state" role="status">
        {looking ? "Looking for fixes…" : findings.every((finding) => finding.fixes?.length === 0) ? "No fix is known: see the hint." : ""}
      </p>
    </div>
  );
}
