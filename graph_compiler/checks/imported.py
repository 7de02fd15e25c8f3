"""Rules about what models in files have and few drawings: locked layers, and layers that are called twice."""

from collections.abc import Iterator

from graph_compiler.checks.rule import Context, Rule
from graph_compiler.findings import Finding


class LockedLayer(Rule):
    """The layer came in with a model file and cannot be computed here.

    It may hold Python code, which is never run from a file, or be of a class that only the program knows
    that wrote the file. Its arguments are kept as the file has them, so that nothing is lost. To work with
    the model, put a layer of the palette in its place: what lies behind it can be computed then.
    """

    code = "NN120"
    title = "A locked layer"

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each locked node."""
        for node_id, instance in context.shapes.instances.items():
            for problem in instance.problems:
                if problem.kind == "locked":
                    yield self.finding(f"It is locked: {problem.message}", problem.hint, node=node_id)


class LostOwner(Rule):
    """The layer is one that another node owns, and that node is gone or is none of the kind.

    A layer that is called twice stands on the canvas once for each call. One of them owns the layer and its
    weights, the others share it. Without the owner there is no layer to call: delete this one as well, or put
    a layer of its own in its place.
    """

    code = "NN121"
    title = "The layer it shares is gone"

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each node whose owner is not there, or is another layer."""
        for node in context.document.nodes.values():
            if node.shares is None:
                continue
            owner = context.document.owner_of(node)
            if owner is None or owner.layer != node.layer:
                yield self.finding(
                    f"It shares the layer of another node ({node.shares}), which is gone."
                    if owner is None
                    else f"It shares the layer of '{owner.name}', which is of another kind.",
                    "Delete it, or put a layer of its own in its place.",
                    node=node.id,
                )


class SharedMisfit(Rule):
    """The layer is called in several places, and what comes in here does not fit its weights.

    One layer has one set of weights. They are made for what flows into the node that owns the layer; what
    flows into the nodes that share it must have as many features.
    """

    code = "NN204"
    title = "The shared weights do not fit"

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each call that wants other weights than the owner's."""
        for node_id, owner_id in context.shapes.misfits.items():
            owner = context.document.nodes[owner_id].name
            yield self.finding(
                f"It shares the weights of '{owner}', and they do not fit what comes in here.",
                f"Let tensors with as many features flow in as into '{owner}'.",
                node=node_id,
            )
