import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from app.services.projects import Projects
from app.services.store import About, ProjectRow, Store
from graph_compiler.document import GraphDocument
from runtime.errors import FileFormatError


def test_a_database_is_opened_again_with_what_is_in_it(tmp_path):
    store = Store(tmp_path / "layerloom.db")
    created = Projects(store).create("Digits")
    store.close()
    store = Store(tmp_path / "layerloom.db")
    assert Projects(store).open(created.id) == created
    store.close()


def test_a_database_of_a_newer_program_is_refused_and_left_as_it_is(tmp_path):
    file = tmp_path / "layerloom.db"
    store = Store(file)
    with store.write() as session:
        session.execute(update(About).values(schema_version=99))
    store.close()
    before = file.read_bytes()
    with pytest.raises(FileFormatError, match=r"newer Layerloom \(form 99"):
        Store(file)
    assert file.read_bytes() == before


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "layerloom.db").write_bytes(b"no database, but long enough to look like one" * 100)
    with pytest.raises(FileFormatError, match="not a database"):
        Store(tmp_path / "layerloom.db")


def test_writers_that_read_first_wait_for_each_other(tmp_path):
    store = Store(tmp_path / "layerloom.db")
    project = Projects(store).create("Counter", GraphDocument())

    def add_one(_):
        with store.write() as session:
            session.get(ProjectRow, project.id).revision += 1

    with ThreadPoolExecutor(8) as writers:
        list(writers.map(add_one, range(64)))
    assert Projects(store).open(project.id).revision == 65
    store.close()


def test_a_transaction_that_raises_is_undone(tmp_path):
    store = Store(tmp_path / "layerloom.db")
    project = Projects(store).create("Kept")

    def write_and_fail():
        with store.write() as session:
            session.get(ProjectRow, project.id).name = "Lost"
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert Projects(store).open(project.id).name == "Kept"
    store.close()


def test_the_log_is_written_ahead(tmp_path):
    store = Store(tmp_path / "layerloom.db")
    connection = sqlite3.connect(tmp_path / "layerloom.db")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
    store.close()
