"""The leaves of a lineage: which fact of which filing stands behind a source tag on a filing day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from screener.standardize.lineage_nodes import Fact, Node
from screener.standardize.lineage_tables import Key, group

if TYPE_CHECKING:
    import duckdb

NO_START = date(1900, 1, 1)
# (filed, start, value, unit, form, accession), in the order in which facts of one day come into question.
Raw = tuple[date, date | None, float, str, str, str]
Period = tuple[date | None, date]


class Facts:
    """The facts of one issuer, as loaded and as known on each filing day."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        """Read the kept tables of the issuer on ``con``."""
        columns = 'eid, start, "end", event, tag, value, filed, carried'
        self._known = {
            instants: group(con, f"SELECT {columns} FROM kept_known_{name}", 5)
            for instants, name in ((True, "instants"), (False, "periods"))
        }
        self._raw = group(
            con,
            """SELECT f.eid, r.tag, r."end", r.filed, r.start, r.value, r.unit, r.form, r.accession
            FROM raw_facts r JOIN entity_filings f USING (issuer_id, filed, accession)
            WHERE r.unit IN (f.currency, 'shares', f.currency || '/shares')
            ORDER BY f.eid, r.tag, r."end", f.form_rank, r.accession DESC, abs(r.value) DESC, r.value DESC""",
            3,
        )
        self._mapped = group(con, 'SELECT tag, "end", filed, start, value, said FROM mapped_facts', 5)
        self._carried_from = group(
            con, 'SELECT c.eid, c."end", c.event, n.tag, c.source_end FROM carries c JOIN note_tags n USING (grp)', 4
        )

    def tag(self, key: Key, tag: str, *, instants: bool) -> Node:
        """Return the leaf of a source tag in the wide row ``key`` (entity, start, end, filing day)."""
        eid, start, end, event = key
        value, filed, carried = self._known[instants][*key, tag][0]
        if not carried:
            return self.leaf(eid, tag, (None if start == NO_START else start, end), filed, value)
        source = self._carried_from[eid, end, event, tag][0][0]
        leaf = self.leaf(eid, tag, (None, source), filed, value)
        note = f"carried from {source}: no note for {end} by {event}"
        return replace(leaf, method="carried", notes=(note, *leaf.notes))

    def leaf(self, eid: int, tag: str, period: Period, filed: date, value: float) -> Node:
        """Return the leaf whose fact gave ``tag`` its value on the day ``filed``, or the exact one that it rounds."""
        start, end = period
        found = [
            raw
            for raw in self._raw.get((eid, tag, end), [])
            if raw[0] <= filed and abs(raw[2]) == abs(value) and _near(raw[1], start)
        ]
        if not found:
            return Node(tag, value, "unexplained", start=start, end=end)
        best = min(found, key=lambda raw: (raw[2] != value, -raw[0].toordinal(), _apart(raw[1], start)))
        turned = best[2] != value
        notes = [f"the filing of {filed} repeats it rounded"] if best[0] != filed else []
        notes += ["the filing has the wrong sign"] if turned else []
        said = self._mapped.get((tag, end, best[0], best[1], best[2]), [(tag,)])[0][0]
        fact = Fact(said, best[3], best[1], end, best[2], best[0], best[4], best[5])
        method = "sign_fixed" if turned else "reported"
        return Node(said, value, method, start=best[1], end=end, notes=tuple(notes), fact=fact)

    def cover(self, eid: int, tag: str, known: date, value: float) -> Node:
        """Return the leaf of a cover page's figure as known on a day; it has a date of its own."""
        found = [
            (raw[0], end)
            for (entity, name, end), facts in self._raw.items()
            if (entity, name) == (eid, tag)
            for raw in facts
            if raw[0] <= known and raw[2] == value
        ]
        if not found:
            return Node(tag, value, "unexplained")
        filed, end = max(found)
        return self.leaf(eid, tag, (None, end), filed, value)


def _near(start: date | None, wanted: date | None) -> bool:
    """Tell whether a fact's first day belongs to the period: a day or two off the company's own is the same."""
    if start is None or wanted is None:
        return start is wanted
    return abs((start - wanted).days) <= 3


def _apart(start: date | None, wanted: date | None) -> int:
    return abs((start - wanted).days) if start and wanted else 0
