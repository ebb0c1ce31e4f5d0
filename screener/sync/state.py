"""What has been fetched so far, in one small file beside the sources; it is whole, and never runs ahead of them."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from screener.sync.download import Fetched
from screener.sync.places import STATE_NAME

DAYS = ("filed_until", "zips_until")


@dataclass
class State:
    """The sources of a data set as they lie on this machine.

    files: what is known of each file that was fetched whole, by its place. companies: the same of each company's own
    files, which are newer than those in the zip files. filed_until: the last day whose filings are all there; ``None``
    before the first sync. zips_until: the same of the zip files alone. damaged: companies with a file that the server
    has damaged.
    """

    files: dict[str, Fetched] = field(default_factory=dict)
    companies: dict[str, Fetched] = field(default_factory=dict)
    filed_until: date | None = None
    zips_until: date | None = None
    damaged: set[int] = field(default_factory=set)

    def save(self, folder: Path) -> None:
        """Write the state into the folder of the sources, in one step."""
        found = {
            "files": {place: asdict(known) for place, known in sorted(self.files.items())},
            "companies": {place: asdict(known) for place, known in sorted(self.companies.items())},
            "filed_until": self.filed_until.isoformat() if self.filed_until else None,
            "zips_until": self.zips_until.isoformat() if self.zips_until else None,
            "damaged": sorted(self.damaged),
        }
        part = folder / f".{STATE_NAME}.part"
        with part.open("w", encoding="utf-8") as out:
            json.dump(found, out, indent=1)
            out.flush()
            os.fsync(out.fileno())
        part.replace(folder / STATE_NAME)


def read_state(folder: Path) -> State:
    """Return the state of the sources in ``folder``; an empty one where there is none, or none that can be read.

    Without a state all is asked for again: that is slow, and never wrong.
    """
    try:
        found = json.loads((folder / STATE_NAME).read_text(encoding="utf-8"))
        filed, zips = (date.fromisoformat(day) if (day := found[name]) else None for name in DAYS)
        damaged = {int(cik) for cik in found.get("damaged", ())}
        return State(_known(found["files"]), _known(found["companies"]), filed, zips, damaged)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return State()


def _known(found: dict[str, dict[str, Any]]) -> dict[str, Fetched]:
    """Return what is known of files; ``TypeError`` for what is no text or number where it should be one."""
    known = {place: Fetched(**{**content, "new": False}) for place, content in found.items()}
    for row in known.values():
        texts, numbers = (row.url, row.etag, row.modified, row.sha256), (row.size, row.changed_ns)
        if not all(isinstance(text, str) for text in texts) or not all(isinstance(number, int) for number in numbers):
            raise TypeError(row)
    return known
