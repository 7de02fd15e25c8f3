"""The part of a PyTorch program that trains and tests the model."""

from collections.abc import Sequence

from graph_compiler.analysis import Analysis
from graph_compiler.checks.endings import wants_class_numbers
from graph_compiler.codegen.data_snippet import DataSnippet
from graph_compiler.codegen.pytorch.loss_calls import loss_call, loss_name
from graph_compiler.codegen.pytorch.module import Module, inputs_of
from graph_compiler.codegen.pytorch.optimizers import before_the_step, optimizer_code
from graph_compiler.codegen.pytorch.pieces import losses
from graph_compiler.codegen.statements import laid_out
from graph_compiler.compile_settings import METRICS_BY_OUTPUT, make_loss
from graph_compiler.document import GraphDocument
from runtime.layers.torch_forms.sources import piece_source
from runtime.registries import snake_case

_METRICS = {
    "binary_accuracy": "accuracy_of_sides",
    "categorical_accuracy": "accuracy_of_classes",
    "sparse_categorical_accuracy": "accuracy_of_classes",
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "logcosh": "log_cosh",
}


class Training:
    """How a design is trained, in PyTorch.

    Args:
        document: The design.
        analysis: What is known of it.
        data: Where the data are.
        module: Its module.
    """

    def __init__(
        self, document: GraphDocument, analysis: Analysis, data: DataSnippet, module: Module
    ) -> None:
        self.document = document
        self.analysis = analysis
        self.data = data
        self.module = module
        self.loss = loss_name(document)
        nodes = document.nodes
        self.outputs = [nodes[key].name for key in analysis.outputs]
        metrics = {name: self._metric(name) for name in document.compile.metrics}
        self.metrics = {name: function for name, function in metrics.items() if function}
        self.left_out = [name for name, function in metrics.items() if not function]

    def _metric(self, name: str) -> str:
        shapes = [next(iter(self.analysis.shapes[key].values())).shape for key in self.analysis.outputs]
        if self.document.compile.metric_params.get(name):
            return ""
        if name in METRICS_BY_OUTPUT:
            alone = all(shape[-1:] == (1,) for shape in shapes) and not wants_class_numbers(
                make_loss(self.document.compile)
            )
            return "accuracy_of_sides" if alone else "accuracy_of_classes"
        name = _METRICS.get(name, name)
        name = _METRICS.get(snake_case(name), snake_case(name))
        return name if hasattr(losses, name) else ""

    def functions(self) -> list[str]:
        """The loss, the metrics and a pass over the data."""
        sources: dict[str, str] = {}
        for name in (self.loss, *self.metrics.values()):
            sources |= piece_source(getattr(losses, name))
        return [*sources.values(), "\n".join(self._pass())]

    def _pass(self) -> list[str]:
        penalty = " + model.penalty()" if self.module.text.penalties else ""
        inputs = "x" if len(self.data.x_train) == 1 else "*inputs"
        alone = len(self.outputs) == 1
        count = len(self.data.x_train)
        lines = [
            "def run(",
            "    model: nn.Module,",
            "    batches: DataLoader,",
            "    optimizer: torch.optim.Optimizer | None = None,",
            ") -> dict[str, float]:",
            '    """One pass over the data, learning if there is an optimizer; gives the means."""',
            "    model.train(optimizer is not None)",
            "    totals: dict[str, float] = {}",
            "    rows = 0",
            f"    for {inputs}, y in batches:" if alone else "    for batch in batches:",
            *([] if alone else [f"        inputs, targets = batch[:{count}], batch[{count}:]"]),
            "        with torch.set_grad_enabled(optimizer is not None):",
            f"            outputs = model({inputs if alone else '*inputs'})",
            *(self._of_one(penalty) if alone else self._of_many(penalty)),
            "        if optimizer is not None:",
            "            optimizer.zero_grad()",
            '            results["loss"].backward()',
            *(f"            {line}" for line in before_the_step(self.document.compile)),
            "            optimizer.step()",
            f"        size = len({'y' if alone else 'inputs[0]'})",
            "        rows += size",
            "        for name, value in results.items():",
            "            totals[name] = totals.get(name, 0.0) + value.item() * size",
            "    return {name: total / rows for name, total in totals.items()}",
        ]
        if self.left_out:
            lines.insert(6, f"    # Not measured here: {', '.join(map(_plain, self.left_out))}.")
        return lines

    def _of_one(self, penalty: str) -> list[str]:
        measured = [
            f'"{_plain(metric)}": {function}(outputs, y)' for metric, function in self.metrics.items()
        ]
        results = ", ".join([f'"loss": {loss_call(self.document, "outputs", "y")}{penalty}', *measured])
        return laid_out(f"results = {{{results}}}", 12)

    def _of_many(self, penalty: str) -> list[str]:
        names = ", ".join(f'"{name}"' for name in self.outputs)
        lines = [
            *laid_out(f"names = ({names})", 12),
            "            pairs = list(zip(names, outputs, targets, strict=True))",
            *laid_out(
                f"loss = sum({loss_call(self.document, 'output', 'y')} for _, output, y in pairs){penalty}",
                12,
            ),
            '            results = {"loss": loss}',
        ]
        if self.metrics:
            lines.append("            for name, output, y in pairs:")
        for metric, function in self.metrics.items():
            lines += laid_out(f'results[f"{{name}}_{_plain(metric)}"] = {function}(output, y)', 16)
        return lines

    def batches(self) -> list[str]:
        """The data in portions."""
        training = self.document.training
        lines = [
            "# The data in portions.",
            *in_main(f"train = {self._dataset(self.data.x_train, self.data.y_train)}"),
            *in_main(f"test = {self._dataset(self.data.x_test, self.data.y_test)}"),
        ]
        if training.validation_split:
            lines += [
                f"kept = int(len(train) * (1 - {training.validation_split!r}))",
                "validation = Subset(train, range(kept, len(train)))",
                "train = Subset(train, range(kept))",
            ]
        size = f"batch_size={training.batch_size}"
        lines.append(f"train_batches = DataLoader(train, {size}, shuffle={training.shuffle})")
        if training.validation_split:
            lines.append(f"validation_batches = DataLoader(validation, {size})")
        return [*lines, f"test_batches = DataLoader(test, {size})"]

    def _dataset(self, x: Sequence[str], y: Sequence[str]) -> str:
        kinds = [spec.dtype for spec in inputs_of(self.document, self.analysis)]
        targets = list(y) * len(self.outputs) if len(y) == 1 else list(y)
        kind = "int64" if wants_class_numbers(make_loss(self.document.compile)) else "float32"
        tensors = [*zip(x, kinds, strict=False), *((name, kind) for name in targets)]
        items = ", ".join(f"torch.as_tensor({name}, dtype=torch.{kind})" for name, kind in tensors)
        return f"TensorDataset({items})"

    def optimizer(self) -> list[str]:
        """Makes the optimizer."""
        return in_main(f"optimizer = {optimizer_code(self.document.compile)}")

    def epochs(self) -> list[str]:
        """The passes over the training data."""
        has_validation = bool(self.document.training.validation_split)
        names = ", ".join(_plain(callback.name) for callback in self.document.training.callbacks)
        return [
            *([f"# Not written here: what watches the training, {names}."] if names else []),
            f"for epoch in range({self.document.training.epochs}):",
            "    results = run(model, train_batches, optimizer)",
            *(
                [
                    "    for name, value in run(model, validation_batches).items():",
                    '        results[f"val_{name}"] = value',
                ]
                if has_validation
                else []
            ),
            '    shown = ", ".join(f"{name} {value:.4f}" for name, value in results.items())',
            '    print(f"epoch {epoch + 1}: {shown}")',
        ]

    def testing(self) -> list[str]:
        """Tests the model on data it has never seen."""
        return [
            "# Testing on data the model has never seen, and saving what it has learned.",
            "print(run(model, test_batches))",
        ]


def in_main(code: str) -> list[str]:
    """A statement that will stand one step to the right."""
    return [line[4:] for line in laid_out(code, 4)]


def _plain(name: str) -> str:
    """A metric's name without anything that could end a text."""
    return "".join(letter for letter in name if letter.isalnum() or letter in "_ ")
