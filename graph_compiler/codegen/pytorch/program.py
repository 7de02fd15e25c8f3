"""A document as a PyTorch program: what a good PyTorch user would write."""

import re
import sys
from collections.abc import Iterable

from graph_compiler.analysis import analyze
from graph_compiler.bypassing import without_bypassed
from graph_compiler.codegen.data_snippet import DataSnippet, synthetic_data
from graph_compiler.codegen.expressions import WIDTH
from graph_compiler.codegen.headings import heading
from graph_compiler.codegen.pytorch.module import RESERVED, Module, write_module
from graph_compiler.codegen.pytorch.training import Training
from graph_compiler.codegen.statements import as_comment, indented, laid_out
from graph_compiler.document import GraphDocument
from graph_compiler.lowering import CompilationError, model_name

_LIBRARY = {"np": "import numpy as np", "torch": "import torch", "F": "import torch.nn.functional as F"}
_FROM = {
    "nn": ("torch", "nn"),
    "Callable": ("collections.abc", "Callable"),
    "Sequence": ("collections.abc", "Sequence"),
    "Any": ("typing", "Any"),
    "Path": ("pathlib", "Path"),
    "DataLoader": ("torch.utils.data", "DataLoader"),
    "Subset": ("torch.utils.data", "Subset"),
    "TensorDataset": ("torch.utils.data", "TensorDataset"),
}


def torch_code(document: GraphDocument, data: DataSnippet | None = None) -> str:
    """Writes the PyTorch program that makes, trains, tests and saves the model.

    The module takes and gives what the designed model does: pictures have their channels last outside, and
    behind the batch, as torch wants them, inside. It needs torch and numpy alone.

    Args:
        document: A design without errors.
        data: How the program gets its data; None for random numbers in the right shapes.

    Returns:
        A Python program. With the arrays of `torch_weights` in `<name>_weights.npz` beside it, it begins with
        these weights.

    Raises:
        CompilationError: The document has errors.
        ExportError: A layer, or the way of training, has no form in PyTorch that computes the same.
    """
    return TorchProgram(document, data).text()


class TorchProgram:
    """The parts of the program.

    Args:
        document: A design without errors.
        data: How the program gets its data; None for random numbers in the right shapes.
    """

    def __init__(self, document: GraphDocument, data: DataSnippet | None = None) -> None:
        document = without_bypassed(document)
        analysis = analyze(document)
        if not analysis.ok:
            raise CompilationError(document, analysis.errors)
        self.document = document
        self.analysis = analysis
        self.data = data or synthetic_data(document)
        self.module = write_module(document)
        self.class_name = class_name(document)
        self.weights_file = f"{model_name(document)}_weights.npz"
        self.training = Training(document, analysis, self.data, self.module)

    def text(self) -> str:
        """The whole program."""
        main = indented("\n\n".join(["\n".join(lines) for lines in self.main_parts() if lines]))
        code = "\n\n\n".join([*self.definitions(), f'if __name__ == "__main__":\n{main}'])
        return f"{self.heading()}\n\n{self.imports(code)}\n\n\n{code}\n"

    def heading(self) -> str:
        """What the program is, as its docstring."""
        return heading(self.document, self.analysis, "PyTorch")

    def imports(self, code: str) -> str:
        """The import lines that some code and the data need: Python's own, then the libraries."""
        words = set(re.findall(r"\w+", re.sub(r'"[^"\n]*"', "", code)))
        lines = {line for name, line in _LIBRARY.items() if name in words} | {*self.data.imports} - {""}
        grouped: dict[str, set[str]] = {}
        for name, (module, member) in _FROM.items():
            if name in words:
                grouped.setdefault(module, set()).add(member)
        lines |= {f"from {module} import {', '.join(sorted(names))}" for module, names in grouped.items()}
        lines |= {"import math"} if re.search(r"\bmath\.", code) else set()
        own = {line for line in lines if line.split()[1].partition(".")[0] in sys.stdlib_module_names}
        groups = ["\n".join(_sorted_imports(group)) for group in (own, lines - own)]
        return "\n\n".join(group for group in groups if group)

    def definitions(self) -> list[str]:
        """Functions and classes, in an order in which each is known before it is used."""
        return [
            *self.module.text.pieces.values(),
            self.module_class(),
            LOADER,
            *self.training.functions(),
        ]

    def module_class(self) -> str:
        """The module's class."""
        return class_code(self.class_name, self.module)

    def main_parts(self) -> list[list[str]]:
        """What happens when the program is run, in parts."""
        return [
            self.seed(),
            self.data.code.strip().split("\n"),
            self.training.batches(),
            [*self.model(), *self.training.optimizer()],
            self.training.epochs(),
            [*self.training.testing(), f'torch.save(model.state_dict(), "{model_name(self.document)}.pt")'],
        ]

    def seed(self) -> list[str]:
        """Makes the run repeatable, if the design wants it."""
        seed = self.document.training.seed
        return (
            [] if seed is None else ["# The same random numbers in each run.", f"torch.manual_seed({seed})"]
        )

    def model(self) -> list[str]:
        """Makes the model, with the designed one's weights where they are at hand."""
        return [
            f"model = {self.class_name}()",
            f'if Path("{self.weights_file}").exists():',
            f'    load_weights(model, "{self.weights_file}")',
        ]


