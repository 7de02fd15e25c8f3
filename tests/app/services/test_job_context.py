import io
import json

import pytest

from app.services import job_context
from app.services.job_context import JobContext


class Pipe(io.BytesIO):
    """Counts how often it is told to pass on what it has."""

    flushes = 0

    def flush(self):
        self.flushes += 1


@pytest.fixture
def pipe():
    return Pipe()


def seqs(pipe):
    return [json.loads(line)["seq"] for line in pipe.getvalue().splitlines()]


def test_quick_epochs_are_sent_together_and_in_order(pipe, tmp_path, monkeypatch):
    monkeypatch.setattr(job_context, "QUICK", 60.0)
    monkeypatch.setattr(job_context, "TOGETHER", 60.0)
    context = JobContext(pipe, tmp_path)
    context.emit("start")
    for epoch in range(1, 6):
        context.emit("epoch", epoch=epoch)
    assert pipe.flushes == 2, "the first one says that it goes on; nobody could see the others one by one"
    context.emit("log", text="all the rest")
    assert seqs(pipe) == list(range(1, 8))
    assert pipe.flushes == 3


def test_an_epoch_that_takes_its_time_is_told_at_once(pipe, tmp_path, monkeypatch):
    monkeypatch.setattr(job_context, "QUICK", 0.0)
    context = JobContext(pipe, tmp_path)
    for epoch in range(1, 4):
        context.emit("epoch", epoch=epoch)
    assert (seqs(pipe), pipe.flushes) == ([1, 2, 3], 3)
