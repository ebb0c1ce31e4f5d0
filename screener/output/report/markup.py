"""HTML from plain text: elements whose every text and attribute is cleaned and escaped on its way in."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from datetime import date
from html import escape
from typing import Any

from screener.output.cells import clean


class Markup(str):
    """Text that is HTML already; only this module and :mod:`screener.output.report.assets` make it."""

    __slots__ = ()


Child = str | int | None | Iterable["Child"]
Attribute = str | int | bool | None

VOID = ("meta", "link", "input", "br", "hr", "col")


def text(value: str) -> str:
    """Return outside text as HTML text or attribute value: one line, no control or direction characters, escaped."""
    return escape(clean(value), quote=True)


def lines(value: str) -> Markup:
    """Return outside text of several lines for ``<pre>``: every line as :func:`text`, tabs as four spaces."""
    return Markup("\n".join(text(line.replace("\t", "    ")) for line in value.splitlines()))


def join(children: Iterable[Child]) -> Markup:
    """Return children in order as one piece of HTML; ``None`` is nothing, plain text is escaped."""
    return Markup("".join(_rendered(child) for child in children))


def _rendered(child: Child) -> str:
    if isinstance(child, Markup):
        return child
    if child is None:
        return ""
    if isinstance(child, str):
        return text(child)
    return str(child) if isinstance(child, int) else join(child)


def el(tag: str, *children: Child, **attributes: Attribute) -> Markup:
    """Return an element.

    Attributes: ``class_`` and ``for_`` lose their underline, others become dashes (``aria_label``); ``True`` stands
    alone, ``None`` and ``False`` are left out.
    """
    given = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in VOID:
        return Markup(f"<{tag}{given}>")
    return Markup(f"<{tag}{given}>{join(children)}</{tag}>")


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{text(str(value))}"'


def link(address: str, *children: Child, **attributes: Attribute) -> Markup:
    """Return a link into the page or to the SEC; the children alone for any other address."""
    if address.startswith("#"):
        return el("a", *children, href=address, **attributes)
    if address.startswith("https://www.sec.gov/"):
        return el("a", *children, href=address, rel="noreferrer", **attributes)
    return join(children)


def json_block(name: str, content: object) -> Markup:
    """Return data for scripts: a JSON block that no text inside it can end; what is not a number is null."""
    said = json.dumps(plain(content), ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for sign in "<>&":
        said = said.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(f'<script type="application/json" id="{name}">{said}</script>')


def plain(value: Any) -> Any:
    """Return data as JSON takes it: cleaned texts, ISO dates, six significant digits, ``None`` for NaN and infinity."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool | int | None):
        return value
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {clean(str(key)): plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value]
