import type { EdgeDoc, EdgeEnds, Edit, GraphDoc, NodeDoc, Values } from "../protocol";
import { groupsOf, pruned, withGroups } from "./groups";
import { newEdgeId, newNodeId } from "./ids";
import { snakeCase, uniqueName } from "./names";
import { freePlace, hides } from "./placement";
import { wiresInto } from "./ports";
import { stickiesOf, withStickies } from "./stickies";

/** Pure changes of a graph. Each gives back the very same graph when there is nothing to change. */

export function addParts(graph: GraphDoc, nodes: readonly NodeDoc[], edges: readonly EdgeDoc[]): GraphDoc {
  if (nodes.length === 0 && edges.length === 0) return graph;
  return withSlots({ ...graph, nodes: [...graph.nodes, ...nodes], edges: [...graph.edges, ...edges] });
}

/** Removes nodes with their wires, sticky notes, and wires. */
export function removeParts(graph: GraphDoc, nodes: readonly string[], edges: readonly string[]): GraphDoc {
  const gone = new Set(nodes);
  const cut = new Set(edges);
  const keptNodes = graph.nodes.filter((node) => !gone.has(node.id));
  const keptEdges = graph.edges.filter(
    (edge) => !cut.has(edge.id) && !gone.has(edge.source) && !gone.has(edge.target),
  );
  const rest = withStickies(graph, stickiesOf(graph).filter((sticky) => !gone.has(sticky.id)));
  if (rest === graph && keptNodes.length === graph.nodes.length && keptEdges.length === graph.edges.length) return graph;
  const whole = withGroups(rest, pruned(graph, gone));
  return withSlots({ ...whole, nodes: keptNodes, edges: keptEdges });
}

export function connect(graph: GraphDoc, ends: EdgeEnds, slot?: number): GraphDoc {
  const wires = wiresInto(graph, ends.target, ends.target_port);
  // Half a place before an existing wire: numbering the slots anew puts it there.
  const place = slot === undefined ? wires.length : slot - 0.5;
  return withSlots({ ...graph, edges: [...graph.edges, { id: newEdgeId(), ...plain(ends), slot: place }] });
}

export function reconnect(graph: GraphDoc, id: string, ends: EdgeEnds): GraphDoc {
  const old = graph.edges.find((edge) => edge.id === id);
  if (!old || sameEnds(old, ends)) return graph;
  const samePort = old.target === ends.target && old.target_port === ends.target_port;
  const slot = samePort ? old.slot : wiresInto(graph, ends.target, ends.target_port).length;
  const edges = graph.edges.map((edge) => (edge.id === id ? { ...edge, ...plain(ends), slot } : edge));
  return withSlots({ ...graph, edges });
}

function sameEnds(one: EdgeEnds, other: EdgeEnds): boolean {
  return JSON.stringify(plain(one)) === JSON.stringify(plain(other));
}

function plain({ source, source_port, target, target_port }: EdgeEnds): EdgeEnds {
  return { source, source_port, target, target_port };
}

/** Moves nodes and sticky notes. */
export function move(graph: GraphDoc, positions: ReadonlyMap<string, { x: number; y: number }>): GraphDoc {
  let changed = false;
  const moved = <T extends { id: string; x: number; y: number }>(item: T): T => {
    const to = positions.get(item.id);
    if (!to) return item;
    const x = Math.round(to.x);
    const y = Math.round(to.y);
    if (x === item.x && y === item.y) return item;
    changed = true;
    return { ...item, x, y };
  };
  const nodes = graph.nodes.map(moved);
  const stickies = stickiesOf(graph).map(moved);
  return changed ? { ...withStickies(graph, stickies), nodes } : graph;
}

/** Leaves layers out of the model, or takes them in again when all of them are out. */
export function bypass(graph: GraphDoc, ids: readonly string[]): GraphDoc {
  const chosen = new Set(ids);
  const out = !graph.nodes.filter((node) => chosen.has(node.id)).every((node) => node.bypassed);
  const nodes = graph.nodes.map((node) => {
    if (!chosen.has(node.id) || Boolean(node.bypassed) === out) return node;
    const { bypassed: _, ...rest } = node;
    return out ? { ...rest, bypassed: true } : rest;
  });
  return nodes.some((node, index) => node !== graph.nodes[index]) ? { ...graph, nodes } : graph;
}

export function setNode(graph: GraphDoc, id: string, change: (node: NodeDoc) => NodeDoc): GraphDoc {
  const nodes = graph.nodes.map((node) => (node.id === id ? change(node) : node));
  return nodes.some((node, index) => node !== graph.nodes[index]) ? { ...graph, nodes } : graph;
}

/** Puts the wires of a variadic port in the order given; wires left out follow in their old order. */
export function reorder(graph: GraphDoc, target: string, port: string, order: readonly string[]): GraphDoc {
  const rank = new Map(order.map((id, index) => [id, index - order.length]));
  const edges = graph.edges.map((edge) =>
    edge.target === target && edge.target_port === port ? { ...edge, slot: rank.get(edge.id) ?? edge.slot } : edge,
  );
  const next = withSlots({ ...graph, edges });
  return next.edges.every((edge, index) => edge.slot === graph.edges[index]?.slot) ? graph : next;
}

