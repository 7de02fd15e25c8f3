import { choicesFor } from "../graph/connect";
import { connect } from "../graph/edits";
import type { Point } from "../graph/placement";
import type { GraphDoc } from "../protocol";
import { useEditor } from "./editor";
import { Picker } from "./Picker";

interface Props {
  at: Point;
  node: string;
  graph: GraphDoc;
  onClose: () => void;
}

/** Wiring without a mouse: every port that accepts a wire from or to the chosen node. */
export function ConnectTo({ at, node: id, graph, onClose }: Props) {
  const { session, portsOf, hueOf, announce } = useEditor();
  const node = graph.nodes.find((candidate) => candidate.id === id);
  const choices = node ? choicesFor(graph, node, portsOf) : [];
  const manyOutputs = node !== undefined && portsOf(node).outputs.length > 1;
  const manyInputs = node !== undefined && portsOf(node).inputs.length > 1;
  return (
    <Picker
      title={`Connect ${node?.name ?? "node"} to`}
      placeholder={`Connect ${node?.name ?? ""} to…`}
      nothing="No port of another layer fits."
      testId="connect-to"
      at={at}
      items={choices.map((choice, index) => {
        const to = choice.direction === "to";
        const own = to ? choice.ends.source_port : choice.ends.target_port;
        return {
          id: String(index),
          label: `${to ? "→" : "←"} ${choice.node.name} · ${choice.port}`,
          aside: (to ? manyOutputs : manyInputs) ? `${to ? "from" : "into"} ${own}` : undefined,
          words: choice.node.layer,
          hue: hueOf(choice.node.layer),
        };
      })}
      onPick={(index) => {
        const choice = choices[Number(index)];
        if (choice) {
          session.dispatch({ type: "edit", graph: connect(session.graph, choice.ends), now: Date.now() });
          announce(`Wired ${node?.name} ${choice.direction} ${choice.node.name}`);
        }
        onClose();
      }}
      onClose={onClose}
    />
  );
}
