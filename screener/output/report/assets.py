"""What a report carries: the chart libraries, our scripts and style, and the policy that lets nothing else run."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

from screener.output.report.markup import Markup, el


@dataclass(frozen=True, slots=True)
class Library:
    """A library in ``vendor``: its file as published, and the licence that goes with every copy.

    origin: the package of the npm registry and the file inside it. global_: the name under which a page finds it.
    """

    name: str
    version: str
    file: str
    licence: str
    origin: str
    sha256: str
    global_: str


LIBRARIES: tuple[Library, ...] = (
    Library(
        "D3", "7.9.0", "d3.min.js", "d3.LICENSE", "npm d3@7.9.0 package/dist/d3.min.js",
        "f2094bbf6141b359722c4fe454eb6c4b0f0e42cc10cc7af921fc158fceb86539", "d3",
    ),
    Library(
        "Observable Plot", "0.6.17", "plot.umd.min.js", "plot.LICENSE",
        "npm @observablehq/plot@0.6.17 package/dist/plot.umd.min.js",
        "4358086467740777dd788d6b27a95cebdbaefdd50c730a3060117073bd7134cb", "Plot",
    ),
)  # fmt: skip

# In the order in which they run.
SCRIPTS = ("list.js", "charts.js")
STYLE = "report.css"

_ENDS = re.compile(r"<(?=/script|!--|script)", re.IGNORECASE)


def read(name: str) -> str:
    """Return the text of a file of this package, ``vendor/d3.min.js`` for one below it."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def scripts() -> tuple[str, ...]:
    r"""Return the scripts of a report in order: the libraries under their licences, then ours.

    None has a sequence that would end or suspend the element that it stands in: such a ``<`` is written ``\x3c``,
    which means the same in a string or a regular expression.
    """
    found = [f"/*!\n{read(f'vendor/{row.licence}')}*/\n{read(f'vendor/{row.file}')}" for row in LIBRARIES]
    return tuple(_ENDS.sub(r"\\x3c", script) for script in (*found, *(read(name) for name in SCRIPTS)))


@lru_cache(maxsize=1)
def script_elements() -> Markup:
    """Return the elements that hold :func:`scripts`."""
    return Markup("\n".join(f"<script>{script}</script>" for script in scripts()))


@lru_cache(maxsize=1)
def style_element() -> Markup:
    """Return the element that holds the style."""
    return Markup(f"<style>{read(STYLE)}</style>")


def policy() -> str:
    """Return the Content-Security-Policy: our scripts by their hashes, and no request of any kind.

    Styles are allowed inline, as charts set their own; nothing that a style can name is ever fetched.
    """
    hashes = " ".join(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts())
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def policy_element() -> Markup:
    """Return the element that puts :func:`policy` into force; it stands before everything that it rules."""
    return el("meta", http_equiv="Content-Security-Policy", content=policy())
