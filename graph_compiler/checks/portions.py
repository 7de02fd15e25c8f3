"""Advice about the data: their size, their range, and how training divides them."""

from collections.abc import Iterator

from graph_compiler.checks.mending import endings, habits
from graph_compiler.checks.rule import Context, Rule
from graph_compiler.findings import Finding

_LARGE = 20.0
"""Inputs may be as large as this before anybody has to scale them."""
_WEIGHTS_A_ROW = 1000


class RawNumbers(Rule):
    """The numbers of the data are large, and nothing scales them before the first weights.

    Start values of weights and usual learning rates are made for numbers around 1. With pixels of 0 to 255
    the first steps are far too long. Put a layer behind the Input that scales or normalizes.
    """

    code = "NN433"
    severity = "warning"
    title = "Numbers that nobody has scaled"
    mending = (habits.scale_inputs,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each input from which a way leads to weights without scaling."""
        largest = context.data.largest if context.data is not None else None
        if largest is None or largest <= _LARGE:
            return
        for node_id in context.inputs:
            first = self._first_weights(context, node_id)
            if first is not None:
                yield self.finding(
                    f"The numbers of the data go up to {largest:g}, and {context.called(first)} gets them as "
                    "they are.",
                    f"Put a layer behind the Input that multiplies them with 1/{largest:g}.",
                    node=node_id,
                )

    def _first_weights(self, context: Context, node_id: str) -> str | None:
        """The first layer of weighted sums that unscaled numbers reach."""
        pending, seen = [node_id], set[str]()
        while pending:
            for edge in context.wiring.outgoing[pending.pop()]:
                target = edge.target
                if target in seen or context.has(target, "scales"):
                    continue
                seen.add(target)
                if context.has(target, "linear"):
                    return target
                if not context.shapes.parameters.get(target, 1):
                    pending.append(target)
        return None


class TooManyWeights(Rule):
    """The model has far more weights than the data have rows.

    It can learn every row by heart, and then knows nothing of new ones. Take fewer units or layers, or more
    data.
    """

    code = "NN434"
    severity = "warning"
    title = "More weights than the data can teach"

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding if there are very many weights for each row."""
        rows = context.data.rows if context.data is not None else None
        weights = sum(context.shapes.parameters.values())
        if rows and weights > _WEIGHTS_A_ROW * rows:
            yield self.finding(
                f"The model has {weights:,} weights, but the data have only {rows:,} rows.",
                "Take fewer units or layers.",
            )


class BatchLargerThanData(Rule):
    """A batch is to hold more rows than there are.

    Then each epoch is one single step. Smaller batches learn more from the same rows: 32 is usual.
    """

    code = "NN435"
    severity = "warning"
    title = "A batch larger than the data"
    mending = (endings.fit_batches,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding if the rows are known and fewer than one batch."""
        rows = context.data.rows if context.data is not None else None
        size = context.document.training.batch_size
        if rows and size > rows:
            yield self.finding(
                f"A batch has {size:,} rows, but the data have only {rows:,}.",
                f"Use batches of {max(1, min(32, rows // 4))} rows.",
                param="batch_size",
            )


class NoValidationRows(Rule):
    """Rows are to be kept for validation, but the share is less than one row.

    Validation tells whether the model has learned or only remembers. Keep a larger share, such as 0.1.
    """

    code = "NN436"
    severity = "warning"
    title = "Validation without rows"
    mending = (endings.fit_batches,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding if a share is asked for that holds no row."""
        rows = context.data.rows if context.data is not None else None
        share = context.document.training.validation_split
        if rows and 0 < share * rows < 1:
            yield self.finding(
                f"Of {rows:,} rows a share of {share:g} is kept for validation: less than one row.",
                "Keep a larger share, such as 0.1.",
                param="validation_split",
            )


class TooFewIds(Rule):
    """The layer has vectors for fewer ids than the data have.

    An id for which there is none cannot be looked up, and training stops there. Give it as many as there
    are different ids.
    """

    code = "NN437"
    severity = "warning"
    title = "Ids that cannot be looked up"
    mending = (habits.count_ids,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each layer that counts ids and gets those of an input."""
        ids = context.data.vocabulary if context.data is not None else None
        for node_id in context.document.nodes if ids else ():
            instance = context.instance(node_id)
            known = getattr(instance.layer, "input_dim", None)
            fed = any(context.is_source(edge.source) for edge in context.wiring.wires_into(node_id))
            whole = instance.spec is not None and any(port.whole for port in instance.spec.inputs)
            if ids and whole and fed and isinstance(known, int) and known < ids:
                yield self.finding(
                    f"{context.called(node_id)} knows {known:,} ids, but the data have {ids:,}.",
                    f"Set its input_dim to {ids}.",
                    node=node_id,
                    param="input_dim",
                )