def class_code(name: str, module: Module) -> str:
    """The class of a module.

    Args:
        name: What it is called.
        module: What has been written of it.
    """
    return "\n".join(
        [
            f"class {name}(nn.Module):",
            *_class_docstring(module),
            "",
            "    def __init__(self) -> None:",
            "        super().__init__()",
            *(line for code in module.text.init for line in laid_out(code, 8)),
            "",
            *_forward(module),
            *_penalty(module),
        ]
    )


def _class_docstring(module: Module) -> list[str]:
    images = any(".movedim(" in statement.code for statement in module.statements)
    told = "The network; channels stand last outside, behind the batch inside." if images else "The network."
    if not module.text.notes:
        return [f'    """{told}"""']
    lines = [f'    """{told}', "", "    In training, the program does otherwise than the design:", ""]
    for note in module.text.notes:
        first, *more = as_comment(note, 4)
        lines += [f"    - {first[6:]}", *(f"      {line[6:]}" for line in more)]
    return [*lines, '    """']


def _forward(module: Module) -> list[str]:
    kind = "torch.Tensor" if len(module.outputs) == 1 else "tuple[torch.Tensor, ...]"
    arguments = ["self", *(f"{name}: torch.Tensor" for name in module.arguments)]
    lines = [f"    def forward({', '.join(arguments)}) -> {kind}:"]
    if len(lines[0]) > WIDTH:
        together = f"        {', '.join(arguments)}"
        inside = [together] if len(together) <= WIDTH else [f"        {item}," for item in arguments]
        lines = ["    def forward(", *inside, f"    ) -> {kind}:"]
    for statement in module.statements:
        lines += as_comment(statement.note, 8)
        lines += laid_out(statement.code, 8, statement.comment)
    given = ", ".join(module.outputs)
    fits = len(given) + len("        return ") <= WIDTH
    return [*lines, *laid_out(f"return {given}" if fits else f"return ({given})", 8)]


LOADER = '''\
def load_weights(model: nn.Module, path: str) -> None:
    """Gives a model the weights of an .npz file."""
    with np.load(path) as arrays:
        state = {name: torch.from_numpy(arrays[name]) for name in arrays.files}
    model.load_state_dict(state)'''
"""The function of the program that reads the arrays of `torch_weights`."""


def class_name(document: GraphDocument) -> str:
    """The document's name as a class has it."""
    words = re.sub(r"[^0-9A-Za-z]+", " ", model_name(document)).split()
    name = "".join(word[0].upper() + word[1:] for word in words)
    taken = RESERVED | {"DataLoader", "Subset", "TensorDataset", "Path", "Any", "Callable", "Sequence"}
    if not name.isidentifier() or name in taken or name in ("True", "False", "None"):
        return f"Network{name}"
    return name


def _penalty(module: Module) -> list[str]:
    terms = module.text.penalties
    if not terms:
        return []
    lines = ["", "    def penalty(self) -> torch.Tensor:", '        """What regularizers add to the loss."""']
    if len(terms) == 1:
        return [*lines, *laid_out(f"return {terms[0]}", 8)]
    joined = [f"            {'+ ' * (place > 0)}{term}" for place, term in enumerate(terms)]
    whole = f"        return {' + '.join(terms)}"
    body = [whole] if len(whole) <= WIDTH else ["        return (", *joined, "        )"]
    return [*lines, *body]


def _sorted_imports(lines: Iterable[str]) -> list[str]:
    """Plain imports first, each kind by name."""
    return sorted(lines, key=lambda line: (line.startswith("from "), line))
