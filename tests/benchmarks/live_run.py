"""Prints what watching costs: a run with its page open against one that nobody looks at, and pages looked at.

Run from the root of the project: `python -m tests.benchmarks.live_run`.
"""

import os
import re
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import torch
from playwright.sync_api import expect

from app.services.datasets import load
from app.services.templates import open_template
from graph_compiler import lower
from runtime.callbacks import Callback
from tests.browser import SIZE, chromium, until
from tests.e2e.conftest import Designer, running_designer
from tests.e2e.visitor import Visitor

LIVE_LIMIT = 0.95
"""Share of its speed that a run must keep when its page is open."""

IDLE_LIMIT = 0.02
"""Cores that a page only looked at may cost the server."""

SECONDS = 12.0
"""How long each is looked at: reports come several epochs at a time, and a short look would miscount them."""
ROUNDS = 3
TEMPLATE = "digits_mlp"
TICK = os.sysconf("SC_CLK_TCK")


class Clock(Callback):
    """Ends a training after some seconds of its own, and counts its epochs."""

    def on_train_begin(self, logs: dict[str, object] | None = None) -> None:
        """Starts the clock."""
        self.began, self.epochs = time.process_time(), 0

    def on_epoch_end(self, epoch: int, logs: dict[str, object] | None = None) -> None:
        """Looks at it."""
        self.epochs = epoch + 1
        self.taken = time.process_time() - self.began
        if self.taken > SECONDS:
            self.model.stop_training = True


def alone() -> float:
    """Epochs a second of processor time, trained by `fit` and nothing else."""
    document = open_template(TEMPLATE)
    dataset = load(TEMPLATE.partition("_")[0])
    torch.set_num_threads(1)
    model, clock, training = lower(document, seed=1), Clock(), document.training
    model.fit(
        dataset.train.x,
        dataset.train.y,
        epochs=10**6,
        batch_size=training.batch_size,
        validation_split=training.validation_split,
        verbose=0,
        callbacks=[clock],
    )
    return clock.epochs / clock.taken


def live(designer: Designer, visitor: Visitor, *, watched: bool) -> float:
    """The same of a run in the designer, whose page is open and draws its curves, or is left."""
    project_id = designer.new_project(TEMPLATE, epochs=10**6, seed=1)
    visitor.open(project_id, "train")
    visitor.train_button.click()
    visitor.run_is("Training")
    until(lambda: designer.last_run(project_id).progress.get("epoch", 0) > 5, "some epochs")
    if not watched:
        visitor.page.goto("about:blank")
    (worker,) = designer.workers()
    epochs, used = _epochs(designer, project_id), _processor_seconds(worker)
    while _processor_seconds(worker) - used < SECONDS:
        visitor.page.wait_for_timeout(200)
    rate = (_epochs(designer, project_id) - epochs) / (_processor_seconds(worker) - used)
    if not watched:
        visitor.open(project_id, "train")
    visitor.page.get_by_role("button", name=re.compile(r"\bStop$")).click()
    visitor.run_is("Stopped")
    return rate


def idle(designer: Designer, visitor: Visitor, page: str) -> float:
    """Cores that the server uses while somebody looks at a page on which nothing goes on."""
    visitor.open(visitor.project_id, page)
    visitor.painted()
    server = designer.server.process.pid
    visitor.page.wait_for_timeout(2000)
    used, began = _processor_seconds(server), time.monotonic()
    visitor.page.wait_for_timeout(SECONDS * 1000)
    return (_processor_seconds(server) - used) / (time.monotonic() - began)


def _epochs(designer: Designer, project_id: str) -> int:
    return designer.last_run(project_id).progress["epoch"]


def _processor_seconds(pid: int) -> float:
    """Processor time a process has used; several trainings on one machine share its cores, not this."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def main() -> int:
    """Returns 1 when watching costs more than it may."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_designer(Path(folder) / "data") as designer,
        chromium() as browser,
    ):
        options: dict[str, Any] = {"viewport": SIZE, "reduced_motion": "reduce"}
        context = browser.new_context(**options)
        context.set_default_timeout(60_000)
        expect.set_options(timeout=60_000)
        visitor = Visitor(context.new_page(), designer.server.address)
        rounds = [
            (alone(), live(designer, visitor, watched=False), live(designer, visitor, watched=True))
            for _ in range(ROUNDS)
        ]
        share = median(watched / unwatched for _, unwatched, watched in rounds)
        for by_itself, unwatched, watched in rounds:
            print(
                f"epochs a second: {by_itself:.1f} by fit alone, {unwatched:.1f} as a run, "
                f"{watched:.1f} with its page open",
                flush=True,
            )
        print(f"a run has {share:.1%} of its speed while its page is open")
        cores = {page: idle(designer, visitor, page) for page in ("train", "evaluate", "data", "")}
        for page, used in cores.items():
            print(f"page {page or 'design':8} costs the server {used:.2%} of a core", flush=True)
        context.close()
    return int(share < LIVE_LIMIT or max(cores.values()) > IDLE_LIMIT)


if __name__ == "__main__":
    sys.exit(main())
