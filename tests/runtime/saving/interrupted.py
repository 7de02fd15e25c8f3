"""Saves a model again and again, each time stopped somewhere else: `interrupted.py FOLDER ENDING`.

For each stop a process of its own is forked, which saves over the file that is there. What came of it is
printed as JSON: how the process ended, whether the file is still the old one, and what else is in the folder.
"""

import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from runtime import layers, models
from runtime.errors import LayerloomError

Stop = Callable[[], None]
PARTS = (0.0, 0.001, 0.3, 0.7, 0.999)
"""How much of the file has been written when the process is killed, or the disk is full."""


def main(folder: Path, ending: str) -> list[dict[str, Any]]:
    """What came of each stop."""
    path = folder / f"m{ending}"
    model = models.Sequential([layers.Input((60,)), layers.Dense(200), layers.Dense(60)])
    model.compile("adam", "mse")
    save = model.save_weights if "weights" in ending or ending == ".old.h5" else model.save
    save(path)
    size = path.stat().st_size
    told: list[dict[str, Any]] = []
    stops = [(f"killed at {part}", limit(size, part, kill=True)) for part in PARTS]
    stops += [(f"full at {part}", limit(size, part, kill=False)) for part in PARTS]
    while True:
        name, stop = stops.pop(0) if stops else (f"event {len(told) - 2 * len(PARTS)}", None)
        before = path.read_bytes()
        model.set_weights([weight + 1 for weight in model.get_weights()])
        stop = stop or at_event(folder, len(told) - 2 * len(PARTS))
        status, message = in_a_fork(stop, lambda: save(path))
        left = [one.name for one in folder.iterdir() if one != path]
        told.append(
            {
                "stop": name,
                "killed": os.WIFSIGNALED(status),
                "message": message,
                "same": path.read_bytes() == before,
                "left": left,
            }
        )
        for one in left:
            (folder / one).unlink()
        if not os.WIFSIGNALED(status) and not message:
            return told


def limit(size: int, part: float, *, kill: bool) -> Stop:
    """No file may be larger than a part of the size; the kernel kills who goes on, or says that it failed."""

    def stop() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL if kill else signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(size * part), resource.RLIM_INFINITY))

    return stop


def at_event(folder: Path, number: int) -> Stop:
    """A kill before the nth time that Python opens, renames or changes something in the folder."""

    def stop() -> None:
        seen = 0

        def watch(event: str, arguments: tuple[Any, ...]) -> None:
            nonlocal seen
            if event in ("open", "os.rename", "os.chmod", "os.remove") and str(folder) in str(arguments[0]):
                if seen == number:
                    os.kill(os.getpid(), signal.SIGKILL)
                seen += 1

        sys.addaudithook(watch)

    return stop


def in_a_fork(stop: Stop, action: Callable[[], Any]) -> tuple[int, str]:
    """How a process that does this ended, and what error it told."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            stop()
            action()
        except LayerloomError as error:
            os.write(writing, str(error).encode())
        except BaseException as error:
            os.write(writing, f"raw {error!r}".encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        message = pipe.read().decode()
    return os.waitpid(child, 0)[1], message


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]).resolve(), sys.argv[2])))
