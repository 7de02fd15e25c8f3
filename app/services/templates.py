"""Templates: finished designs to begin with."""

from dataclasses import dataclass

from app.services.settings import ASSETS
from graph_compiler.document import GraphDocument, load_document
from runtime.errors import UnknownNameError


@dataclass(frozen=True)
class Template:
    """A template in the list.

    Args:
        name: Its name, and that of its file.
        title: What people read.
        description: What it shows a learner.
        dataset: The data set it is bound to; empty for the empty canvas.
    """

    name: str
    title: str
    description: str
    dataset: str = ""


TEMPLATES = (
    Template("blank", "Empty canvas", "Begin with nothing, and drag the layers you want."),
    Template(
        "iris",
        "Iris: a first classifier",
        "Four measurements, one hidden layer, three species. Trains in a second.",
        "iris",
    ),
    Template(
        "penguins",
        "Penguins: another classifier",
        "Four measurements of a penguin, one hidden layer, three species.",
        "penguins",
    ),
    Template(
        "digits_mlp",
        "Small digits: pictures as rows of numbers",
        "Pictures of 8 by 8 points are flattened and classified by one hidden layer.",
        "digits",
    ),
    Template(
        "mnist_mlp",
        "MNIST: without convolutions",
        "Handwritten digits, flattened, one hidden layer with dropout. Compare it with the next one.",
        "mnist",
    ),
    Template(
        "mnist_cnn",
        "MNIST: with convolutions",
        "Two convolutions look for strokes and loops wherever they are; pooling makes the picture smaller.",
        "mnist",
    ),
    Template(
        "cars",
        "Cars: predict a number",
        "Miles per gallon from what is known of a car: regression with two hidden layers.",
        "cars",
    ),
    Template(
        "language_id",
        "Which language is it?",
        "Characters become vectors, a convolution finds typical groups of letters, the strongest decide.",
        "language_id",
    ),
    Template(
        "sunspots",
        "Sunspots: forecast a series",
        "A recurrent network reads 24 years and tells the next.",
        "sunspots",
    ),
    Template(
        "digits_autoencoder",
        "Autoencoder: squeeze and restore",
        "Pictures go through sixteen numbers and come out again: what is left is what matters.",
        "digits_autoencoder",
    ),
)


def open_template(name: str) -> GraphDocument:
    """The design of a template.

    Raises:
        UnknownNameError: There is no template of that name.
    """
    if name not in {template.name for template in TEMPLATES}:
        raise UnknownNameError("template", name, (template.name for template in TEMPLATES))
    return load_document((ASSETS / "templates" / f"{name}.json").read_bytes())
