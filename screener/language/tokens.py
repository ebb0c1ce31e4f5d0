"""Text of an expression → tokens with offsets: numbers as people write them, dates, periods, words and operators."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date

# How many zeros a suffix stands for, as a power of ten.
SCALES: dict[str, int] = {"": 0, "%": -2, "bps": -4, "k": 3, "m": 6, "b": 9, "t": 12}

KEYWORDS = frozenset({"and", "or", "not", "in", "is", "between"})

_TOKEN = re.compile(
    r"""(?P<space>[\s\u00a0]+)
      | (?P<date>\d{4}-\d{2}-\d{2}(?![\w-]))
      | (?P<number>(?:\d[\d_]*(?:\.[\d_]+)?|\.\d[\d_]*)(?:[eE][+-]?\d{1,4})?(?:\x20?%|[A-Za-z][A-Za-z0-9_]*)?)
      | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<param>\$[A-Za-z_][A-Za-z0-9_]*)
      | (?P<text>"(?:[^"]|"")*"|'(?:[^']|'')*')
      | (?P<op><=|>=|==|!=|<>|&&|\|\||[<>=≤≥≠+\-*/^(),\[\]])
    """,
    re.VERBOSE | re.ASCII,
)
_NUMBER = re.compile(r"(?P<digits>[\d_.]+)(?:[eE](?P<exponent>[+-]?\d{1,4}))?\s?(?P<suffix>%|[A-Za-z]\w*)?", re.ASCII)

_SAME_OPERATOR = {"==": "=", "≤": "<=", "≥": ">=", "≠": "!="}
_OTHER_LANGUAGES = {
    "<>": "!=",
    "&&": "and",
    "||": "or",
    "!": "not",
    "$": "the number alone; all money is in US dollars",
    "€": "the number alone; all money is in US dollars",
    "£": "the number alone; all money is in US dollars",
    ":": "= or another comparison",
    ";": "one condition a line, or 'and' between two",
}


class ExpressionError(Exception):
    """What is wrong with the text of one expression, at an offset; becomes a Problem where the file is known."""

    def __init__(self, message: str, offset: int, length: int = 1, hint: str = "") -> None:
        """Carry message, 0-based offset into the expression, length in characters and hint."""
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.length = max(1, length)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Token:
    """A token, ``text`` as written, ``value`` its meaning.

    kind: ``number period date text word param op end``.
    """

    kind: str
    text: str
    start: int
    end: int
    value: float | str | date | tuple[int, str] = ""

    def describe(self) -> str:
        """Return how an error message names the token."""
        return "end of expression" if self.kind == "end" else f"'{self.text}'"


def number_value(text: str) -> float | None:
    """Return the value of a number as people write it (``15%`` is 0.15, ``2.5B`` is 2.5e9), ``None`` if it is none."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return None
    scale = SCALES.get((match["suffix"] or "").lower())
    digits = match["digits"].replace("_", "")
    if scale is None or digits.count(".") > 1 or not digits.strip("."):
        return None
    # Through text, so that 1.1% is the double nearest to 0.011 and not 1.1 / 100.
    value = float(f"{digits}e{int(match['exponent'] or 0) + scale}")
    return value if math.isfinite(value) else None


def next_token(text: str, offset: int) -> Token:
    """Return the first token of ``text`` at or after ``offset``; ``ExpressionError`` where there can be none."""
    match = _TOKEN.match(text, offset)
    if match is not None and match.lastgroup == "space":
        offset = match.end()
        match = _TOKEN.match(text, offset)
    if match is None:
        if offset >= len(text):
            return Token("end", "", len(text), len(text))
        raise _no_token(text, offset)
    kind, written = match.lastgroup or "", match.group()
    if kind == "number":
        return _number(written, match.start(), match.end())
    value: float | str | date = written
    if kind in {"word", "param"}:
        value = written.lower().removeprefix("$")
    elif kind == "text":
        value = written[1:-1].replace(written[0] * 2, written[0])
    elif kind == "date":
        value = _date(written, match.start())
    elif written in _OTHER_LANGUAGES:
        raise _no_token(text, offset)
    else:
        value = _SAME_OPERATOR.get(written, written)
    return Token(kind, written, match.start(), match.end(), value)


def _number(written: str, start: int, end: int) -> Token:
    period = re.fullmatch(r"(\d{1,4})([yYqQ])", written)
    if period is not None:
        return Token("period", written, start, end, (int(period[1]), period[2].lower()))
    value = number_value(written)
    if value is not None:
        return Token("number", written, start, end, value)
    suffix = (_NUMBER.fullmatch(written) or {"suffix": ""})["suffix"] or ""
    if suffix.lower() in SCALES:
        raise ExpressionError(f"'{written}' is not a number that can be computed with", start, len(written))
    if suffix.lower() in {"year", "years", "yr", "yrs", "quarter", "quarters", "qtr", "d", "mo", "months"}:
        hint = "a period is written in years or quarters: 5y, 8q"
    elif suffix.lower() in {"bn", "mn", "mln", "mm", "bln"}:
        hint = "millions are written 300M, billions 2.5B"
    elif suffix.lower() == "x":
        hint = "a multiple is written as a plain number: 2.5"
    else:
        hint = "numbers end in %, bps, k, M, B or T; periods in y or q"
    raise ExpressionError(f"'{written}' is not a number", start, len(written), hint)


def _date(written: str, start: int) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise ExpressionError(f"'{written}' is not a day of the calendar", start, len(written)) from None


def _no_token(text: str, offset: int) -> ExpressionError:
    char = text[offset : offset + 2] if text[offset : offset + 2] in _OTHER_LANGUAGES else text[offset]
    if char in {'"', "'"}:
        hint = f"close it with {char}"
        return ExpressionError("this quoted text has no end", offset, len(text) - offset, hint)
    if char in "“”‘’":
        return ExpressionError(f"unexpected '{char}'", offset, 1, 'quotes are straight here: "Real Estate"')
    if char == "−":
        return ExpressionError("unexpected '−'", offset, 1, "the minus sign is the plain hyphen: -")
    other = _OTHER_LANGUAGES.get(char)
    hint = f"here one writes {other}" if other else ""
    return ExpressionError(f"unexpected '{char}'", offset, len(char), hint)
