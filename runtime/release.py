"""Which version of the package this is."""

__version__ = "0.1.0"


def version() -> str:
    """The version of this package, as text."""
    return __version__
