"""The page Data with data of one's own."""

import threading

import pytest

from app.services.datasets.own import ImportSpec, read_source, sources, versions

SECONDS = 60


@pytest.fixture
def brought_in(services, tmp_path):
    """Brings a table in, as the page does."""

    def bring(name: str, text: str) -> str:
        path = tmp_path / name
        path.write_text(text)
        return ended(services, services.data_work.bring_in(ImportSpec(path=str(path), file_name=name))).result

    return bring


def ended(services, task):
    pause = threading.Event()
    for _ in range(SECONDS * 20):
        now = services.data_work.task(task.id)
        if now.state != "running":
            return now
        pause.wait(0.05)
    raise AssertionError("the task did not end")


def flowers(rows: int = 120) -> str:
    colours, names = ("red", "blue", "white"), ("rose", "iris")
    lines = [f"{n % 7 + n / 100},{colours[n % 3]},{names[n * 7 % 5 > 2]}" for n in range(rows)]
    return "\n".join(["length,colour,flower", *lines])


def test_a_table_is_prepared_bound_fitted_and_deleted_with_a_way_back(tab, project, services, brought_in):
    source = read_source(brought_in("flowers.csv", flowers()))
    visitor = tab(project())
    at = visitor.visit("data")
    at.button(key=f"look_{source.id}").click().run()
    assert "flowers.csv" in visitor.texts().replace("\\", "")
    assert visitor.field("Target").value == "flower"
    visitor.button("Prepare").click().run()
    ended(services, services.data_work.task(at.session_state["data_task"]))
    at.run()
    (version,) = [each for each in versions() if each.source == source.id]
    assert "is ready" in visitor.texts()
    visitor.button("Use it and fit the design").click().run()
    assert visitor.document.data.dataset == version.info.name
    inputs = next(node for node in visitor.document.nodes.values() if node.layer == "InputLayer")
    assert inputs.params["shape"] == [4]
    assert not at.exception
    assert not at.error

    assert at.button(key=f"delete_data:{version.info.name}").disabled
    assert "A network" in visitor.texts()
    at.button(key="look_iris").click().run()
    visitor.button("Use this data").click().run()
    at.button(key=f"look_{version.info.name}").click().run()
    at.button(key=f"delete_data:{version.info.name}").click().run()
    assert version.info.name not in [each.info.name for each in versions()]
    at.button(key="undo_data").click().run()
    assert version.info.name in [each.info.name for each in versions()]
    assert not at.exception


def test_a_file_that_cannot_be_read_is_refused_in_words_where_it_was_chosen(tab, project, services, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("a,b\n1,2\n3,4,5\n")
    visitor = tab(project())
    at = visitor.visit("data")
    at.button(key="add_data").click().run()
    at.text_input(key="adding_path").input(str(path)).run()
    visitor.button("Read it").click().run()
    ended(services, services.data_work.task(at.session_state["data_task"]))
    at.run()
    assert "Row 3 has 3 cells, the first row 2" in at.error[0].value.replace("\\", "")
    at.text_input(key="adding_path").input("/nowhere.csv").run()
    visitor.button("Read it").click().run()
    assert "There is no file" in visitor.texts()
    assert all(source.file_name != "bad.csv" for source in sources())
