"""The page Data with data of one's own."""

import io
import threading
import zipfile

import numpy as np
import pytest
from PIL import Image

from app.services.data_code import data_snippet
from app.services.datasets import describe, load
from app.services.datasets.own import ImportSpec, PrepareSpec, read_source, sources, suggested, versions
from app.services.datasets.own.recipe import Split, Windows
from app.services.exports import data as data_file
from app.services.fitting import fit_to_data
from app.services.templates import open_template

SECONDS = 60


@pytest.fixture
def brought_in(services, tmp_path):
    """Brings a table in, as the page does."""

    def bring(name: str, text: str | bytes) -> str:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
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


def work_ends(services, at):
    """Waits for what this tab has begun; what was quick is done and forgotten already."""
    if "data_task" in at.session_state:
        ended(services, services.data_work.task(at.session_state["data_task"]))


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
    # It may be ready already.
    said = visitor.texts()
    work_ends(services, at)
    at.run()
    (version,) = [each for each in versions() if each.source == source.id]
    assert "is ready" in said + visitor.texts()
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
    assert "is deleted" in visitor.texts()
    visitor.button("Undo delete").click().run()
    assert "is deleted" not in visitor.texts()
    assert version.info.name in [each.info.name for each in versions()]

    # A project deleted after it stands in its place: there is one way back at a time.
    at.button(key=f"delete_data:{version.info.name}").click().run()
    next(button for button in at.button if button.label == "Delete").click().run()
    assert not at.exception
    assert (visitor.texts().count("is deleted."), "“A network” is deleted." in visitor.texts()) == (1, True)


def test_odd_cells_stop_the_work_before_it_begins_until_they_count_as_missing(tab, project, brought_in):
    source = read_source(brought_in("odd.csv", flowers() + "\n3 cm,red,rose\n"))
    visitor = tab(project())
    at = visitor.visit("data")
    at.button(key=f"look_{source.id}").click().run()
    assert "1 cell is no number, such as “3 cm” in row 122" in visitor.texts()
    assert "Count such cells as missing" in at.warning[0].value
    assert visitor.button("Prepare").disabled
    visitor.field("Odd cells of length").select("missing").run()
    assert not at.warning
    assert not visitor.button("Prepare").disabled
    assert visitor.field("Missing values of length").value == "drop"


def test_a_file_that_cannot_be_read_is_refused_in_words_where_it_was_chosen(tab, project, services, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("a,b\n1,2\n3,4,5\n")
    visitor = tab(project())
    at = visitor.visit("data")
    at.button(key="add_data").click().run()
    at.text_input(key="adding_path").input(str(path)).run()
    visitor.button("Read it").click().run()
    work_ends(services, at)
    at.run()
    assert "Row 3 has 3 cells, the first row 2" in at.error[0].value.replace("\\", "")
    at.text_input(key="adding_path").input("/nowhere.csv").run()
    visitor.button("Read it").click().run()
    assert "There is no file" in visitor.texts()
    assert all(source.file_name != "bad.csv" for source in sources())


def pictures() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packing:
        for n in range(24):
            file = io.BytesIO()
            Image.new("RGB", (16, 12), (n * 9, 40, 200 - n)).save(file, "PNG")
            packing.writestr(f"{'ab'[n % 2]}/{n}.png", file.getvalue())
    return archive.getvalue()


def arrays() -> bytes:
    file = io.BytesIO()
    np.savez(file, x=np.random.RandomState(0).rand(60, 2), y=np.arange(60) % 2)
    return file.getvalue()


def series() -> str:
    return "\n".join(
        ["day,level", *(f"2024-{n // 28 + 1:02d}-{n % 28 + 1:02d},{n % 7 + n / 50}" for n in range(90))]
    )


def texts() -> str:
    rows = (
        f"this is {'very good' if n % 2 else 'quite bad'} number {n},{'yes' if n % 2 else 'no'}"
        for n in range(60)
    )
    return "\n".join(["review,liked", *rows])


def test_every_kind_is_prepared_shown_fitted_and_taken_away(tab, project, services, brought_in):
    visitor = tab(project())
    at = visitor.visit("data")
    files = {
        "p.zip": pictures(),
        "a.npz": arrays(),
        "series.csv": series(),
        "t.csv": texts(),
        "f.csv": flowers(),
    }
    for file_name, content in files.items():
        source = read_source(brought_in(file_name, content))
        at.run()
        at.button(key=f"look_{source.id}").click().run()
        assert not at.exception
        assert not at.error
        recipe = suggested(source)
        if file_name == "series.csv":
            recipe = recipe.model_copy(update={"windows": Windows(length=7), "split": Split(by="time")})
        spec = PrepareSpec(source=source.id, title=file_name, recipe=recipe)
        name = ended(services, services.data_work.prepare(spec)).result
        at.run()
        at.button(key=f"look_{name}").click().run()
        assert not at.exception
        assert not at.error
        assert [*at.get("plotly_chart"), *at.dataframe, *at.get("image")], "samples are shown in some way"
        document = fit_to_data(open_template("iris"), describe(name))
        snippet = data_snippet(document)
        assert f"# From {file_name}" in snippet.code or "folders" in snippet.code or "arrays" in snippet.code
        compile(snippet.code, file_name, "exec")
        with np.load(io.BytesIO(data_file(document).content)) as packed:
            np.testing.assert_array_equal(packed["x_test"], load(name).test.x)


def test_what_is_cancelled_leaves_nothing_behind(services, tmp_path):
    path = tmp_path / "large.csv"
    with path.open("w") as file:
        file.write("a,b,c\n")
        for _ in range(300):
            file.write("1.25,some words,2024-01-01\n" * 1_000)
    before = {source.id for source in sources()}
    spec = ImportSpec(path=str(path), file_name="large.csv", remove=True)
    task = services.data_work.bring_in(spec)
    services.data_work.cancel(task.id)
    assert ended(services, task).state == "cancelled"
    pause = threading.Event()
    for _ in range(100):
        if not path.exists() and not services.data_work.running():
            break
        pause.wait(0.05)
    assert not path.exists()
    assert {source.id for source in sources()} == before
