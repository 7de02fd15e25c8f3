"""The command `layerloom`: starts the designer on this machine and opens the browser."""

import argparse
import errno
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Sequence
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
DEFAULT_PORT = 8501
MAIN_SCRIPT = Path(__file__).parent / "entry" / "designer.py"
BROWSER_DEADLINE = 60.0
"""Seconds the server may take to answer before the browser is no longer opened for the user."""

STREAMLIT_OPTIONS: dict[str, Any] = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "global.developmentMode": False,
    "logger.hideWelcomeMessage": True,
    # What users need to know is said here; errors of pages are logged all the same.
    "logger.level": "error",
    # Else a run that replaces another begins beside it, in a thread of its own: both save the project, the
    # second takes the first for another tab, and what callbacks of the first keep in the session is dropped.
    "runner.fastReruns": False,
    # A full collection after each script run costs more than the run itself on a page with live curves.
    "runner.postScriptGC": False,
    "server.address": HOST,
    # A page elsewhere whose name is pointed at this machine (DNS rebinding) gets no session.
    "server.allowedHosts": [HOST, "localhost"],
    "server.enableAgentApi": False,
    "server.enableCORS": True,
    "server.enableXsrfProtection": True,
    "server.fileWatcherType": "none",
    # The browser is opened here, once the server answers.
    "server.headless": True,
    "server.maxUploadSize": 1024,
    # One colour for each: a theme that sets "theme.primaryColor" would be light for everybody.
    "theme.dark.primaryColor": "#7c9bff",
    "theme.light.primaryColor": "#3d63dd",
}


class PortError(Exception):
    """The port cannot be listened on."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command `layerloom`.

    Args:
        arguments: The words after the command's name; those of this process when None.

    Returns:
        The exit status: 0 after an orderly end, 1 when the designer could not start.
    """
    options = _parser().parse_args(arguments)
    # Imported late: these load torch, which `layerloom --help` has no use for.
    from app.services.settings import DATA_DIR_VARIABLE, resolve_settings  # noqa: PLC0415
    from runtime.errors import LayerloomError  # noqa: PLC0415

    try:
        settings = resolve_settings(options.data_dir)
        port = _free_port(options.port)
    except (LayerloomError, PortError) as error:
        _say(f"layerloom: {error}", file=sys.stderr)
        return 1
    if options.port not in (0, port):
        _say(f"Port {options.port} is taken by another program: using {port}.")
    os.environ[DATA_DIR_VARIABLE] = str(settings.data_dir)
    url = f"http://{HOST}:{port}"
    _say(f"Layerloom is at {url} (Ctrl+C ends it). Your work is kept in {settings.data_dir}.")
    if options.browser:
        threading.Thread(target=_open_when_ready, args=(url, port), daemon=True).start()
    _serve(port)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="layerloom",
        description="Design a neural network in the browser, train it, and take it away as code or a file.",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=DEFAULT_PORT,
        help="port to listen on; a free one is taken when it is busy, and 0 takes any (default: %(default)s)",
    )
    parser.add_argument("--data-dir", metavar="FOLDER", help="where projects, runs and files are kept")
    parser.add_argument(
        "--no-browser", dest="browser", action="store_false", help="do not open the browser at the start"
    )
    parser.add_argument("--version", action="version", version=f"layerloom {_version()}")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {text!r}")
    return int(text)


def _version() -> str:
    try:
        return version("layerloom")
    except PackageNotFoundError:
        return "(not installed)"


def _free_port(wanted: int) -> int:
    """The wanted port, or any free one when another program listens there."""
    try:
        return _bindable(wanted)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise PortError(
                f"Port {wanted} cannot be used: {error.strerror}. Choose one above 1023 with --port."
            ) from error
    return _bindable(0)


def _bindable(port: int) -> int:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        if os.name == "posix":
            # As the server does it: a port in TIME_WAIT is free. On Windows the option would hide a conflict.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))
        return int(probe.getsockname()[1])


def _open_when_ready(url: str, port: int) -> None:
    pause = threading.Event()
    for _ in range(int(BROWSER_DEADLINE / 0.1)):
        with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
            if probe.connect_ex((HOST, port)) == 0:
                webbrowser.open(url)
                return
        pause.wait(0.1)


def _serve(port: int) -> None:
    """Runs Streamlit in this process until it is told to end."""
    # Imported late, as above.
    from streamlit.web import bootstrap  # noqa: PLC0415

    flags = STREAMLIT_OPTIONS | {"server.port": port}
    bootstrap.load_config_options(flags)
    bootstrap.run(str(MAIN_SCRIPT), False, [], flags)


def _say(text: str, file: Any = None) -> None:
    print(text, file=file, flush=True)


if __name__ == "__main__":
    sys.exit(main())
