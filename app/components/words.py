"""Numbers, times and names as people read them."""

from datetime import UTC, datetime, timedelta

MARKDOWN = r"\`*_{}[]()<>#+-.!|~$:"


def plain(text: str) -> str:
    """A text without the characters that Markdown would read."""
    return "".join(f"\\{character}" if character in MARKDOWN else character for character in text)


def moment(seconds: float) -> str:
    """A moment in local time: "today, 14:05" or "3 May, 14:05".

    Args:
        seconds: Since 1970, UTC.
    """
    when = datetime.fromtimestamp(seconds, UTC).astimezone()
    today = datetime.now(UTC).astimezone().date()
    return f"today, {when:%H:%M}" if when.date() == today else f"{when.day} {when:%b, %H:%M}"


def duration(seconds: float) -> str:
    """A span of time: "0.8 s", "12 s", "3:05 min", "1:02:03 h"."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    text = str(timedelta(seconds=round(seconds)))
    return f"{text} h" if seconds >= 3600 else f"{text.removeprefix('0:').lstrip('0') or '0'} min"


def roughly(count: int) -> str:
    """A number that may be large: "950", "56.7 k", "3.9 G"."""
    size = float(count)
    for unit in ("", " k", " M", " G"):
        if size < 1000:
            return f"{count}" if not unit else f"{size:.3g}{unit}"
        size /= 1000
    return f"{size:.3g} T"


def number_text(value: float, digits: int = 4) -> str:
    """A number of some digits, as people write it: "0.0866", "9,491", "170,500", "1.2e-05"."""
    rounded = float(f"{value:.{digits}g}")
    return f"{rounded:,.0f}" if 1000 <= abs(rounded) < 1e15 else f"{rounded:.{digits}g}"


def so_far(known: float, shown: str, *, unknown: bool) -> str:
    """A total of which some parts may not be known: "56.7 k", "at least 56.7 k", "not known yet".

    Args:
        known: The total of the known parts.
        shown: The same as people read it.
        unknown: Whether there are other parts.
    """
    if not unknown:
        return shown
    return f"at least {shown}" if known else "not known yet"


def amount(size: float) -> str:
    """A number of bytes: "812 B", "4.1 kB", "12 MB"."""
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 10 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
