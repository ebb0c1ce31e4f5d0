"""Problems for those who read them: text with the line and a caret, one line each for editors, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from screener.errors import Problem

FORMATS = ("text", "editor", "json")


def problems_text(problems: Iterable[Problem], fmt: str = "text") -> str:
    """Return problems as text, ``""`` for none; as ``json`` always a list.

    ``editor``: ``path:line:column: severity: message (hint) [code]``, the form of compilers. ``json``: a list of
    objects with ``path line column end_column severity code message hint``; lines and columns begin with 1 and count
    characters, ``end_column`` is the first behind what is wrong; all are 0 where a problem has no place.
    """
    if fmt == "json":
        found = [as_dict(problem) for problem in problems]
        return json.dumps(found, indent=2, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n"
    form = _line if fmt == "editor" else _paragraph
    return "".join(form(problem) + "\n" for problem in problems)


def as_dict(problem: Problem) -> dict[str, Any]:
    """Return the fields that a program needs."""
    return {
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
        "end_column": problem.column + problem.length if problem.column else 0,
        "severity": problem.severity,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
    }


def _line(problem: Problem) -> str:
    place = f"{problem.path}:{problem.line or 1}:{problem.column or 1}: " if problem.path else ""
    hint = f" ({problem.hint})" if problem.hint else ""
    code = f" [{problem.code}]" if problem.code else ""
    return " ".join(f"{place}{problem.severity}: {problem.message}{hint}{code}".split())


def _paragraph(problem: Problem) -> str:
    return problem.render() + "\n"
