import { useCallback, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { type Knowledge, type PortsOf, portsOf as portsIn } from "../graph/ports";
import type { Finding, Theme } from "../protocol";
import type { Session } from "../session";
import { keep, recall } from "../storage";
import { Commands } from "./Commands";
import { ConnectTo } from "./ConnectTo";
import { type Editor, EditorContext } from "./editor";
import { Find } from "./Find";
import { Flow } from "./Flow";
import { Help } from "./Help";
import { huesOf } from "./hues";
import { Palette } from "./Palette";
import { Problems } from "./Problems";
import { QuickAdd } from "./QuickAdd";
import { SaveBlock } from "./SaveBlock";
import { Toast } from "./Toast";
import { useAddBlock } from "./useAddBlock";
import { useAddLayer } from "./useAddLayer";
import { useAnnouncements } from "./useAnnouncements";
import { useDialogs } from "./useDialogs";
import { useForm } from "./useForm";
import { useKeys } from "./useKeys";

const SNAP = "layerloom:snap";
const NONE: readonly Finding[] = [];

interface Props {
  session: Session;
  theme: Theme;
  narrow: boolean;
}

/** Palette, canvas and the lists that open over it. */
export function Workbench({ session, theme, narrow }: Props) {
  const snapshot = useSyncExternalStore(session.subscribe, session.read);
  const { notes, palette, state } = snapshot;
  const frame = useRef<HTMLDivElement>(null);
  const pane = useRef<HTMLDivElement>(null);
  const [renaming, setRenaming] = useState<string | null>(null);
  const [open, setOpen] = useState(true);
  const [snapping, setSnapping] = useState(() => recall("local", SNAP) === "on");

  const knowledge = useMemo<Knowledge>(
    () => ({ notes, entries: new Map(palette.map((entry) => [entry.layer, entry])) }),
    [notes, palette],
  );
  // Always the same function: whatever has it, every card, would else be drawn anew at each edit.
  const known = useRef(knowledge);
  known.current = knowledge;
  const portsOf = useCallback<PortsOf>((node) => portsIn(node, known.current, session.graph.edges), [session]);
  const hueOf = useMemo(() => {
    const hues = huesOf(palette);
    const groups = new Map(palette.map((entry) => [entry.layer, entry.group]));
    return (layer: string) => hues.get(groups.get(layer) ?? "") ?? 255;
  }, [palette]);

  const { toast, announcement, showToast, announce } = useAnnouncements(frame);
  const { dialog, pointInPane, openQuickAdd, openFindings, ...dialogs } = useDialogs(session, pane);
  const addLayer = useAddLayer(session, knowledge.entries, portsOf, pane, announce);
  const addBlock = useAddBlock(session, pane, announce);
  const startRename = useCallback((id: string) => setRenaming(id), []);
  const stopRename = useCallback(() => {
    setRenaming(null);
    pane.current?.focus({ preventScroll: true });
  }, []);

  const editor = useMemo<Editor>(
    () => ({
      session, portsOf, hueOf, renaming, startRename, stopRename, addLayer, addBlock, openQuickAdd, openFindings, pointInPane,
      mend: session.mend, announce, toast: showToast,
    }),
    [
      session, portsOf, hueOf, renaming, startRename, stopRename, addLayer, addBlock, openQuickAdd, openFindings, pointInPane,
      announce,
      showToast,
    ],
  );

  const toggleSnap = useCallback(() => {
    const next = snapping ? "off" : "on";
    keep("local", SNAP, next);
    setSnapping(next === "on");
    announce(`Snap to the grid is ${next}`);
  }, [announce, snapping]);

  const toForm = useForm(editor, frame, pane);
  const { actions, run } = useKeys({ editor, frame, pane, dialogs, toggleSnap, toForm });
  const nextProblem = useCallback((step: 1 | -1) => (step === 1 ? actions.nextFinding() : actions.previousFinding()), [actions]);

  return (
    <EditorContext.Provider value={editor}>
      <div className="bench" ref={frame} data-testid="canvas" data-rev={snapshot.rev} data-narrow={narrow || undefined}>
        <Palette palette={palette} open={open} onToggle={() => setOpen(!open)} />
        <Flow snapshot={snapshot} knowledge={knowledge} theme={theme} pane={pane} actions={actions} snapping={snapping} onRun={run} />
        {dialog?.kind === "add" && <QuickAdd at={dialog.at} wire={dialog.wire} into={dialog.into} point={dialog.point} onClose={dialogs.close} />}
        {dialog?.kind === "connect" && <ConnectTo at={dialog.at} node={dialog.node} graph={state.history.present} onClose={dialogs.close} />}
        {dialog?.kind === "find" && <Find at={dialog.at} graph={state.history.present} onClose={dialogs.close} />}
        {dialog?.kind === "commands" && <Commands at={dialog.at} onRun={run} onClose={dialogs.close} />}
        {dialog?.kind === "block" && <SaveBlock at={dialog.at} onClose={dialogs.close} />}
        {dialog?.kind === "findings" && (
          <Problems
            at={dialog.at} beneath={dialog.beneath} node={dialog.node} graph={state.history.present} findings={notes[dialog.node]?.findings ?? NONE}
            onNext={nextProblem} onClose={dialogs.close}
          />
        )}
        {dialog?.kind === "help" && <Help onClose={dialogs.close} />}
        <Toast toast={toast} />
        <div className="unseen" aria-live="polite" data-testid="announcer">
          <span key={announcement.count}>{announcement.text}</span>
        </div>
      </div>
    </EditorContext.Provider>
  );
}
