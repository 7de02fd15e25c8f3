import { useCallback, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { type Knowledge, type PortsOf, portsOf as portsIn } from "../graph/ports";
import type { Theme } from "../protocol";
import type { Session } from "../session";
import { ConnectTo } from "./ConnectTo";
import { type Editor, EditorContext } from "./editor";
import { Flow } from "./Flow";
import { Help } from "./Help";
import { huesOf } from "./hues";
import { Palette } from "./Palette";
import { QuickAdd } from "./QuickAdd";
import { Toast } from "./Toast";
import { useAddLayer } from "./useAddLayer";
import { useAnnouncements } from "./useAnnouncements";
import { useDialogs } from "./useDialogs";
import { useKeys } from "./useKeys";

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

  const knowledge = useMemo<Knowledge>(
    () => ({ notes, entries: new Map(palette.map((entry) => [entry.layer, entry])) }),
    [notes, palette],
  );
  const portsOf = useCallback<PortsOf>((node) => portsIn(node, knowledge, session.graph.edges), [knowledge, session]);
  const hueOf = useMemo(() => {
    const hues = huesOf(palette);
    const groups = new Map(palette.map((entry) => [entry.layer, entry.group]));
    return (layer: string) => hues.get(groups.get(layer) ?? "") ?? 255;
  }, [palette]);

  const { toast, announcement, showToast, announce } = useAnnouncements(frame);
  const { dialog, openQuickAdd, openConnect, openHelp, close } = useDialogs(pane);
  const addLayer = useAddLayer(session, knowledge.entries, portsOf, pane, announce);
  const startRename = useCallback((id: string) => setRenaming(id), []);
  const stopRename = useCallback(() => {
    setRenaming(null);
    pane.current?.focus({ preventScroll: true });
  }, []);

  const editor = useMemo<Editor>(
    () => ({
      session, portsOf, hueOf, renaming, startRename, stopRename, addLayer, openQuickAdd, announce, toast: showToast,
    }),
    [session, portsOf, hueOf, renaming, startRename, stopRename, addLayer, openQuickAdd, announce, showToast],
  );

  const actions = useKeys({ editor, frame, pane, blocked: dialog !== null, openConnect, openHelp });

  return (
    <EditorContext.Provider value={editor}>
      <div className="bench" ref={frame} data-testid="canvas" data-rev={snapshot.rev} data-narrow={narrow || undefined}>
        <Palette palette={palette} open={open} onToggle={() => setOpen(!open)} />
        <Flow snapshot={snapshot} knowledge={knowledge} theme={theme} pane={pane} actions={actions} onHelp={openHelp} />
        {dialog?.kind === "add" && <QuickAdd at={dialog.at} wire={dialog.wire} point={dialog.point} onClose={close} />}
        {dialog?.kind === "connect" && <ConnectTo at={dialog.at} node={dialog.node} graph={state.history.present} onClose={close} />}
        {dialog?.kind === "help" && <Help onClose={close} />}
        <Toast toast={toast} />
        <div className="unseen" aria-live="polite" data-testid="announcer">
          {announcement}
        </div>
      </div>
    </EditorContext.Provider>
  );
}
