"""Templates reach the results their data sets promise on a user's way: document, lowering, job, process."""

import threading
import time

import pytest

from app.services.evaluation import read_evaluation
from app.services.jobs import JobPool
from app.services.projects import Projects
from app.services.run_store import RunStore
from app.services.settings import resolve_settings
from app.services.store import Store
from app.services.templates import open_template
from app.services.train_job import JOB, TrainSpec
from graph_compiler.document import SetTraining, apply, dump_document

DEADLINE = 120.0
TEMPLATES = (
    "iris",
    "penguins",
    "digits_mlp",
    "digits_autoencoder",
    "cars",
    "sunspots",
    "language_id",
    "mnist_mlp",
    "mnist_cnn",
)


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    settings = resolve_settings(tmp_path_factory.mktemp("data"))
    store = Store(settings.database)
    runs = RunStore(store, owner="gates")
    pool = JobPool(settings, runs, limit=1)
    yield settings, runs, pool, Projects(store).create("Gates").id
    pool.close()
    store.close()


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_reaches_its_gate(bench, name):
    settings, runs, pool, project_id = bench
    document = open_template(name)
    seeded = document.training.model_copy(update={"seed": 0})
    document, _ = apply(document, SetTraining(training=seeded))
    spec = TrainSpec(document=dump_document(document), dataset=document.data.dataset)
    run = pool.submit(project_id, JOB, spec.model_dump())
    until = time.monotonic() + DEADLINE
    while (now := runs.get(run.id)).is_open:
        assert time.monotonic() < until, f"{name} is still training"
        threading.Event().wait(0.02)
    assert now.state == "finished", now.reason
    evaluation = read_evaluation(settings.run_dir(run.id))
    gate = evaluation.dataset.info.gate
    assert gate.reached(evaluation.measures[gate.measure]), f"{evaluation.measures}, wanted {gate}"
