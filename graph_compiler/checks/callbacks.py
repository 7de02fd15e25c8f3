"""Rules about what watches the training."""

from collections.abc import Iterator

from graph_compiler.callback_settings import callback_problem, watched_by
from graph_compiler.checks.rule import Context, Rule
from graph_compiler.findings import Finding

_VALIDATION = "val_"


class BadCallback(Rule):
    """There is no callback of that name, or it cannot have one of its arguments.

    Callbacks watch the training and step in. The message says what is known, or what the argument takes.
    """

    code = "NN438"
    title = "A callback cannot be made"

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each callback that cannot be made."""
        for settings in context.document.training.callbacks:
            error = callback_problem(settings)
            if error is not None:
                yield self.finding(error.message, error.hint, param="callbacks")


class WatchesNothing(Rule):
    """A callback watches a number of the validation, but no rows are kept for validation.

    It would never step in. Keep a share of the rows, such as 0.1, or let it watch "loss".
    """

    code = "NN439"
    severity = "warning"
    title = "A callback that has nothing to watch"

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each callback that waits for a validation that never comes."""
        if context.document.training.validation_split:
            return
        for settings in context.document.training.callbacks:
            watched = watched_by(settings)
            if watched.startswith(_VALIDATION):
                yield self.finding(
                    f"{settings.name} watches '{watched}', but no rows are kept for validation.",
                    f"Keep a share of the rows, such as 0.1, or let it watch "
                    f"'{watched.removeprefix(_VALIDATION)}'.",
                    param="callbacks",
                )
