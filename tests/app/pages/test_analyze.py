"""The page Analyze: what layers cost and see, and how a design differs from others."""

from app.services.templates import open_template
from graph_compiler.document import DeleteNodes, SetParam, apply
from tests.graph_compiler.designs import Sketch


def test_an_empty_design_has_nothing_to_measure(tab, project):
    visitor = tab(project("blank"))
    visitor.visit("analyze")
    assert "There is nothing to measure yet" in visitor.texts()


def test_layers_stand_in_a_table_with_their_costs(tab, project):
    at = tab(project("mnist_cnn")).visit("analyze")
    table = at.dataframe[0].value.set_index("name")
    assert table.loc["conv2d", "parameters"] == 160
    assert table.loc["conv2d", "macs"] == 97344
    assert table.loc["conv2d_1", "field"] == "8 × 8"
    assert table.loc["hidden", "output"] == "batch × 64"
    assert table["macs_share"].sum() == 100
    metrics = {metric.label: metric.value for metric in at.metric}
    assert metrics["Parameters"] == "56.7 k"
    assert metrics["Multiplications"] == "707 k"


def test_the_costliest_layers_are_told(tab, project):
    visitor = tab(project("mnist_cnn"))
    visitor.visit("analyze")
    text = visitor.texts().replace("\\", "")
    assert "hidden has 90% of the parameters, conv2d_1 has 79% of the multiplications." in text


def test_memory_follows_the_batch_and_the_design_does_not(tab, project):
    visitor = tab(project("mnist_cnn"))
    at = visitor.visit("analyze")
    before = visitor.document
    assert at.number_input[0].value == before.training.batch_size
    memory = at.dataframe[0].value["memory"].sum()
    at.number_input[0].set_value(2 * before.training.batch_size).run()
    visitor.visit("analyze")
    assert at.dataframe[0].value["memory"].sum() == 2 * memory
    assert visitor.document == before


def test_what_waits_is_said_with_its_cause(tab, services):
    good = open_template("mnist_cnn")
    conv = next(key for key, node in good.nodes.items() if "filters" in node.params)
    document, _ = apply(good, SetParam(node=conv, param="filters", value=-1))
    visitor = tab(services.projects.create("Mistaken", document))
    at = visitor.visit("analyze")
    wrong = document.nodes[conv].name
    assert f"because of a mistake at {wrong}" in at.warning[0].value.replace("\\", "")
    outputs = list(at.dataframe[0].value["output"])
    assert "has a mistake" in outputs
    shown = {metric.label: metric.value for metric in at.metric}
    assert (
        shown
        | {
            "Parameters": "not known yet",
            "Multiplications": "not known yet",
        }
        == shown
    )
    assert f"waits for {wrong}" in outputs


def test_open_sizes_are_told(tab, services):
    sketch = Sketch().add("InputLayer", "input", shape=[None, 3]).add("Dense", "dense", "input", units=4)
    visitor = tab(services.projects.create("Open", sketch.document))
    visitor.visit("analyze")
    assert "a size that the Input leaves open: dense, input." in visitor.texts()


def test_a_design_is_compared_with_a_template(tab, services):
    document = open_template("mnist_cnn")
    changed, _ = apply(document, DeleteNodes(nodes=(list(document.nodes)[-1],)))
    visitor = tab(services.projects.create("Changed", changed))
    at = visitor.visit("analyze")
    at.session_state["analyze_view"] = "Compare"
    visitor.visit("analyze")
    choice = at.selectbox[0]
    choice.set_value("template:mnist_cnn")
    visitor.visit("analyze")
    assert "1 layer removed, 1 wire changed" in visitor.texts()
    (report,) = [code.value for code in at.code]
    assert "- output (Dense)" in report
    assert "- hidden → output" in report


def test_equal_designs_are_told_to_be_equal(tab, project):
    visitor = tab(project("iris"))
    at = visitor.visit("analyze")
    at.session_state["analyze_view"] = "Compare"
    visitor.visit("analyze")
    at.selectbox[0].set_value("template:iris")
    visitor.visit("analyze")
    assert "Both are the same design." in at.success[0].value
