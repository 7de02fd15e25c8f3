"""The examiner with its real processes."""

import os
import signal
import threading

import numpy as np
import pytest

import runtime as keras
from app.services.evaluation import CHECKPOINT
from app.services.examining import Examiner, ExaminerError, serving
from app.services.examining import examiner as examiner_module
from app.services.examining.messages import Message
from app.services.settings import resolve_settings
from runtime import layers

X = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)


def keep_model(settings, run_id, seed=0):
    keras.utils.set_random_seed(seed)
    inputs = keras.Input((3,))
    model = keras.Model(inputs, layers.Dense(2, name="answer")(inputs))
    settings.run_dir(run_id).mkdir(exist_ok=True)
    model.save(settings.run_dir(run_id) / CHECKPOINT)
    return model.predict(X, verbose=0)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    return resolve_settings(tmp_path_factory.mktemp("examiner"))


@pytest.fixture
def examiner(here, forked):
    found = Examiner(here, forked)
    yield found
    found.close()


def answers(examiner, run_id):
    return examiner.ask(run_id, "predict", {"x": X}).arrays["y0"]


def test_it_asks_a_model_again_and_again_in_one_process(examiner, here):
    expected = keep_model(here, "r_one")
    np.testing.assert_allclose(answers(examiner, "r_one"), expected, rtol=1e-6)
    pid = examiner.pid("r_one")
    np.testing.assert_allclose(answers(examiner, "r_one"), expected, rtol=1e-6)
    assert examiner.pid("r_one") == pid != os.getpid()


def test_who_was_killed_is_started_anew(examiner, here):
    expected = keep_model(here, "r_killed")
    answers(examiner, "r_killed")
    pid = examiner.pid("r_killed")
    os.kill(pid, signal.SIGKILL)
    np.testing.assert_allclose(answers(examiner, "r_killed"), expected, rtol=1e-6)
    assert examiner.pid("r_killed") != pid


def test_a_newer_model_is_loaded(examiner, here):
    before = keep_model(here, "r_newer")
    np.testing.assert_allclose(answers(examiner, "r_newer"), before, rtol=1e-6)
    after = keep_model(here, "r_newer", seed=1)
    assert not np.allclose(before, after)
    np.testing.assert_allclose(answers(examiner, "r_newer"), after, rtol=1e-6)


def test_what_cannot_be_said_is_answered_in_words(examiner, here, monkeypatch):
    monkeypatch.setitem(serving.QUESTIONS, "endless", lambda probe, arrays: Message({"size": float("inf")}))
    keep_model(here, "r_endless")
    with pytest.raises(ExaminerError, match=r"worker\.log"):
        examiner.ask("r_endless", "endless")


def test_a_process_nobody_asks_ends_by_itself(here, forked):
    keep_model(here, "r_idle")
    examiner = Examiner(here, forked, idle=0.2)
    answers(examiner, "r_idle")
    assert forked.prepare().wait(examiner.pid("r_idle"), 20) == 0
    answers(examiner, "r_idle")
    examiner.close()


def test_what_is_asked_wrongly_is_answered_in_words(examiner, here):
    keep_model(here, "r_wrong")
    with pytest.raises(ExaminerError, match="no layer 'nothing' with weights"):
        examiner.ask("r_wrong", "weights", layer="nothing")
    with pytest.raises(ExaminerError, match=r"worker\.log"):
        examiner.ask("r_wrong", "predict", {})
    pid = examiner.pid("r_wrong")
    answers(examiner, "r_wrong")
    assert examiner.pid("r_wrong") == pid
    with pytest.raises(ExaminerError, match="kept no model"):
        examiner.ask("r_nobody", "predict", {"x": X})


def test_who_takes_too_long_is_ended(here, forked):
    keep_model(here, "r_slow")
    examiner = Examiner(here, forked, patience=0.0)
    with pytest.raises(ExaminerError, match="has not answered"):
        answers(examiner, "r_slow")
    assert examiner.pid("r_slow") is None


def test_the_one_asked_longest_ago_makes_room(examiner, here, monkeypatch):
    monkeypatch.setattr(examiner_module, "MOST_MODELS", 2)
    for name in ("r_a", "r_b", "r_a", "r_c"):
        keep_model(here, name) if name not in os.listdir(here.runs_dir) else None
        answers(examiner, name)
    assert [examiner.pid(name) is None for name in ("r_a", "r_b", "r_c")] == [False, True, False]


def test_many_may_ask_at_once(examiner, here):
    expected = keep_model(here, "r_many")
    found = []
    threads = [threading.Thread(target=lambda: found.append(answers(examiner, "r_many"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    for one in found:
        np.testing.assert_allclose(one, expected, rtol=1e-6)
