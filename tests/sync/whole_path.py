"""The one line of the docs that goes from nothing to a workbook, and a shell that runs it in an empty home."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import warnings
from pathlib import Path

from tests.sync.server import Site

ROOT = Path(__file__).resolve().parents[2]
LINE = re.compile(r"^(screener data sync .*&& screener run .*)$", flags=re.MULTILINE)


def documented() -> set[str]:
    """Return the line as the README and the page on data have it."""
    return {line for page in ("README.md", "docs/data.md") for line in LINE.findall((ROOT / page).read_text("utf-8"))}


def in_a_shell(line: str, folder: Path, site: Site) -> subprocess.CompletedProcess[str]:
    """Run a line in an empty home below ``folder``, with ``site`` in the place of the SEC."""
    home, programs = folder / "home", folder / "bin"
    home.mkdir()
    programs.mkdir()
    program = programs / "screener"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m screener "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    kept = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ}
    environment = kept | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "HOME": str(home),
        "SCREENER_SEC_SITE": site.url, "SCREENER_SEC_API": site.url, "NO_PROXY": "127.0.0.1",
    }  # fmt: skip
    return subprocess.run(
        ["/bin/sh", "-c", line], cwd=home, env=environment, capture_output=True, text=True, check=False
    )


def shortlist(path: Path) -> dict[str, tuple[str, str]]:
    """Return (name, address behind the ticker) of each ticker in a workbook."""
    import openpyxl

    with warnings.catch_warnings():
        # openpyxl does not know the 2010 data bar and says so.
        warnings.simplefilter("ignore")
        sheet = openpyxl.load_workbook(path)["Shortlist"]
    heads = [cell.value for cell in sheet[1]]
    ticker, name = heads.index("Ticker"), heads.index("Name")
    return {str(row[ticker].value): (str(row[name].value), row[ticker].hyperlink.target) for row in sheet.iter_rows(2)}
