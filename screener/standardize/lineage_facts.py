"""The leaves of a lineage: which fact of which filing stands behind a source tag on a filing day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from screener.standardize.lineage_nodes import Fact, Node
from screener.standardize.lineage_tables import Key, group

if TYPE_CHECKING:
    import duckdb

NO_START = date(1900, 1, 1)
# (filed, start, value, unit, form, accession), in the order in which facts of one day come into question.
Raw = tuple[date, date | None, float, str, str, str]


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
        self._carried_from = group(
            con, 'SELECT c.eid, c."end", c.event, n.tag, c.source_end FROM carries c JOIN note_tags n USING (grp)', 4
        )

    def tag(self, key: Key, tag: str, *, instants: bool) -> Node:
        """Return the leaf of a source tag in the wide row ``key`` (entity, start, end, filing day)."""
        eid, start, end, event = key
        ((value, filed, carried),) = self._known[instants][*key, tag][:1]
        if not carried:
            return self.leaf(eid, tag, None if start == NO_START else start, end, filed, value)
        source = self._carried_from[eid, end, event, tag][0][0]
        note = f"carried from {source}: {end} has no note of its own by {event}"
        return self.leaf(eid, tag, None, source, filed, value, method="carried", note=note)

    def leaf(
        self, eid: int, tag: str, start: date | None, end: date, filed: date, value: float, method: str = "", note: str = ""
    ) -> Node:
        """Return the leaf whose fact gave ``tag`` its value on the day ``filed``, or the exact one that it rounds."""
        found = [raw for raw in self._raw.get((eid, tag, end), []) if _near(raw[1], start) and abs(raw[2]) == abs(value)]
        notes = [note] if note else []
        best = min(
            (raw for raw in found if raw[0] <= filed),
            key=lambda raw: (raw[2] != value, -raw[0].toordinal(), _apart(raw[1], start)),
            default=None,
        )
        if best is None:
            return Node(tag, value, "unexplained", start=start, end=end, notes=tuple(notes))
        if best[0] != filed:
            notes.append(f"the filing of {filed} repeats it rounded")
        if best[2] != value:
            notes.append("the filing has the wrong sign")
        fact = Fact(tag, best[3], best[1], end, best[2], best[0], best[4], best[5])
        method = method or ("sign_fixed" if best[2] != value else "reported")
        return Node(tag, value, method, start=best[1], end=end, notes=tuple(notes), fact=fact)

    def cover(self, eid: int, tag: str, filed: date, value: float) -> Node:
        """Return the leaf of a cover page's figure, whose date is its own."""
        ends = [end for entity, name, end in self._raw if entity == eid and name == tag]
        for end in sorted(ends, reverse=True):
            if any(raw[0] == filed and raw[2] == value for raw in self._raw[eid, tag, end]):
                return self.leaf(eid, tag, None, end, filed, value)
        return Node(tag, value, "unexplained")


def _near(start: date | None, wanted: date | None) -> bool:
    """Tell whether a fact's first day belongs to the period: a day or two off the company's own is the same."""
    if start is None or wanted is None:
        return start is wanted
    return abs((start - wanted).days) <= 3


def _apart(start: date | None, wanted: date | None) -> int:
    return abs((start - wanted).days) if start and wanted else 0
