"""Text from outside as terminal cells: cleaned of what a terminal would obey, measured, cut, padded and wrapped."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence

ELLIPSIS = "…"

# Complete escape sequences go as a whole (CSI, OSC, DCS and its kin, two-character escapes), so that no "[31m" is left.
_SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"
    r"|(?:\x1b[PX^_]|[\x90\x98\x9e\x9f])[^\x1b\x9c]*(?:\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)
_JOINERS = "\u200c\u200d"


def clean(text: str) -> str:
    """Return ``text`` as one line that no terminal, XML parser or encoder trips over.

    Escape sequences and invisible format characters (bidirectional overrides among them) go, control characters,
    line ends and odd spaces become spaces, surrogates and non-characters become U+FFFD. Letters, marks and emoji stay.
    """
    if text.isprintable():
        return text
    return "".join(_clean_character(char) for char in _SEQUENCES.sub("", text))


def _clean_character(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    if category == "Cf":
        return char if char in _JOINERS else ""
    if category == "Cs" or ord(char) & 0xFFFE == 0xFFFE:
        return "\ufffd"
    return char


def cell_text(text: str) -> str:
    """Return :func:`clean` text with single spaces and without what makes terminals disagree about its width."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join("".join(char for char in clean(text) if not _is_ambiguous(char)).split())


def _is_ambiguous(char: str) -> bool:
    # Joiners and variation selectors turn two emoji into one on some terminals only.
    return char in _JOINERS or "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def width_of(text: str) -> int:
    """Return how many terminal cells ``text`` takes: 2 for wide East Asian characters and emoji, 0 for marks."""
    if text.isascii():
        return len(text)
    return sum(_character_width(char) for char in text)


def _character_width(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, width: int) -> str:
    """Return ``text`` if it fits into ``width`` cells, else its beginning and an ellipsis, at most ``width`` cells."""
    if width_of(text) <= width:
        return text
    if width < 1:
        return ""
    return _head(text, width - 1).rstrip() + ELLIPSIS


def _head(text: str, width: int) -> str:
    taken = 0
    for position, char in enumerate(text):
        taken += _character_width(char)
        if taken > width:
            return text[:position]
    return text


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Return ``text`` cut or filled with spaces to exactly ``width`` cells; ``right`` aligns it to the right."""
    text = cut(text, width)
    space = " " * (width - width_of(text))
    return space + text if right else text + space


def wrap(text: str, width: int, *, first: str = "", rest: str = "") -> list[str]:
    """Return ``text`` as lines of at most ``width`` cells; ``first`` and ``rest`` stand before the lines."""
    lines: list[str] = []
    line, empty = first, True
    for word in text.split():
        candidate = line + ("" if empty else " ") + word
        if not empty and width_of(candidate) > width:
            lines.append(line)
            candidate = rest + word
        line, empty = cut(candidate, width), False
    return [*lines, line]


def joined(parts: Sequence[str], width: int) -> list[str]:
    """Return ``parts`` with dots between them, in lines of at most ``width`` cells that end between two parts.

    Only a part that is wider than a line is cut.
    """
    lines: list[str] = []
    for part in parts:
        longer = f"{lines[-1]} · {part}" if lines else part
        if lines and width_of(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(cut(part, width))
    return lines


EIGHTHS = " ▏▎▍▌▋▊▉"
FULL, HALF, LIGHT = "█", "▒", "░"


def bar(share: float | None, width: int) -> str:
    """Return a bar of ``width`` cells filled to ``share`` (0 to 1, clamped) in eighths of a cell; blank for None."""
    if share is None or share != share:  # noqa: PLR0124 - NaN is the one value unlike itself, and math need not load
        return " " * width
    eighths = round(min(1.0, max(0.0, share)) * width * 8)
    full, part = divmod(eighths, 8)
    return (FULL * full + (EIGHTHS[part] if part else "")).ljust(width)


RISING = "▁▂▃▄▅▆▇"
HANGING = "▔▀"


def sparkline(values: Sequence[float | None]) -> str:
    """Return one cell a value: from zero up to the greatest size in sevenths, a space for None and NaN.

    What is negative hangs from the top: a line, or half a cell from half the greatest size on.
    """
    known = [value for value in values if value is not None and math.isfinite(value)]
    most = max(map(abs, known), default=0.0)
    return "".join(_spark(value, most) for value in values)


def _spark(value: float | None, most: float) -> str:
    if value is None or not math.isfinite(value):
        return " "
    share = value / most if most else 0.0
    if share < 0:
        return HANGING[share <= -0.5]
    return RISING[min(len(RISING) - 1, int(share * len(RISING)))]


def split_bar(parts: tuple[int, int, int], width: int) -> str:
    """Return a bar of ``width`` cells shared out to three counts: full, half and light blocks; blank for all zero.

    A count above zero gets at least one cell, so that a single unknown name is seen.
    """
    total = sum(parts)
    if total <= 0:
        return " " * width
    cells = [max(1, round(part / total * width)) if part else 0 for part in parts]
    while sum(cells) != width:
        step = 1 if sum(cells) < width else -1
        cells[cells.index(max(cells))] += step
    return "".join(block * count for block, count in zip((FULL, HALF, LIGHT), cells, strict=True))
