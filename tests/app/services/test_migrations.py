"""Databases of older programs still open, with nothing lost."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from app.services.migrations import STEPS
from app.services.projects import Projects
from app.services.run_store import RunStore
from app.services.store import SCHEMA_VERSION, Store

GOLDEN = Path(__file__).with_name("golden")


def database(folder, form):
    file = folder / "layerloom.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript((GOLDEN / f"database_v{form}.sql").read_text("utf-8"))
    return file


def tables(file):
    """Columns and indexes of all tables; the order of columns does not matter."""
    with closing(sqlite3.connect(file)) as connection:
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        columns = {
            name: {
                (row[1], row[2], row[3], row[5]) for row in connection.execute(f"PRAGMA table_info({name})")
            }
            for name in names
        }
        indexes = {
            row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")
        }
    return columns, indexes


def test_every_older_form_has_its_step_and_a_database_to_try_it_on():
    assert sorted(STEPS) == list(range(1, SCHEMA_VERSION))
    assert sorted(GOLDEN.glob("*.sql")) == [GOLDEN / f"database_v{form}.sql" for form in sorted(STEPS)]


@pytest.mark.parametrize("form", range(1, SCHEMA_VERSION))
def test_an_older_database_opens_with_all_that_is_in_it(tmp_path, form):
    store = Store(database(tmp_path, form))
    runs = RunStore(store, "this designer")
    assert Projects(store).open("p_1").name == "Digits"
    trainings = runs.of_project("p_1")
    assert [(run.id, run.number, run.note) for run in trainings] == [
        ("r_d", 3, ""),
        ("r_b", 2, ""),
        ("r_a", 1, ""),
    ]
    assert trainings[-1].progress == {"epoch": 2, "epochs": 2, "metrics": {"loss": 0.5}}
    assert [run.number for run in runs.of_project("p_1", exports=True)] == [1]
    assert [event.data["epoch"] for event in runs.events_after("r_a")] == [1, 2]
    assert runs.document("r_a").name == "Digits"
    assert [run.id for run in runs.take_over(lambda owner: False)] == ["r_d"]
    assert runs.create("p_1", "m:f", {}).number == 4
    store.close()


@pytest.mark.parametrize("form", range(1, SCHEMA_VERSION))
def test_it_then_has_the_tables_of_a_new_one(tmp_path, form):
    old = database(tmp_path, form)
    Store(old).close()
    Store(tmp_path / "new.db").close()
    assert tables(old) == tables(tmp_path / "new.db")


def test_the_database_of_before_is_kept_beside_it(tmp_path):
    before = tables(database(tmp_path, 1))
    Store(tmp_path / "layerloom.db").close()
    assert tables(tmp_path / "layerloom.db.form-1") == before


def test_designers_that_start_at_the_same_time_migrate_once(tmp_path):
    file = database(tmp_path, 1)
    with ThreadPoolExecutor(4) as starting:
        stores = list(starting.map(lambda _: Store(file), range(4)))
    assert [run.number for run in RunStore(stores[-1], "one of them").of_project("p_1")] == [3, 2, 1]
    for store in stores:
        store.close()


def test_a_step_that_fails_leaves_the_database_as_it_was(tmp_path, monkeypatch):
    file = database(tmp_path, 1)
    before = tables(file)
    monkeypatch.setitem(STEPS, 1, (*STEPS[1], "ALTER TABLE nothing ADD COLUMN wrong"))
    with pytest.raises(Exception, match="nothing"):
        Store(file)
    assert tables(file) == before
