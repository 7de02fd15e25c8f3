"""A process that has torch loaded and makes workers by forking, and the designer's side of it.

Python's own fork server would start each worker by importing the designer's main module; under Streamlit
that is whatever page script runs just then. This one starts from a process that has only the worker's code.
"""

import importlib
import json
import os
import selectors
import signal
import socket
import subprocess
import threading
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO

FORK, KILL = b"f", b"k"
PID_BYTES = 8
Work = Callable[[IO[bytes], IO[bytes]], None]


class ForkServer:
    """The designer's handle of the fork server, which lives until it is closed.

    Args:
        command: Starts the worker program.
        preload: Modules that workers need, imported once before any is made.
    """

    def __init__(self, command: Sequence[str], preload: Sequence[str]) -> None:
        self._socket, theirs = socket.socketpair()
        self._process = subprocess.Popen(
            [*command, str(theirs.fileno()), *preload],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            # Ctrl+C in the terminal is for the designer, which then ends the others in order.
            start_new_session=True,
        )
        theirs.close()
        self._answers = self._socket.makefile("r")
        self._ends: dict[int, int] = {}
        self._changed = threading.Condition()
        self._forking = threading.Lock()
        self._started: list[int] = []
        self._lost = False
        threading.Thread(target=self._listen, name="fork server", daemon=True).start()

    @property
    def is_running(self) -> bool:
        """Whether it can still make workers."""
        return not self._lost

    def fork(self, channel: socket.socket) -> int:
        """Makes a worker.

        Args:
            channel: The worker's end of its channel.

        Returns:
            The number of its process.

        Raises:
            OSError: The server has died.
        """
        with self._forking, self._changed:
            socket.send_fds(self._socket, [FORK], [channel.fileno()])
            self._changed.wait_for(lambda: self._started or self._lost)
            if not self._started:
                raise BrokenPipeError("the fork server has died")
            return self._started.pop()

    def wait(self, pid: int, timeout: float) -> int | None:
        """How a worker ended: its exit status, negative for a signal; None when that is not known in time."""
        with self._changed:
            self._changed.wait_for(lambda: pid in self._ends or self._lost, timeout)
            return self._ends.pop(pid, None)

    def kill(self, pid: int) -> None:
        """Ends a worker at once.

        The server does it, which knows whether the number is still that worker's.
        """
        with suppress(OSError):
            self._socket.sendall(KILL + pid.to_bytes(PID_BYTES))

    def close(self) -> None:
        """Ends the server; workers that are still busy go on until they see that the designer is gone."""
        # It may still be loading, and holds nothing that could be lost.
        self._process.kill()
        self._process.wait()
        self._socket.close()

    def _listen(self) -> None:
        # A server that ends with words unread resets the connection.
        with self._answers, suppress(ConnectionError):
            for line in self._answers:
                pid, status = json.loads(line)
                with self._changed:
                    if status is None:
                        self._started.append(pid)
                    else:
                        self._ends[pid] = status
                    self._changed.notify_all()
        with self._changed:
            self._lost = True
            self._changed.notify_all()


def serve_forks(descriptor: int, preload: Sequence[str], work: Work) -> None:
    """Makes a worker for each channel that comes in, and says how each one ended.

    Args:
        descriptor: Number of the socket to the designer.
        preload: Modules that workers need.
        work: What a worker does with its channel.
    """
    for name in preload:
        importlib.import_module(name)
    designer = socket.socket(fileno=descriptor)
    ended_here, ended_there = socket.socketpair()
    for end in (ended_here, ended_there):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    # One byte says enough: that there is no room for more is no news.
    signal.set_wakeup_fd(ended_there.fileno(), warn_on_full_buffer=False)
    try:
        _serve(designer, ended_here, ended_there, work)
    finally:
        # Before its socket is closed: workers end after the server, too, and Python would complain of each.
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def _serve(
    designer: socket.socket, ended_here: socket.socket, ended_there: socket.socket, work: Work
) -> None:
    living: set[int] = set()
    with selectors.DefaultSelector() as selector:
        selector.register(designer, selectors.EVENT_READ)
        selector.register(ended_here, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if ended_here in ready:
                ended_here.recv(4096)
                _report_ends(designer, living)
            if designer in ready:
                message, channels, _, _ = socket.recv_fds(designer, 1, 1)
                if not message:
                    return
                if message == KILL:
                    pid = int.from_bytes(designer.recv(PID_BYTES, socket.MSG_WAITALL))
                    if pid in living:
                        os.kill(pid, signal.SIGKILL)
                    continue
                pid = _fork_worker(channels[0], (designer, ended_here, ended_there), work)
                os.close(channels[0])
                living.add(pid)
                _tell(designer, pid, None)


def _fork_worker(channel: int, not_its_own: Sequence[socket.socket], work: Work) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for connection in not_its_own:
            connection.close()
        work(os.fdopen(channel, "rb"), os.fdopen(os.dup(channel), "wb"))
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        # At once: what the server does at its end is not for its children to do, and the thread that waits
        # for orders cannot be joined.
        os._exit(status)


def _report_ends(designer: socket.socket, living: set[int]) -> None:
    while living:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        living.discard(pid)
        _tell(designer, pid, os.waitstatus_to_exitcode(status))


def _tell(designer: socket.socket, pid: int, status: int | None) -> None:
    designer.sendall(json.dumps([pid, status]).encode() + b"\n")
