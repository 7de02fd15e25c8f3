import pytest

from app.services.datasets import describe
from app.services.notes import facts_of
from app.services.settings import ASSETS
from app.services.templates import TEMPLATES, open_template
from graph_compiler import analyze
from graph_compiler.document import GraphDocument
from runtime.errors import UnknownNameError

NETWORKS = [template for template in TEMPLATES if template.dataset]


@pytest.mark.parametrize("template", NETWORKS, ids=lambda template: template.name)
def test_a_template_fits_its_data_and_has_nothing_wrong_with_it(template):
    document, card = open_template(template.name), describe(template.dataset)
    assert document.data.dataset == template.dataset
    analysis = analyze(document, facts_of(card))
    assert analysis.findings == ()
    (source,) = analysis.inputs
    assert analysis.shapes[source]["output"].shape == (None, *card.input_shape)
    assert (document.compile.loss, document.compile.metrics) == (card.answer.loss, card.answer.metrics)
    places = {(node.x, node.y) for node in document.nodes.values()}
    assert len(places) == len(document.nodes)


def test_the_empty_canvas_is_empty():
    assert open_template("blank") == GraphDocument()


def test_every_template_file_is_in_the_list():
    files = {file.stem for file in (ASSETS / "templates").glob("*.json")}
    assert files == {template.name for template in TEMPLATES}


def test_an_unknown_template_suggests_the_close_one():
    with pytest.raises(UnknownNameError, match="Did you mean 'iris'"):
        open_template("irsi")
