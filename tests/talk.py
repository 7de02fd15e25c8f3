"""What a page of Streamlit and its server say to each other about runs of the script."""

from playwright.sync_api import Page, WebSocket
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


class Talk:
    """Listens to a page that is yet to be opened.

    The page itself shows that a run goes on only when it has heard of it: between a click and that moment it
    looks as if it were at rest.
    """

    def __init__(self, page: Page) -> None:
        self._asked = self._runs = False
        page.on("websocket", self._listen)

    @property
    def is_over(self) -> bool:
        """Whether every run that was asked for has begun and ended; those by a clock do not count."""
        return not self._asked and not self._runs

    def _listen(self, socket: WebSocket) -> None:
        # What was asked for through another connection, before it broke, is asked for again or forgotten.
        self._asked = self._runs = False
        socket.on("framesent", self._note_sent)
        socket.on("framereceived", self._note_received)

    def _note_sent(self, frame: str | bytes) -> None:
        if isinstance(frame, bytes):
            said = BackMsg.FromString(frame)
            self._asked |= said.WhichOneof("type") == "rerun_script" and not said.rerun_script.is_auto_rerun

    def _note_received(self, frame: str | bytes) -> None:
        if isinstance(frame, bytes):
            match ForwardMsg.FromString(frame).WhichOneof("type"):
                case "new_session":
                    self._asked, self._runs = False, True
                case "script_finished":
                    self._runs = False
                case _:
                    pass
