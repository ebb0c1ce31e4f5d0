"""The key ``params``: what may be set from outside, each with a type, a default and limits, written ``$name``."""

from __future__ import annotations

import re
from collections.abc import Mapping as Mappings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from screener.catalogue import names
from screener.language.ast import Compare, Expr, Number, Span, Text, Unary
from screener.language.document import Mapping, Node, Scalar, Sequence
from screener.language.kinds import Typed
from screener.language.reading import Reading, one_line
from screener.language.screen import Parameter
from screener.language.tokens import number_value
from screener.language.units import BARE_FRACTION_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterable

TYPES = {
    "number": "a number such as 2.5",
    "percent": "a share such as 15%",
    "money": "US dollars such as 300M",
    "choice": "one of the choices",
    "text": "a text",
    "bool": "true or false",
}
PARAM_KEYS = ("type", "default", "min", "max", "choices", "label")
PARAM_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NUMBERS = ("number", "percent", "money")
_TRUTHS = {"true": True, "yes": True, "false": False, "no": False}
_EXAMPLE = "max_debt: {default: 2.5, min: 0, max: 10, label: Most debt to EBITDA}"


@dataclass(frozen=True, slots=True)
class _Row:
    """A parameter as declared; ``low`` and ``high`` are limits as (value, as written)."""

    name: str
    type: str
    label: str = ""
    choices: tuple[str, ...] = ()
    low: tuple[float, str] | None = None
    high: tuple[float, str] | None = None


def read_params(reading: Reading, node: Node | None, given: Mappings[str, object]) -> tuple[Parameter, ...]:
    """Return the parameters with the values of ``given``, else their defaults, and make them known to ``reading``.

    A value that does not fit its type or limits, and a name that the screen does not have, are problems.
    """
    found: list[Parameter] = []
    if isinstance(node, Mapping):
        found = [row for key, value in node.entries if (row := _param(reading, key, value, given)) is not None]
        declared: Iterable[str] = [key.text for key, _ in node.entries]
    else:
        declared = ()
        if node is not None:
            reading.problem(node.span, "params must be names with defaults", f"for example: {_EXAMPLE}")
    _refuse_unknown(reading, node.span if node is not None else Span(1, 1), tuple(declared), given)
    return tuple(found)


def _refuse_unknown(reading: Reading, span: Span, declared: tuple[str, ...], given: Mappings[str, object]) -> None:
    for name in given:
        if name not in declared:
            meant = names.suggest(name, declared)
            hint = f"did you mean '{meant}'?" if meant else "it has " + (", ".join(declared) or "none")
            reading.problem(span, f"this screen has no parameter '{name}' to set", hint)


def _param(reading: Reading, key: Scalar, value: Node, given: Mappings[str, object]) -> Parameter | None:
    name = key.text.strip()
    if not PARAM_NAME.fullmatch(name):
        hint = "small letters, digits and _, beginning with a letter"
        reading.problem(key.span, f"'{name}' cannot be the name of a parameter", hint)
        return None
    keys: dict[str, Node] = {"default": value}
    if isinstance(value, Mapping):
        keys = reading.keys(value, PARAM_KEYS, f"the parameter '{name}'")
    default = keys.get("default")
    if default is None or not isinstance(default, Scalar):
        where = value.span if default is None else default.span
        reading.problem(where, f"the parameter '{name}' needs a default", f"for example: {_EXAMPLE}")
        reading.checker.params[name] = Typed(Number(0.0, "0"), "", "number")
        return None
    row = _row(reading, name, keys, default)
    written = default.text.strip()
    typed = _value(reading, row, written, default.span, "the default")
    chosen = written
    if name in given:
        chosen = _as_text(given[name])
        typed = _value(reading, row, chosen, key.span, f"the value that is set for '{name}'") or typed
    reading.checker.params[name] = typed or Typed(Number(0.0, "0"), "", "number")
    reading.values[name] = chosen
    return None if typed is None else Parameter(name, row.type, chosen, written, row.label, name in given)


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value).strip()


