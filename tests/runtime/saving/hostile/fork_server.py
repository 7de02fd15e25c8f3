"""Opens files nobody vouches for, each in a process of its own: a child of one that has loaded the runtime.

Run as a program, it takes jobs as lines of JSON {"ways": [[way, path], …]} and answers each file with one
line of JSON. A file that kills its process is answered by the process that forked it.
"""

import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ADDRESS_SPACE = 2**30
PATIENCE = 12.0
"""Seconds of the clock until a process is ended; what counts is the time it computes."""
ROOT = Path(__file__).parents[4]


@dataclass(frozen=True)
class Outcome:
    """What came of one file.

    Args:
        kind: "loaded", "refused", "failed" (a traceback), "tripped", "crashed" or "hung".
        error: Class of the error.
        message: What it says, or what happened.
        what: What was refused by name.
        seconds: Time computed.
        megabytes: Memory over that before the file was opened, at its highest.
    """

    kind: str
    error: str = ""
    message: str = ""
    what: str = ""
    seconds: float = 0.0
    megabytes: float = 0.0


class ForkServer:
    """The process that forks, seen from outside."""

    def __init__(self) -> None:
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.runtime.saving.hostile.fork_server"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def open(self, way: str, path: Path) -> Outcome:
        """Opens one file in a process of its own."""
        return next(self.open_all([(way, path)]))

    def open_all(self, files: Sequence[tuple[str, Path]]) -> Iterator[Outcome]:
        """Opens files one after the other in one process; the next one takes over where it died."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([[way, str(path)] for way, path in files]) + "\n")
        self.process.stdin.flush()
        for _ in files:
            line = self.process.stdout.readline()
            assert line, "the process that forks has died"
            yield Outcome(**json.loads(line))

    def close(self) -> None:
        """Ends the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()


def _serve() -> None:
    """Reads jobs until there are no more."""
    from tests.runtime.saving.hostile import opening

    opening.warm_up()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        files = json.loads(line)
        while files:
            for outcome in _in_a_child(files):
                answers.write(json.dumps(outcome) + "\n")
                files = files[1:]
            answers.flush()


def _in_a_child(files: list[list[str]]) -> Iterator[dict[str, Any]]:
    """Outcomes of the files one child came through, the one it died of included."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _be_the_child(writing, files)
    os.close(writing)
    answered, rest, hung, tripped = 0, b"", False, False
    while True:
        if not select.select([reading], [], [], PATIENCE)[0]:
            os.kill(child, signal.SIGKILL)
            hung = True
            break
        chunk = os.read(reading, 65536)
        if not chunk:
            break
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            answered += 1
            found = json.loads(line)
            tripped = found["kind"] == "tripped"
            yield found
    os.close(reading)
    status = os.waitpid(child, 0)[1]
    if answered < len(files) and not tripped:
        ended = (
            f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"exit {os.WEXITSTATUS(status)}"
        )
        kind = "hung" if hung else "crashed"
        yield {"kind": kind, "message": ended}


def _be_the_child(writing: int, files: list[list[str]]) -> None:
    from tests.runtime.saving.hostile import opening

    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        used = int(_status("VmSize")) * 1024
        resource.setrlimit(resource.RLIMIT_AS, (used + ADDRESS_SPACE, used + ADDRESS_SPACE))
        opening.set_tripwires(writing)
        for way, path in files:
            Path("/proc/self/clear_refs").write_text("5")
            before, began = _status("VmRSS"), time.process_time()
            found = opening.outcome(way, path)
            found["seconds"] = time.process_time() - began
            found["megabytes"] = (_status("VmHWM") - before) / 1024
            os.write(writing, (json.dumps(found) + "\n").encode())
    except BaseException as error:
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
        os._exit(3)
    os._exit(0)


def _status(field: str) -> float:
    """A field of this process's state, in kilobytes."""
    with open("/proc/self/status") as status:
        return next(float(line.split()[1]) for line in status if line.startswith(f"{field}:"))


if __name__ == "__main__":
    _serve()
