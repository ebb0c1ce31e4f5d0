"""The lineage of quarters and twelve months: the facts of one or several periods that they were put together from.

The sums and differences are those of :mod:`screener.standardize.periods`; of the operands that give the very value
that was chosen, the one is named that its rules prefer.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from screener.standardize.lineage_nodes import Node, marked
from screener.standardize.lineage_statement import Statements
from screener.standardize.lineage_tables import group

if TYPE_CHECKING:
    import duckdb


class Stretch(NamedTuple):
    """A value of an item for a period as a filing day knew it."""

    start: date
    end: date
    filed: date
    value: float
    dc: str
    days: int


class Chosen(NamedTuple):
    """A quarter or twelve months as chosen from a day on; ``start`` is ``None`` for a sum of four quarters."""

    known: date
    value: float
    start: date | None
    mixed: bool


class Flows:
    """The quarters and twelve months of one issuer."""

    def __init__(self, con: duckdb.DuckDBPyConnection, statements: Statements) -> None:
        """Read ``long``, ``quarter``, ``ttm`` and ``chain``."""
        self._statements = statements
        listed = group(con, 'SELECT eid, item, start, "end", filed, value, dc, days FROM long', 2)
        self._long = {key: [Stretch(*row) for row in rows] for key, rows in listed.items()}
        self._chosen = {
            table: group(con, f'SELECT eid, item, "end", known, value, qstart, mixed FROM {table} ORDER BY known', 3)
            for table in ("quarter", "ttm")
        }
        self._chain = group(con, 'SELECT eid, "end", q FROM chain ORDER BY slot DESC', 2)

    def node(self, table: str, eid: int, item: str, end: date, known: date) -> Node | None:
        """Return the node of the ``quarter`` or ``ttm`` to ``end`` as known on a day; ``None`` without one."""
        rows = [Chosen(*row) for row in self._chosen[table].get((eid, item, end), []) if row[0] <= known]
        if not rows:
            return None
        chosen = rows[-1]
        found = (
            self._direct(table, eid, item, end, chosen)
            or self._difference(table, eid, item, end, chosen)
            or self._front(table, eid, item, end, chosen)
            or self._fourth(table, eid, item, end, chosen)
            or self._year_and_stretch(table, eid, item, end, chosen)
            or self._four(table, eid, item, end, chosen)
            or Node(item, chosen.value, "unexplained", end=end)
        )
        notes = ("its parts are from filings on different bases",) if chosen.mixed else ()
        return replace(marked(found), notes=found.notes + notes)

    def point(self, eid: int, item: str, kind: str, end: date, filed: date) -> Node | None:
        """Return the node of a count or per-share figure of a single quarter (``q``) or fiscal year (``fy``)."""
        wanted, days = ("Q", 91) if kind == "q" else ("A", 365)
        found = [s for s in self._long.get((eid, item), []) if (s.end, s.filed, s.dc) == (end, filed, wanted)]
        if not found:
            return None
        return self._stretch(eid, item, min(found, key=lambda s: (abs(s.days - days), s.start)))

    def _stretch(self, eid: int, item: str, at: Stretch) -> Node:
        return self._statements.item(item, (eid, at.start, at.end, at.filed), instants=False)

    def _direct(self, table: str, eid: int, item: str, end: date, chosen: Chosen) -> Node | None:
        for at in self._long.get((eid, item), []):
            if (at.end, at.filed, at.start, at.value) == (end, chosen.known, chosen.start, chosen.value):
                if table == "quarter" and at.dc == "Q":
                    return self._stretch(eid, item, at)
                if table == "ttm" and at.dc == "A":
                    return Node(item, at.value, "ttm:fy", "{0}", (self._stretch(eid, item, at),), at.start, end)
        return None

    def _difference(self, table: str, eid: int, item: str, end: date, chosen: Chosen) -> Node | None:
        if table != "quarter" or chosen.start is None:
            return None
        every = self._long.get((eid, item), [])
        pairs = [
            (a, b)
            for a in every
            if a.end == end and a.dc in "HNA" and a.filed <= chosen.known
            for b in every
            if b.start == a.start and (chosen.start - b.end).days == 1 and max(a.filed, b.filed) == chosen.known
            and a.value - b.value == chosen.value
        ]  # fmt: skip
        if not pairs:
            return None
        a, b = min(pairs, key=lambda pair: (abs((pair[0].filed - pair[1].filed).days), -pair[0].filed.toordinal()))
        method = "derived_q4" if a.dc == "A" else "ytd_diff"
        operands = (self._stretch(eid, item, a), self._stretch(eid, item, b))
        return Node(item, chosen.value, method, "{0} - {1}", operands, chosen.start, end)

    def _front(self, table: str, eid: int, item: str, end: date, chosen: Chosen) -> Node | None:
        """Return the first quarter as what the second leaves of a half year, both in one filing."""
        if table != "quarter" or chosen.start is None:
            return None
        every = [s for s in self._long.get((eid, item), []) if s.filed == chosen.known]
        pairs = [
            (a, b)
            for a in every
            if a.dc == "H" and a.start == chosen.start
            for b in every
            if b.dc == "Q" and b.end == a.end and (b.start - end).days == 1 and a.value - b.value == chosen.value
        ]
        if not pairs:
            return None
        operands = tuple(self._stretch(eid, item, at) for at in min(pairs))
        return Node(item, chosen.value, "ytd_diff", "{0} - {1}", operands, chosen.start, end)

    def _fourth(self, table: str, eid: int, item: str, end: date, chosen: Chosen) -> Node | None:
        """Return the fourth quarter as what the three before it leave of the year, as known with the year."""
        if table != "quarter" or chosen.start is None:
            return None
        years = [
            s
            for s in self._long.get((eid, item), [])
            if s.dc == "A" and s.end == end and s.filed == chosen.known and s.start < chosen.start
        ]
        nodes: list[Node] = []
        start: date | None = chosen.start
        while start is not None and len(nodes) < 3:
            before = self._quarter_before(eid, item, start, chosen.known)
            start = before.start if before else None
            nodes += [before] if before else []
        total = sum(node.value or 0 for node in nodes)
        found = [year for year in years if math.isclose(year.value - total, chosen.value, rel_tol=1e-9, abs_tol=1e-9)]
        if len(nodes) < 3 or not found:
            return None
        operands = (self._stretch(eid, item, min(found)), *nodes)
        return Node(item, chosen.value, "derived_q4", "{0} - {1} - {2} - {3}", operands, chosen.start, end)

    def _quarter_before(self, eid: int, item: str, start: date, known: date) -> Node | None:
        ends = sorted((key[2] for key in self._chosen["quarter"] if key[:2] == (eid, item)), reverse=True)
        near = [end for end in ends if -4 <= (end - start).days <= 2]
        nodes = [self.node("quarter", eid, item, end, known) for end in near]
        return next((node for node in nodes if node is not None), None)

    def _year_and_stretch(self, table: str, eid: int, item: str, end: date, chosen: Chosen) -> Node | None:
        if table != "ttm" or chosen.start is None:
            return None
        every = self._long.get((eid, item), [])
        found: list[tuple[tuple[float, ...], Stretch, Stretch, Stretch]] = []
        for c in every:
            if (c.start, c.end, c.filed) != (chosen.start, end, chosen.known):
                continue
            for a in every:
                if a.dc != "A" or a.filed > c.filed or not -4 <= (a.end - c.start).days <= 2:
                    continue
                for b in every:
                    if b.start != a.start or b.end >= a.end or b.filed > c.filed or abs(b.days - c.days) > 10:
                        continue
                    if a.value + c.value - b.value == chosen.value:
                        rank = (-a.filed.toordinal(), b.filed != c.filed, b.filed > a.filed, -b.filed.toordinal())
                        found.append((rank, a, c, b))
        if not found:
            return None
        _, *stretches = min(found)
        operands = tuple(self._stretch(eid, item, at) for at in stretches)
        start = stretches[2].end + timedelta(days=1)
        return Node(item, chosen.value, "ttm:fy+ytd-prior", "{0} + {1} - {2}", operands, start, end)

    def _four(self, table: str, eid: int, item: str, end: date, chosen: Chosen) -> Node | None:
        ends = [row[0] for row in self._chain.get((eid, end), [])]
        if table != "ttm" or len(ends) != 4:
            return None
        nodes = [self.node("quarter", eid, item, quarter, chosen.known) for quarter in ends]
        present = tuple(node for node in nodes if node is not None and node.value is not None)
        if len(present) < 4 or not math.isclose(sum(node.value or 0 for node in present), chosen.value, rel_tol=1e-9):
            return None
        pattern = "{0} + {1} + {2} + {3}"
        return Node(item, chosen.value, "ttm:four_quarters", pattern, present, present[0].start, end)
