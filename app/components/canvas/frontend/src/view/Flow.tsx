import {
  Background, BackgroundVariant, ConnectionMode, MiniMap, type OnNodeDrag, ReactFlow, SelectionMode, useReactFlow, useStore,
} from "@xyflow/react";
import { type DragEvent, type MouseEvent, type RefObject, useCallback } from "react";
import { move } from "../graph/edits";
import { worst } from "../graph/findings";
import type { Knowledge } from "../graph/ports";
import type { Theme } from "../protocol";
import type { Snapshot } from "../session";
import { Card } from "./Card";
import { ConnectionHint } from "./ConnectionHint";
import { LAYER_TYPE } from "./dragged";
import { FitsContext, useEditor } from "./editor";
import { EmptyState } from "./EmptyState";
import { Toolbar } from "./Toolbar";
import type { CardNode } from "./types";
import type { Actions } from "./useActions";
import { useFlowElements } from "./useFlowElements";
import { useSight } from "./useSight";
import { useWiring } from "./useWiring";
import { Wire } from "./Wire";

const NODE_TYPES = { layer: Card };
const EDGE_TYPES = { wire: Wire };
const MULTI_KEYS = ["Shift", "Control", "Meta"];
const ATTRIBUTION = { hideAttribution: true };
/** Below this zoom small print cannot be read: cards show nothing but their label, larger. */
const FAR = 0.6;

interface Props {
  snapshot: Snapshot;
  knowledge: Knowledge;
  theme: Theme;
  pane: RefObject<HTMLDivElement | null>;
  actions: Actions;
  onHelp: () => void;
}

/** The drawing itself. */
export function Flow({ snapshot, knowledge, theme, pane, actions, onHelp }: Props) {
  const editor = useEditor();
  const { session, addLayer, openQuickAdd } = editor;
  const flow = useReactFlow();
  const { fits, reasonAt, handlers } = useWiring(editor);
  const { nodes, edges, onNodesChange, onEdgesChange, endDrag } = useFlowElements(
    session, snapshot, knowledge, editor.portsOf, editor.hueOf,
  );
  useSight(session, snapshot);
  const far = useStore((store) => store.transform[2] < FAR);

  const hold = useCallback(() => session.hold(), [session]);
  const release = useCallback(() => session.release(), [session]);

  const dropNodes = useCallback<OnNodeDrag<CardNode>>(
    (_, _node, dragged) => {
      const places = new Map(dragged.map((node) => [node.id, node.position]));
      session.dispatch({ type: "edit", graph: move(session.graph, places), now: Date.now() });
      endDrag();
      session.release();
    },
    [session, endDrag],
  );

  const dropLayer = useCallback(
    (event: DragEvent) => {
      const layer = event.dataTransfer.getData(LAYER_TYPE);
      if (!layer) return;
      event.preventDefault();
      addLayer(layer, flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }));
      pane.current?.focus({ preventScroll: true });
    },
    [addLayer, flow, pane],
  );

  const quickAddAt = useCallback(
    (event: MouseEvent) => {
      if (!(event.target instanceof Element) || !event.target.classList.contains("react-flow__pane")) return;
      openQuickAdd({ x: event.clientX, y: event.clientY });
    },
    [openQuickAdd],
  );

  return (
    <div
      className="pane"
      data-wiring={fits ? "" : undefined}
      data-far={far || undefined}
      ref={pane}
      tabIndex={0}
      role="group"
      aria-label="Design canvas. Press slash to add a layer, Shift and question mark for all keys."
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes(LAYER_TYPE)) event.preventDefault();
      }}
      onDrop={dropLayer}
      onDoubleClick={quickAddAt}
    >
      <FitsContext.Provider value={fits}>
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          onNodesChange={onNodesChange}
          onEdgesChange={onEdgesChange}
          onNodeDragStart={hold}
          onNodeDragStop={dropNodes}
          onSelectionDragStart={hold}
          onSelectionDragStop={(event, dragged) => dropNodes(event as never, dragged[0] as CardNode, dragged)}
          onSelectionStart={hold}
          onSelectionEnd={release}
          {...handlers}
          onMoveEnd={(_, view) => {
            session.view = view;
          }}
          defaultViewport={session.view ?? undefined}
          colorMode={theme}
          connectionMode={ConnectionMode.Strict}
          connectionRadius={24}
          reconnectRadius={14}
          selectionMode={SelectionMode.Partial}
          multiSelectionKeyCode={MULTI_KEYS}
          deleteKeyCode={null}
          disableKeyboardA11y
          nodesFocusable
          edgesFocusable
          zoomOnDoubleClick={false}
          minZoom={0.1}
          maxZoom={2}
          elevateNodesOnSelect
          proOptions={ATTRIBUTION}
        >
          <Background variant={BackgroundVariant.Dots} gap={20} size={1.4} />
          {nodes.length > 0 && (
            <MiniMap<CardNode>
              pannable
              zoomable
              ariaLabel="Map of the design"
              nodeClassName={(node) => `map-${worst(node.data.notes?.findings) ?? "fine"}`}
              nodeBorderRadius={12}
            />
          )}
          <ConnectionHint reasonAt={reasonAt} />
        </ReactFlow>
      </FitsContext.Provider>
      {nodes.length === 0 && <EmptyState />}
      <Toolbar actions={actions} history={snapshot.state.history} empty={nodes.length === 0} onHelp={onHelp} />
    </div>
  );
}
