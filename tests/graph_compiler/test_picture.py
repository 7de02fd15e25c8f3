"""Pictures of designs."""

import io
from xml.etree import ElementTree

import pytest
from PIL import Image

from app.services.templates import open_template
from graph_compiler import analyze
from graph_compiler.document import GraphDocument, RenameDocument, RenameNode, apply
from graph_compiler.picture import COLORS, HEIGHT, MARGIN, WIDTH, graph_picture
from tests.graph_compiler.designs import DESIGNS, cnn
from tests.graph_compiler.regenerate import GOLDEN

SVG = "{http://www.w3.org/2000/svg}"


def test_the_picture_of_a_template_is_the_golden_one():
    document = open_template("iris")
    assert graph_picture(document, analyze(document)).svg() == (GOLDEN / "iris.svg").read_text()


@pytest.mark.parametrize("name", DESIGNS)
def test_every_layer_and_wire_is_drawn(name):
    document = DESIGNS[name]()
    root = ElementTree.fromstring(graph_picture(document, analyze(document)).svg())
    assert len(root.findall(f"{SVG}g")) == len(document.nodes)
    assert len(root.findall(f"{SVG}path")) == len(document.edges)
    assert root.findtext(f"{SVG}title") == document.name
    assert all(node.name in (root.findtext(f"{SVG}desc") or "") for node in document.nodes.values())


def test_a_bypassed_layer_is_marked():
    document = cnn()
    conv = document.nodes["conv"].model_copy(update={"bypassed": True})
    document = document.model_copy(update={"nodes": {**document.nodes, "conv": conv}})
    picture = graph_picture(document, analyze(document))
    assert picture.svg().count("stroke-dasharray") == 1
    assert ">bypassed</text>" in picture.svg()
    assert ", bypassed)" in picture.description
    assert picture.png() != graph_picture(cnn(), analyze(cnn())).png()


def test_names_cannot_write_into_the_file():
    document, _ = apply(cnn(), RenameNode(node="conv", name="<script>alert(1)</script>\x00"))
    document, _ = apply(document, RenameDocument(name='"><b>&'))
    text = graph_picture(document, analyze(document)).svg()
    root = ElementTree.fromstring(text)
    assert "<script" not in text
    assert root.findtext(f"{SVG}title") == '"><b>&'


@pytest.mark.parametrize("theme", COLORS)
@pytest.mark.parametrize("scale", [0.5, 2])
def test_the_image_shows_the_same(scale, theme):
    document = cnn()
    picture = graph_picture(document, analyze(document))
    image = Image.open(io.BytesIO(picture.png(scale, theme)))
    assert image.size == (round(picture.width * scale), round(picture.height * scale))
    colors = {name: tuple(bytes.fromhex(color[1:])) for name, color in COLORS[theme].items()}
    assert image.getpixel((1, 1)) == colors["paper"]
    inside = round((MARGIN + WIDTH / 2) * scale), round((MARGIN + HEIGHT - 5) * scale)
    assert image.getpixel(inside) == colors["card"]


def test_an_empty_design_is_an_empty_picture():
    picture = graph_picture(GraphDocument(), analyze(GraphDocument()))
    assert "0 layers" in picture.description
    assert picture.png()
