import subprocess
import sys

SERVER = """
import json, os, signal, socket
from app.services.fork_server import FORK, serve_forks

ours, theirs = socket.socketpair()
_, channel = socket.socketpair()
socket.send_fds(ours, [FORK], [channel.fileno()])
ours.shutdown(socket.SHUT_WR)
serve_forks(theirs.detach(), [], lambda orders, reports: signal.pause())
pid, _ = json.loads(ours.recv(100))
os.kill(pid, signal.SIGKILL)
os.waitpid(pid, 0)
"""
"""A designer that is gone before its worker ends."""


def test_workers_may_end_after_the_server_without_a_word():
    told = subprocess.run([sys.executable, "-c", SERVER], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")
