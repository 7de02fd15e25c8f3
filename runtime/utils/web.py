"""Opens addresses, and follows a server to another address only if that is a safe one, too."""

from typing import Any
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from runtime.errors import DownloadError, ParameterError
from runtime.utils.downloads import checked_address


class _SafeRedirects(HTTPRedirectHandler):
    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        """The request for the new address."""
        try:
            checked_address(newurl)
        except ParameterError:
            fp.close()
            raise DownloadError(
                f"{req.full_url} leads on to '{newurl}', which is not https.", hint="Check the address."
            ) from None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def open_address(address: str, patience: float) -> Any:
    """The answer of a server, to be read and closed.

    Args:
        address: The address, already checked.
        patience: Seconds to wait for a sign of life.
    """
    handlers: list[Any] = [_SafeRedirects()]
    if address.startswith("http://"):
        # This very machine: no proxy can reach it.
        handlers.append(ProxyHandler({}))
    request = Request(address, headers={"User-Agent": "layerloom"})
    return build_opener(*handlers).open(request, timeout=patience)
