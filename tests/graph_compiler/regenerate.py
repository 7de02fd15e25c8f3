"""Writes the golden files anew; look at the difference before you commit it.

Run from the root of the project: `python -m tests.graph_compiler.regenerate`.
"""

from pathlib import Path

from app.services.templates import open_template
from graph_compiler import analyze
from graph_compiler.codegen import keras_code, mermaid, torch_code
from graph_compiler.picture import graph_picture
from runtime.registries import custom_objects
from tests.graph_compiler.checks.examples import EXAMPLES, TEST_LAYERS
from tests.graph_compiler.checks.test_rules import SNAPSHOT, shown
from tests.graph_compiler.designs import DESIGNS

GOLDEN = Path(__file__).parent / "golden"


def main() -> None:
    custom_objects.update(TEST_LAYERS)
    SNAPSHOT.write_text("\n\n".join(map(shown, EXAMPLES)) + "\n", "utf-8")
    for name, design in DESIGNS.items():
        (GOLDEN / "keras" / f"{name}.txt").write_text(keras_code(design()), "utf-8")
        (GOLDEN / "torch" / f"{name}.txt").write_text(torch_code(design()), "utf-8")
    for name in ("cnn", "text_model"):
        code = keras_code(DESIGNS[name](), style="sequential")
        (GOLDEN / "sequential" / f"{name}.txt").write_text(code, "utf-8")
    for name in ("branches", "states"):
        (GOLDEN / "mermaid" / f"{name}.txt").write_text(mermaid(DESIGNS[name]()), "utf-8")
    template = open_template("iris")
    (GOLDEN / "iris.svg").write_text(graph_picture(template, analyze(template)).svg(), "utf-8")


if __name__ == "__main__":
    main()
