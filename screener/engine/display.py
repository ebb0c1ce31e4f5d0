"""How results show themselves in a session or a notebook: in the way that the output room has registered for them."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

# Class name → what makes its text (for people, without colours) and its HTML; output/notebook.py fills them. Names and
# not classes, so that nothing must be imported that is never shown.
TEXT: dict[str, Callable[[Any], str]] = {}
HTML: dict[str, Callable[[Any], str]] = {}


class Shown:
    """A result that prints as people read it: as text in a session, as HTML in a notebook."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return the text that the command line would print."""
        make = _registered(TEXT, type(self))
        return make(self).rstrip("\n") if make else object.__repr__(self)

    def _repr_html_(self) -> str:
        """Return HTML for a notebook; every text in it is escaped."""
        make = _registered(HTML, type(self))
        return make(self) if make else f"<pre>{escape(repr(self))}</pre>"


def _registered(table: dict[str, Callable[[Any], str]], shown: type) -> Callable[[Any], str] | None:
    return next((table[parent.__name__] for parent in shown.__mro__ if parent.__name__ in table), None)
