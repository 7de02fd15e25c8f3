"""Where the weights of an exported model come from."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from app.services.datasets import load
from app.services.evaluation import CHECKPOINT
from app.services.run_store import RunStore
from app.services.settings import Settings
from graph_compiler import lower
from graph_compiler.document import GraphDocument
from graph_compiler.lowering import compile_as
from runtime.models import load_model
from runtime.models.adapting import adapt_layers, learning_layers


class Weights(BaseModel):
    """Where the weights of an exported model come from.

    Args:
        kind: "trained" when a run of the same network has kept them, "fresh" when they are random.
        run_id: That run.
        resumable: Whether that run was compiled as the design is, so that its optimizer's state fits too.
        attempt: How often that run was begun: one that has gone on has other weights.
        is_last: Whether they are what it ended with; else it was going on when they were looked for.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["trained", "fresh"]
    run_id: str = ""
    resumable: bool = False
    attempt: int = 0
    is_last: bool = False


def weights_of(settings: Settings, runs: RunStore, project_id: str, document: GraphDocument) -> Weights:
    """The latest run of the project that has trained this very network.

    Args:
        settings: The data directory.
        runs: The run store.
        project_id: The project.
        document: The design as it is now.
    """
    wanted = network(document)
    for run in runs.of_project(project_id):
        if not (settings.run_dir(run.id) / CHECKPOINT).exists():
            continue
        trained = runs.document(run.id)
        if network(trained) == wanted:
            return Weights(
                kind="trained",
                run_id=run.id,
                resumable=trained.compile == document.compile,
                attempt=run.attempt,
                is_last=not run.is_open,
            )
    return Weights(kind="fresh")


def weighted_model(document: GraphDocument, settings: Settings, weights: Weights) -> tuple[Any, str]:
    """A compiled model with its weights, and where they come from, in words.

    Args:
        document: A design without errors.
        settings: The data directory.
        weights: Which weights it has.

    Raises:
        CompilationError: The design has errors.
    """
    if weights.kind == "fresh":
        return _fresh(document), "not trained yet: random"
    # The model as it was kept: what layers have learnt from the data is not in their weights alone.
    checkpoint = settings.run_dir(weights.run_id) / CHECKPOINT
    model: Any = load_model(checkpoint, compile=weights.resumable)
    if weights.resumable:
        return model, f"trained in run {weights.run_id}, with the state of its optimizer"
    compile_as(document, model)
    return model, f"trained in run {weights.run_id}, before its compile settings were changed"


def network(document: GraphDocument) -> Any:
    """What makes two designs the same network: layers, their settings and wires, wherever they stand."""
    nodes = {
        key: node.model_dump(include={"layer", "name", "params", "settings", "shares", "locked", "bypassed"})
        for key, node in document.nodes.items()
    }
    edges = sorted(tuple(edge.model_dump(exclude={"id"}).values()) for edge in document.edges.values())
    return list(nodes.items()), edges


def _fresh(document: GraphDocument) -> Any:
    """An untrained model; layers that learn from the data have, where data are chosen."""
    model: Any = lower(document)
    if document.data is not None and learning_layers(model):
        adapt_layers(model, load(document.data.dataset).held_back(document.training.validation_split)[0].x)
    return model
