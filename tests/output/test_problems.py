"""Problems as editors and programs read them."""

from __future__ import annotations

import json
import re

from screener.language.resolve import check_screen
from screener.output.problems import problems_text

TEXT = "rules:\n  - roe > 15\n  - roicc > 5%\n"


def test_editor_lines() -> None:
    """One line a problem, in the form that compilers use: file:line:column: severity: message."""
    lines = problems_text(check_screen(TEXT, "a b.yaml"), "editor").splitlines()
    assert lines == [
        "a b.yaml:2:11: warning: 15 means 1,500% here (did you mean 15%?) [unit]",
        "a b.yaml:3:5: error: unknown name 'roicc' (did you mean 'roic'?) [unknown-name]",
    ]
    matcher = re.compile(r"^(.+):(\d+):(\d+): (error|warning): (.*) \[([a-z-]+)\]$")
    assert all(matcher.match(line) for line in lines)


def test_json() -> None:
    """A list of objects; the end column is the first behind what is wrong; no problems are an empty list."""
    found = json.loads(problems_text(check_screen(TEXT, "x.yaml"), "json"))
    assert found[1] == {
        "path": "x.yaml", "line": 3, "column": 5, "end_column": 10, "severity": "error", "code": "unknown-name",
        "message": "unknown name 'roicc'", "hint": "did you mean 'roic'?",
    }  # fmt: skip
    assert json.loads(problems_text((), "json")) == []


def test_carets_stand_below() -> None:
    """A caret stands below its character where others take two cells or none, and where a long line is cut."""
    wide = check_screen('rules: [name = "不動産" and roicc > 5%]')[0].render().splitlines()
    # Three characters take six cells.
    assert wide[2].index("^") - wide[1].index("roicc") == 3
    accent = check_screen('rules: [name = "Cafe\u0301" and roicc > 5%]')[0].render().splitlines()
    assert accent[2].index("^") - accent[1].index("roicc") == -1
    long = check_screen(f"rules: ['{'roic > 5% and ' * 60}roicc > 5%']")[0].render().splitlines()
    assert len(long[1]) < 140
    assert long[1][long[2].index("^") :].startswith("roicc")
