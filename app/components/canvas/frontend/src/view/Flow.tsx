import {
  ConnectionMode, MiniMap, type OnNodeDrag, ReactFlow, SelectionMode, useReactFlow, useStore,
} from "@xyflow/react";
import { type DragEvent, type MouseEvent, type RefObject, useCallback } from "react";
import { move } from "../graph/edits";
import { worst } from "../graph/findings";
import { insertInto } from "../graph/insert";
import type { Knowledge } from "../graph/ports";
import type { Theme } from "../protocol";
import type { Snapshot } from "../session";
import { Card } from "./Card";
import { Sticky } from "./Sticky";
import { ConnectionHint } from "./ConnectionHint";
import { Dots } from "./Dots";
import { BLOCK_TYPE, LAYER_TYPE } from "./dragged";
import { FitsContext, useEditor } from "./editor";
import { EmptyState } from "./EmptyState";
import { Frames } from "./Frames";
import { Guides } from "./Guides";
import { Toolbar } from "./Toolbar";
import { SelectionBar } from "./SelectionBar";
import type { Task } from "./shortcuts";
import type { DrawnNode } from "./types";
import type { Actions } from "./useActions";
import { useDropOnWire } from "./useDropOnWire";
import { useFlowElements } from "./useFlowElements";
import { useHold } from "./useHold";
import { useSight } from "./useSight";
import { useWiring } from "./useWiring";
import { Wire } from "./Wire";

const NODE_TYPES = { layer: Card, sticky: Sticky };
const EDGE_TYPES = { wire: Wire };
const MULTI_KEYS = ["Shift", "Control", "Meta"];
const ATTRIBUTION = { hideAttribution: true };
/** Below this zoom small print cannot be read: cards show nothing but their label, larger. */
const FAR = 0.6;
/** While the view moves, set past React: to draw the whole canvas anew would take longer than a frame. */
const MOVING = "data-moving";
const GRID: [number, number] = [20, 20];

interface Props {
  snapshot: Snapshot;
  knowledge: Knowledge;
  theme: Theme;
  pane: RefObject<HTMLDivElement | null>;
  actions: Actions;
  snapping: boolean;
  onRun: (task: Task) => void;
}

/** The drawing itself. */
export function Flow({ snapshot, knowledge, theme, pane, actions, snapping, onRun }: Props) {
  const editor = useEditor();
  const { session, portsOf, addLayer, addBlock, openQuickAdd, announce } = editor;
  const drop = useDropOnWire(editor);
  const flow = useReactFlow();
  const { fits, reasonAt, handlers } = useWiring(editor);
  const { nodes, edges, guides, inLine, onNodesChange, onEdgesChange, endDrag } = useFlowElements(
    session, snapshot, knowledge, portsOf, editor.hueOf, snapping,
  );
  useSight(session, snapshot);
  const far = useStore((store) => store.transform[2] < FAR);

  const abandon = useCallback(() => {
    drop.leave();
    endDrag();
  }, [drop, endDrag]);
  const gesture = useHold(session, abandon);

  const dropNodes = useCallback<OnNodeDrag<DrawnNode>>(
    (event, _node, dragged) => {
      const places = new Map(inLine(dragged.map((node) => [node.id, node.position] as const)));
      const wire = drop.overNode(nativeOf(event), dragged);
      const moved = move(session.graph, places);
      const node = moved.nodes.find((candidate) => candidate.id === dragged[0]?.id);
      const graph = wire && node ? insertInto(moved, wire, node, portsOf) : null;
      session.dispatch({ type: "edit", graph: graph ?? moved, now: Date.now() });
      if (graph) announce(`Put ${node?.name} into the wire`);
      abandon();
      gesture.end();
    },
    [session, abandon, gesture, inLine, drop, portsOf, announce],
  );

  const dropLayer = useCallback(
    (event: DragEvent) => {
      const layer = event.dataTransfer.getData(LAYER_TYPE);
      const block = event.dataTransfer.getData(BLOCK_TYPE);
      if (!layer && !block) return;
      event.preventDefault();
      const at = { x: event.clientX, y: event.clientY };
      if (block) {
        addBlock(block, flow.screenToFlowPosition(at));
        pane.current?.focus({ preventScroll: true });
        return;
      }
      const wire = drop.overLayer(event.nativeEvent, at, layer);
      drop.leave();
      addLayer(layer, flow.screenToFlowPosition(at), undefined, wire ?? undefined);
      pane.current?.focus({ preventScroll: true });
    },
    [addLayer, addBlock, flow, pane, drop],
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
        const { types } = event.dataTransfer;
        if (types.includes(BLOCK_TYPE)) event.preventDefault();
        if (!types.includes(LAYER_TYPE)) return;
        event.preventDefault();
        drop.overAny(event.nativeEvent, { x: event.clientX, y: event.clientY });
      }}
      onDragLeave={drop.leave}
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
          onNodeDragStart={gesture.begin}
          onNodeDrag={(event, _, dragged) => drop.overNode(nativeOf(event), dragged)}
          onNodeDragStop={dropNodes}
          onSelectionDragStart={gesture.begin}
          onSelectionDragStop={(event, dragged) => dropNodes(event as never, dragged[0] as DrawnNode, dragged)}
          onSelectionStart={gesture.begin}
          onSelectionEnd={gesture.end}
          {...handlers}
          onMove={(event) => {
            // Not at the press of the button: a click must find the pane under it.
            if (!pane.current?.hasAttribute(MOVING)) pane.current?.setAttribute(MOVING, event?.type === "mousemove" ? "drag" : "");
          }}
          onMoveEnd={(_, view) => {
            pane.current?.removeAttribute(MOVING);
            session.view = view;
            session.shownSight = snapshot.sight.count;
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
          snapToGrid={snapping}
          snapGrid={GRID}
          proOptions={ATTRIBUTION}
        >
          <Dots />
          <Guides guides={guides} />
          <Frames graph={snapshot.state.history.present} nodes={nodes} />
          {nodes.length > 0 && (
            <MiniMap<DrawnNode>
              pannable
              zoomable
              ariaLabel="Map of the design"
              nodeClassName={mapClass}
              nodeBorderRadius={12}
            />
          )}
          <ConnectionHint reasonAt={reasonAt} />
        </ReactFlow>
      </FitsContext.Provider>
      {nodes.length === 0 && <EmptyState />}
      <SelectionBar count={snapshot.state.selection.nodes.length} onRun={onRun} />
      <Toolbar actions={actions} history={snapshot.state.history} empty={nodes.length === 0} snapping={snapping} onRun={onRun} />
    </div>
  );
}

function mapClass(node: DrawnNode): string {
  return node.type === "sticky" ? "map-sticky" : `map-${worst(node.data.notes?.findings) ?? "fine"}`;
}

/** The browser's own event inside of React's, if it is one of React's. */
function nativeOf(event: object): globalThis.MouseEvent {
  return ("nativeEvent" in event ? event.nativeEvent : event) as globalThis.MouseEvent;
}
