"""What augmentation layers make of samples."""

import numpy as np

from app.services.augmenting import augmented, augmenting_nodes
from app.services.templates import open_template
from graph_compiler.document import Node


def flipped(template: str = "mnist_cnn"):
    """The design with a layer that flips each picture, behind the one that scales."""
    document = open_template(template)
    scale = next(node for node in document.nodes.values() if node.layer == "Rescaling")
    wire = next(edge for edge in document.edges.values() if edge.source == scale.id)
    flip = Node(id="flip", layer="RandomFlip", name="flip", params={"mode": "horizontal"})
    edges = {
        **document.edges,
        wire.id: wire.model_copy(update={"target": flip.id}),
        "after": wire.model_copy(update={"id": "after", "source": flip.id}),
    }
    return document.model_copy(update={"nodes": {**document.nodes, flip.id: flip}, "edges": edges})


def test_samples_go_through_all_layers_up_to_the_last_augmentation():
    nodes = augmenting_nodes(flipped())
    assert [node.layer for node in nodes] == ["Rescaling", "RandomFlip"]
    rows = np.zeros((40, 28, 28, 1), np.uint8)
    rows[:, :, 0] = 255
    changed = augmented(nodes, rows, seed=1)
    left, right = changed[:, 0, 0, 0], changed[:, 0, -1, 0]
    assert set(np.unique(left)) == {0.0, 1.0}
    np.testing.assert_array_equal(left + right, 1)
    assert 5 < left.sum() < 35
    np.testing.assert_array_equal(changed, augmented(nodes, rows, seed=1))
    assert (changed != augmented(nodes, rows, seed=2)).any()


def test_a_design_without_augmentation_has_nothing_to_show():
    assert augmenting_nodes(open_template("mnist_cnn")) == []
    assert augmenting_nodes(open_template("blank")) == []