def _row(reading: Reading, name: str, keys: dict[str, Node], default: Scalar) -> _Row:
    choices = _choices(reading, keys.get("choices"))
    guessed = "choice" if "choices" in keys else _guess(default.text.strip())
    row = _Row(
        name,
        reading.choice(keys.get("type"), f"the type of '{name}'", tuple(TYPES), guessed),
        one_line(reading.text(keys.get("label"), "label")),
        choices,
    )
    if row.type == "choice" and not choices:
        node = keys.get("type") or default
        reading.problem(node.span, f"the parameter '{name}' needs its choices", "choices: [sector, industry]")
    if row.type != "choice" and "choices" in keys:
        reading.problem(keys["choices"].span, f"a {row.type} has no choices", "leave the type out")
    return replace(row, low=_limit(reading, row, keys, "min"), high=_limit(reading, row, keys, "max"))


def _choices(reading: Reading, node: Node | None) -> tuple[str, ...]:
    if node is None:
        return ()
    if not isinstance(node, Sequence):
        reading.problem(node.span, "choices must be a list", "choices: [sector, industry]")
        return ()
    return tuple(text for item in reading.items(node, "choices") if (text := reading.text(item, "a choice")))


def _guess(written: str) -> str:
    value = number_value(written.removeprefix("-"))
    if value is None:
        return "bool" if written.lower() in _TRUTHS else "text"
    if written.endswith("%") or written.lower().endswith("bps"):
        return "percent"
    return "money" if written[-1:].lower() in {"k", "m", "b", "t"} else "number"


def _limit(reading: Reading, row: _Row, keys: dict[str, Node], key: str) -> tuple[float, str] | None:
    node = keys.get(key)
    if node is None:
        return None
    written = reading.text(node, key)
    if row.type not in _NUMBERS:
        reading.problem(node.span, f"a {row.type} has no {key}", "limits are for numbers")
        return None
    number = _number(row, written)
    if number is None:
        reading.problem(node.span, f"{key} must be {TYPES[row.type]}, not '{written}'")
        return None
    return number, written


def _number(row: _Row, written: str) -> float | None:
    """Return the value of a number in the unit of the type, ``None`` where it is none, or one of another type."""
    value = number_value(written.removeprefix("-"))
    percent = written.endswith("%") or written.lower().endswith("bps")
    if value is None or (percent and row.type != "percent"):
        return None
    if row.type == "percent" and not percent and abs(value) >= BARE_FRACTION_LIMIT:
        return None
    return -value if written.startswith("-") else value


def _value(reading: Reading, row: _Row, written: str, span: Span, what: str) -> Typed | None:
    """Return what a parameter stands for in an expression, or ``None`` after noting why it cannot."""
    if row.type in _NUMBERS:
        return _number_value(reading, row, written, span, what)
    if row.type == "bool":
        truth = _TRUTHS.get(written.lower())
        if truth is None:
            reading.problem(span, f"{what} must be true or false, not '{written}'")
            return None
        one, other = Number(1.0, "1"), Number(float(truth), str(int(truth)))
        return Typed(Compare("=", one, other), "bool", "bool")
    if row.type == "choice" and row.choices and written not in row.choices:
        meant = names.suggest(written, row.choices)
        hint = f"did you mean '{meant}'?" if meant else ""
        reading.problem(span, f"{what} must be one of {', '.join(row.choices)}, not '{written}'", hint)
        return None
    return Typed(Text(written), "text", "text")


def _number_value(reading: Reading, row: _Row, written: str, span: Span, what: str) -> Typed | None:
    value = _number(row, written)
    if value is None:
        bare = number_value(written.removeprefix("-")) if row.type == "percent" else None
        hint = f"did you mean {written}%?" if bare is not None else ""
        reading.problem(span, f"{what} must be {TYPES[row.type]}, not '{written}'", hint)
        return None
    for limit, wrong, word in ((row.low, -1, "least"), (row.high, 1, "most")):
        if limit is not None and (value - limit[0]) * wrong > 0:
            reading.problem(span, f"{what}, {written}, is out of its limits", f"at {word} {limit[1]}")
            return None
    text = written.removeprefix("-")
    if row.type == "percent" and not text.endswith("%"):
        text = f"{abs(value) * 100:g}%"
    expr: Expr = Number(abs(value), text)
    if value < 0:
        expr = Unary("-", expr)
    return Typed(expr, "number", "ratio" if row.type == "percent" else "number")
