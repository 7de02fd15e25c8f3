"""Rules about the design as a whole: its ends, and the names in it."""

from collections.abc import Iterator

from graph_compiler.checks.mending import fitting, values, wires
from graph_compiler.checks.rule import Context, Rule
from graph_compiler.document import name_problem, propose_name
from graph_compiler.findings import Finding


class EmptyDesign(Rule):
    """There is nothing on the canvas yet.

    Begin with an Input, which says what one sample of the data looks like, and add layers behind it.
    """

    code = "NN107"
    title = "The design is empty"
    mending = (wires.begin_design,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding if there is no node."""
        if not context.document.nodes:
            yield self.finding("There are no layers yet.", "Drag an Input from the palette onto the canvas.")


class NoInput(Rule):
    """No layer lets data in.

    Every model begins with at least one Input, which states the shape of one sample.
    """

    code = "NN108"
    title = "The design has no input"
    mending = (wires.add_input,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding if there are nodes but no source."""
        if context.document.nodes and not context.inputs:
            yield self.finding("No layer lets data in.", "Add an Input and draw a wire from it.")


class NoOutput(Rule):
    """Data enters, but no layer does anything with it.

    What comes out of the last layer is the output of the model. Add a layer and draw a wire to it.
    """

    code = "NN109"
    title = "The design has no output"
    mending = (fitting.append_layers, wires.begin_layer)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding if all nodes are sources."""
        if context.inputs and len(context.inputs) == len(context.document.nodes):
            yield self.finding(
                "Nothing comes out of the model: it has inputs and no layers.",
                "Add a layer and draw a wire to it from the Input.",
            )


class DuplicateName(Rule):
    """Two layers have the same name.

    In the model, in its code and in its files a layer is found by its name, so each needs one of its own.
    """

    code = "NN110"
    title = "A name stands twice"
    mending = (values.rename,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each node whose name an earlier one has."""
        taken = context.document.names()
        seen: set[str] = set()
        for node in context.document.nodes.values():
            if node.name in seen:
                yield self.finding(
                    f"Another layer is called '{node.name}' already.",
                    f"Call this one '{propose_name(node.name, taken)}'.",
                    node=node.id,
                )
            seen.add(node.name)


class BadName(Rule):
    """A layer's name cannot be used in code.

    The name becomes a variable of the Python code and a folder of the weight file: letters, digits and _, not
    beginning with a digit, and no word of the Python language.
    """

    code = "NN111"
    title = "A name that cannot be used"
    mending = (values.rename,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each name that is no Python identifier."""
        taken = context.document.names()
        for node in context.document.nodes.values():
            problem = name_problem(node.name)
            if problem is not None:
                yield self.finding(
                    f"A layer cannot be called '{node.name}': {problem}.",
                    f"Call it '{propose_name(node.name, taken)}'.",
                    node=node.id,
                )


class UnusedInput(Rule):
    """Data enters at this Input and goes nowhere.

    The model would ask for data that it never looks at. Draw a wire from it, or delete it.
    """

    code = "NN112"
    title = "An input leads nowhere"
    mending = (wires.connect_to, wires.delete_layer)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each source without a wire, unless it stands alone on a canvas just begun."""
        if len(context.inputs) == len(context.document.nodes):
            return
        for node_id in context.inputs:
            if not context.wiring.outgoing[node_id]:
                yield self.finding(
                    f"No wire leads away from {context.called(node_id)}.",
                    "Draw a wire from it to the layer that should use it, or delete it.",
                    node=node_id,
                )