/** Numbers the wires of each port 0, 1, 2, … in their present order. */
function withSlots(graph: GraphDoc): GraphDoc {
  const ports = new Map<string, EdgeDoc[]>();
  for (const edge of graph.edges) {
    const key = JSON.stringify([edge.target, edge.target_port]);
    ports.set(key, [...(ports.get(key) ?? []), edge]);
  }
  const slots = new Map<string, number>();
  for (const wires of ports.values()) {
    [...wires].sort((a, b) => a.slot - b.slot).forEach((edge, slot) => slots.set(edge.id, slot));
  }
  const edges = graph.edges.map((edge) => {
    const slot = slots.get(edge.id) ?? 0;
    return slot === edge.slot ? edge : { ...edge, slot };
  });
  return { ...graph, edges };
}

/** Names in use, but for those of the nodes left out. */
export function takenNames(graph: GraphDoc, except: readonly string[] = []): Set<string> {
  return new Set(graph.nodes.filter((node) => !except.includes(node.id)).map((node) => node.name));
}

const BLANK = { params: {}, settings: {}, x: 0, y: 0, note: "" };

/** A document from Python with every field in its place. */
export function complete(doc: GraphDoc): GraphDoc {
  const graph = {
    nodes: doc.nodes.map((node) => ({ ...BLANK, ...node })),
    edges: doc.edges.map((edge) => ({ ...edge, slot: edge.slot ?? 0 })),
  };
  return withGroups(withStickies(graph, doc.sticky_notes ?? []), groupsOf(doc));
}

/** A node with everything a partial description leaves open. */
export function completeNode(graph: GraphDoc, part: Partial<NodeDoc> & { layer: string }): NodeDoc {
  return {
    ...BLANK,
    ...part,
    id: part.id ?? newNodeId(),
    name: uniqueName(part.name ?? snakeCase(part.layer), takenNames(graph)),
  };
}

/** Carries out an edit that Python asked for. Edits of things that are gone do nothing. */
export function applyEdit(graph: GraphDoc, edit: Edit): GraphDoc {
  switch (edit.op) {
    case "add_node": {
      const made = completeNode(graph, edit.node);
      // Python does not know what else lies there.
      const node = hides(graph, made) ? { ...made, ...freePlace(graph, made) } : made;
      const edges = (edit.edges ?? []).map((edge) => completeEdge(edge, node.id));
      return addParts(graph, [node], edges);
    }
    case "set_node":
      return setNode(graph, edit.node, (node) => changed(graph, node, edit));
    case "remove":
      return removeParts(graph, edit.nodes ?? [], edit.edges ?? []);
    case "connect":
      return hasEnds(graph, edit) ? connect(graph, edit, edit.slot) : graph;
    case "reorder":
      return reorder(graph, edit.target, edit.port, edit.edges);
    case "replace":
      return withSlots({ ...complete(edit.doc), ...(graph.beside && { beside: graph.beside }) });
    case "beside":
      return { ...graph, beside: [...(graph.beside ?? []), edit.change] };
    case "batch":
      return edit.edits.reduce(applyEdit, graph);
  }
}

function hasEnds(graph: GraphDoc, ends: EdgeEnds): boolean {
  const known = (id: string) => graph.nodes.some((node) => node.id === id);
  const twin = graph.edges.some((edge) => sameEnds(edge, ends));
  return known(ends.source) && known(ends.target) && !twin;
}

/** A wire of a node being added: the end left out is the new node. */
function completeEdge(part: Partial<EdgeDoc>, node: string): EdgeDoc {
  return {
    source: node,
    source_port: "output",
    target: node,
    target_port: "inputs",
    slot: 0,
    ...part,
    id: part.id ?? newEdgeId(),
  };
}

function changed(graph: GraphDoc, node: NodeDoc, edit: Extract<Edit, { op: "set_node" }>): NodeDoc {
  const next: NodeDoc = {
    ...node,
    name: edit.name === undefined ? node.name : uniqueName(edit.name, takenNames(graph, [node.id])),
    note: edit.note ?? node.note,
    x: edit.x ?? node.x,
    y: edit.y ?? node.y,
    params: merged(node.params, edit.params, edit.unset),
    settings: merged(node.settings, edit.settings, edit.unset),
  };
  const bypassed = edit.bypassed ?? Boolean(node.bypassed);
  if (bypassed) next.bypassed = true;
  else delete next.bypassed;
  return JSON.stringify(next) === JSON.stringify(node) ? node : next;
}

function merged(values: Values, change: Values | undefined, unset: readonly string[] = []): Values {
  const next = { ...values, ...change };
  for (const name of unset) delete next[name];
  return next;
}
