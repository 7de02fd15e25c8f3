"""From a design to a file and back: the same design."""

import pytest
from hypothesis import assume, given

from app.services.templates import TEMPLATES, open_template
from graph_compiler import analyze, lower
from graph_compiler.compile_settings import make_loss, make_optimizer
from graph_compiler.document import GraphDocument
from graph_compiler.importers import import_file, import_model
from runtime import metrics
from tests.graph_compiler.designs import DESIGNS
from tests.graph_compiler.importers.comparing import as_design
from tests.graph_compiler.random_designs import designs
from tests.runtime.drawn import examples


def assert_comes_back(document: GraphDocument, imported: GraphDocument) -> None:
    assert as_design(imported) == as_design(document)
    settings, wanted = imported.compile, document.compile
    assert make_loss(settings).get_config() == make_loss(wanted).get_config()
    assert make_optimizer(settings).get_config() == make_optimizer(wanted).get_config()
    assert [metrics.get(name).name for name in settings.metrics if name != "accuracy"] == [
        metrics.get(name).name for name in wanted.metrics if name != "accuracy"
    ]


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize("ending", ["h5", "keras"])
def test_designs_come_back_from_files(name, ending, tmp_path):
    document = DESIGNS[name]()
    model = lower(document, seed=1)
    model.save(tmp_path / f"model.{ending}")
    imported = import_file(tmp_path / f"model.{ending}")
    assert imported.remarks == ()
    assert_comes_back(document, imported.document)


@pytest.mark.parametrize("template", [t for t in TEMPLATES if t.name != "blank"], ids=lambda t: t.name)
def test_templates_come_back_from_models(template):
    document = open_template(template.name)
    assert_comes_back(document, import_model(lower(document, seed=1)).document)


@given(designs())
@examples(15)
def test_random_designs_come_back_from_models(document):
    analysis = analyze(document)
    assume(analysis.ok and not analysis.findings)
    imported = import_model(lower(document, seed=0))
    assert as_design(imported.document) == as_design(document)
