"""Designs as somebody would lay them out."""

from app.services.templates import open_template
from graph_compiler.document import GraphDocument

COLUMNS = 3
PITCH = (300.0, 180.0)


def digits_in_rows(epochs: int) -> GraphDocument:
    """The network with convolutions for handwritten digits, in rows that fit a window."""
    document = open_template("mnist_cnn")
    nodes = {
        key: node.model_copy(
            update={"x": place % COLUMNS * PITCH[0], "y": float(place // COLUMNS * PITCH[1])},
        )
        for place, (key, node) in enumerate(document.nodes.items())
    }
    training = document.training.model_copy(update={"epochs": epochs, "seed": 7})
    return document.model_copy(update={"nodes": nodes, "training": training})
