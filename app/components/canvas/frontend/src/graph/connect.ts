import type { EdgeEnds, GraphDoc, NodeDoc } from "../protocol";
import { KINDS, inWords, takes } from "./kinds";
import { type PortsOf, wiresInto } from "./ports";

/**
 * Why a wire cannot be drawn, or null when it can.
 *
 * `moving` is the wire being re-plugged: it does not count as being in its own way.
 */
export function refusal(graph: GraphDoc, ends: EdgeEnds, portsOf: PortsOf, moving?: string | null): string | null {
  const problem = portProblem(graph, ends, portsOf, moving);
  if (problem) return problem;
  const path = pathBetween(graph, ends.target, ends.source, moving);
  return path ? `This would make a cycle: ${describe(graph, path)}.` : null;
}

/** What speaks against a wire, apart from cycles through other nodes. */
function portProblem(graph: GraphDoc, ends: EdgeEnds, portsOf: PortsOf, moving?: string | null): string | null {
  const source = graph.nodes.find((node) => node.id === ends.source);
  const target = graph.nodes.find((node) => node.id === ends.target);
  if (!source || !target) return "One end of this wire is gone.";
  if (source.id === target.id) return `${source.name} cannot feed itself: that would be a cycle.`;

  const port = portsOf(target).inputs.find((input) => input.name === ends.target_port);
  if (!port) return `${target.name} has no input called “${ends.target_port}”.`;
  if (!portsOf(source).outputs.includes(ends.source_port)) {
    return `${source.name} has no output called “${ends.source_port}”.`;
  }

  const others = wiresInto(graph, target.id, port.name).filter((edge) => edge.id !== moving);
  if (others.some((edge) => edge.source === ends.source && edge.source_port === ends.source_port)) {
    return "These two ports are already wired.";
  }
  if (!port.variadic && others.length > 0) {
    const by = graph.nodes.find((node) => node.id === others[0]?.source)?.name ?? "another layer";
    return `“${port.name}” of ${target.name} is taken by ${by}: it holds one wire.`;
  }
  const { kinds, shapes } = portsOf(source);
  const kind = kinds?.[ends.source_port];
  if (kind !== undefined && port.accepts && !takes(port, kind)) {
    const shape = shapes?.[ends.source_port];
    return `“${port.name}” of ${target.name} takes ${inWords(port.accepts)}; ${source.name} gives ${shape ?? KINDS[kind]}. Hold Alt to wire it all the same.`;
  }
  return null;
}

type Direction = "down" | "up";

/** For each node id, the ids one wire further. */
function neighbours(graph: GraphDoc, direction: Direction, without?: string | null): Map<string, string[]> {
  const next = new Map<string, string[]>();
  for (const edge of graph.edges) {
    if (edge.id === without) continue;
    const [from, to] = direction === "down" ? [edge.source, edge.target] : [edge.target, edge.source];
    next.set(from, [...(next.get(from) ?? []), to]);
  }
  return next;
}

/** Every node that can be reached from one, with the node it was reached from. */
function reach(graph: GraphDoc, from: string, direction: Direction, without?: string | null): Map<string, string | null> {
  const next = neighbours(graph, direction, without);
  const cameFrom = new Map<string, string | null>([[from, null]]);
  for (const id of cameFrom.keys()) {
    for (const other of next.get(id) ?? []) {
      if (!cameFrom.has(other)) cameFrom.set(other, id);
    }
  }
  return cameFrom;
}

/** Ids of the nodes along the wires from one node to another, or null when there is no way. */
export function pathBetween(graph: GraphDoc, from: string, to: string, without?: string | null): string[] | null {
  const cameFrom = reach(graph, from, "down", without);
  return cameFrom.has(to) ? trace(cameFrom, to) : null;
}

function trace(cameFrom: ReadonlyMap<string, string | null>, to: string): string[] {
  const path: string[] = [];
  for (let id: string | null = to; id !== null; id = cameFrom.get(id) ?? null) path.unshift(id);
  return path;
}

function describe(graph: GraphDoc, path: readonly string[]): string {
  const names = path.map((id) => graph.nodes.find((node) => node.id === id)?.name ?? id);
  const shown = names.length > 4 ? [...names.slice(0, 2), "…", ...names.slice(-1)] : names;
  return [...shown, names[0]].join(" → ");
}

export interface Choice {
  ends: EdgeEnds;
  node: NodeDoc;
  /** The port at the far end. */
  port: string;
  direction: "to" | "from";
}

/** Every wire that may be drawn from or to a node, outputs first, near names before far ones. */
export function choicesFor(graph: GraphDoc, node: NodeDoc, portsOf: PortsOf): Choice[] {
  const own = portsOf(node);
  const forward = graph.nodes.flatMap((other) =>
    own.outputs.flatMap((source_port) =>
      portsOf(other).inputs.map((input): Choice => ({
        ends: { source: node.id, source_port, target: other.id, target_port: input.name },
        node: other,
        port: input.name,
        direction: "to",
      })),
    ),
  );
  const backward = graph.nodes.flatMap((other) =>
    own.inputs.flatMap((input) =>
      portsOf(other).outputs.map((source_port): Choice => ({
        ends: { source: other.id, source_port, target: node.id, target_port: input.name },
        node: other,
        port: source_port,
        direction: "from",
      })),
    ),
  );
  const distance = (choice: Choice) => Math.hypot(choice.node.x - node.x, choice.node.y - node.y);
  return [forward, backward].flatMap((choices) =>
    choices
      .filter((choice) => refusal(graph, choice.ends, portsOf) === null)
      .sort((a, b) => distance(a) - distance(b)),
  );
}

/** The end a wire is being drawn from. */
export interface LooseEnd {
  node: string;
  port: string;
  side: "in" | "out";
}

export function endsBetween(loose: LooseEnd, node: string, port: string): EdgeEnds {
  return loose.side === "out"
    ? { source: loose.node, source_port: loose.port, target: node, target_port: port }
    : { source: node, source_port: port, target: loose.node, target_port: loose.port };
}

/** The first port of a node that accepts a wire from the loose end; else the reason the first one gave. */
export function fitOn(
  graph: GraphDoc,
  loose: LooseEnd,
  node: NodeDoc,
  portsOf: PortsOf,
): { ends: EdgeEnds } | { reason: string } {
  const ports = portsOf(node);
  const names = loose.side === "out" ? ports.inputs.map((input) => input.name) : ports.outputs;
  let reason: string | null = null;
  for (const name of names) {
    const ends = endsBetween(loose, node.id, name);
    const refused = refusal(graph, ends, portsOf);
    if (refused === null) return { ends };
    reason ??= refused;
  }
  return { reason: reason ?? `${node.name} has no ${loose.side === "out" ? "input" : "output"}.` };
}

export const portKey = (node: string, port: string): string => JSON.stringify([node, port]);

/** Keys of all ports that accept a wire from the loose end: asked once as a gesture begins. */
export function fittingPorts(
  graph: GraphDoc,
  loose: LooseEnd,
  portsOf: PortsOf,
  moving?: string | null,
): ReadonlySet<string> {
  const cyclic = reach(graph, loose.node, loose.side === "out" ? "up" : "down", moving);
  const fits = new Set<string>();
  for (const node of graph.nodes) {
    if (cyclic.has(node.id)) continue;
    const ports = portsOf(node);
    const names = loose.side === "out" ? ports.inputs.map((input) => input.name) : ports.outputs;
    for (const name of names) {
      if (portProblem(graph, endsBetween(loose, node.id, name), portsOf, moving) === null) {
        fits.add(portKey(node.id, name));
      }
    }
  }
  return fits;
}
