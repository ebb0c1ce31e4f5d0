"""Where a value of ``fundamentals`` comes from: standardization run again for one issuer, and read backwards.

The way of every value is not stored; it would multiply the data set. The same steps run for the one issuer in
memory, the tables on the way are kept, and a value is followed from its finished row down to the facts.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from screener.catalogue.items import BY_NAME
from screener.standardize import final, shares, versions
from screener.standardize.columns import statement_items
from screener.standardize.formula import SPLITS, Used, combine, parts
from screener.standardize.imputed import EIGHT_QUARTERS_DAYS, ZERO_WHEN_NEVER_SEEN
from screener.standardize.lineage_facts import NO_START, Facts
from screener.standardize.lineage_nodes import Node, marked
from screener.standardize.lineage_periods import Flows
from screener.standardize.lineage_statement import Statements, arithmetic, unfollowed
from screener.standardize.lineage_tables import ROW, Key, Layer, substitute
from screener.standardize.maturities import MONTHS
from screener.standardize.periods import flow_columns, point_columns
from screener.standardize.pipeline import prepare, run_batch

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

_PRIOR = re.compile(r"p([1-9])_(\w+)")


@dataclass(frozen=True, slots=True)
class Issuer:
    """What standardization reads about an issuer besides its facts."""

    issuer_id: int
    model: str | None
    sic: int | None = None
    fiscal_year_end: str | None = None
    last_price: date | None = None


@contextmanager
def lineage(facts: Path, issuer: Issuer) -> Iterator[Lineage]:
    """Standardize one issuer of the facts file ``facts`` in memory and give its lineage."""
    import duckdb

    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        prepare(con)
        con.execute(
            "CREATE TEMP TABLE issuers AS SELECT ?::BIGINT AS issuer_id, ?::VARCHAR AS model, ?::INTEGER AS sic, "
            "?::VARCHAR AS fiscal_year_end, ?::DATE AS last_price, false AS several_lines",
            [issuer.issuer_id, issuer.model, issuer.sic, issuer.fiscal_year_end, issuer.last_price],
        )
        # Departures end a row's days, they change none of its values.
        con.execute("CREATE TEMP TABLE exits (issuer_id BIGINT, filed DATE)")
        run_batch(con, facts, [issuer.issuer_id], keep=True)
        con.execute(versions.mapped_facts(str(facts), issuer.issuer_id))
        yield Lineage(con)


class Lineage:
    """The ways of one issuer's values; ``value`` gives one."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        """Read the kept tables on ``con``."""
        facts = Facts(con)
        self._facts, self._statements = facts, Statements(con, facts)
        self._flows = Flows(con, self._statements)
        self._finished = Layer(con, "kept_finished", ROW, dict(final.values()))
        self._counted = Layer(con, "kept_counted", ROW, dict(shares.counted()))
        self._mended = Layer(con, "kept_mended", ROW, {})
        self._instants = {item.name for item in statement_items(instants=True)}
        self._nodes: dict[str, Node] = {}

    def value(self, column: str, end: date, known: date) -> Node | None:
        """Return the way of a column of ``fundamentals`` (``x`` or ``x_q``) in the version of a day, or ``None``.

        ``end`` and ``known`` are the period end and the ``known_from`` of a stored row; without that row ``None``.
        """
        keys = [key for key in self._finished.rows(column) if key[1:] == (end, known)]
        return self._row(column, max(keys)) if keys else None

    def _row(self, column: str, key: Key) -> Node:
        item = column if column in BY_NAME else column.removesuffix("_q")
        value = self._finished.value(column, key)
        if value is None:
            return Node(item, None, "missing", end=key[1])
        used = self._inside(column, key, column)
        text, operands = arithmetic(used, lambda name: self._nodes[name])
        if text == "{0}" and operands[0].name == item and operands[0].value == value:
            return operands[0]
        start = next((node.start for node in operands if node.end == key[1]), None)
        start = start if BY_NAME[item].kind != "instant" else None
        notes = (*self._notes(item, column, used, key), *unfollowed(used))
        return marked(Node(item, value, self._method(item, used, key), text, operands, start, key[1], notes))

    def _inside(self, name: str, key: Key, column: str) -> Used:
        """Return what a column of the finished row stands for: its own formula, a node, or a plain number."""
        if name in MONTHS:
            return self._plain(self._finished.value(name, key))
        if name in self._finished.columns:
            other = name if name in BY_NAME else name.removesuffix("_q")
            if other in BY_NAME and name != column:
                return self._node(self._row(name, key))
            return substitute(self._finished.used(name, key), lambda ref: self._inside(ref.name, key, column))
        if name in self._counted.columns:
            return self._count(name, key)
        prior = _PRIOR.fullmatch(name)
        if prior:
            return self._prior(int(prior[1]), prior[2], self._finished.value(name, key), key)
        node = self._as_known(name.removeprefix("v_"), key) if name.startswith("v_") else None
        return self._node(node) if node else self._plain(self._finished.value(name, key))

    def _node(self, node: Node) -> Used:
        name = f"{node.name} {id(node)}"
        self._nodes[name] = node
        return Used("ref", name=name)

    @staticmethod
    def _plain(value: object) -> Used:
        return Used("const", value=float(value) if isinstance(value, bool | int | float) else None)

    def _count(self, name: str, key: Key) -> Used:
        """Return what a share count stands for, and the power of ten or the other quarter that mended it."""
        used = self._as_counted(name, key)
        before, after = self._counted.value(name, key), self._mended.value(name, key)
        if before == after or not before or not isinstance(after, float):
            return used
        for power in (float(power) for power in shares.POWERS):
            if before * power == after:
                return combine("*", (used, Used("const", value=power)))
        return self._prior(1, name.removesuffix("_q").removeprefix("c_"), after, key)

    def _as_counted(self, name: str, key: Key) -> Used:
        """Return what a share count stood for before it was mended."""

        def inside(ref: Used) -> Used:
            if ref.name in self._counted.columns:
                return self._as_counted(ref.name, key)
            return self._inside(ref.name, key, name)

        return substitute(self._counted.used(name, key), inside)

    def _prior(self, step: int, name: str, value: object, key: Key) -> Used:
        """Return a count of an earlier quarter, on the share basis of the row."""
        index = self._mended.value("quarter_index", key)
        rows = [
            other
            for other, found in self._mended.rows("quarter_index").items()
            if other[0] == key[0] and found[0] == index - step and other[2] <= key[2]
        ]
        if not rows:
            return self._plain(value)
        at = max(rows, key=lambda other: other[2])
        earlier = self._mended.value(f"{name}_q", at)
        used = self._count(f"{name}_q", at)
        text, operands = arithmetic(used, lambda ref: self._nodes[ref])
        single = text == "{0}" and operands[0].value == earlier
        node = operands[0] if single else Node(name, earlier, self._method(name, used, at), text, operands, None, at[1])
        factor = value / earlier if isinstance(value, float) and earlier else 1.0
        return combine("*", (self._node(node), Used("const", name=SPLITS, value=factor)))

    def _as_known(self, name: str, key: Key) -> Node | None:
        """Return the node of a value as known on the day of the row: a balance, a sum of periods, a count."""
        eid, end, known = key
        if name in self._instants:
            day = self._finished.value("balance_day", key)
            return self._statements.item(name, (eid, NO_START, end, day), instants=True) if day else None
        if name in flow_columns():
            return self._flows.node("ttm", eid, name, end, known)
        if name.removesuffix("_q") in flow_columns():
            return self._flows.node("quarter", eid, name.removesuffix("_q"), end, known)
        if name in point_columns():
            item, _, kind = name.rpartition("_")
            filed = self._day(self._finished.value(f"v_{name}_at", key))
            return self._flows.point(eid, item, kind, end, filed) if filed else None
        tag = {"cover": "EntityCommonStockSharesOutstanding", "public_float": "EntityPublicFloat"}.get(name)
        value = self._finished.value(f"v_{name}", key)
        if tag is None or value is None:
            return None
        filed = self._day(self._finished.value("v_cover_at", key)) if name == "cover" else known
        return self._facts.cover(eid, tag, filed or known, value)

    @staticmethod
    def _day(number: float | None) -> date | None:
        return None if number is None else date.fromordinal(date(1970, 1, 1).toordinal() + int(number))

    def _method(self, item: str, used: Used, key: Key) -> str:
        if item in final.DEBT_ITEMS and self._finished.value("no_debt", key):
            return "inferred_zero"
        if used.op == "const" and item in ZERO_WHEN_NEVER_SEEN:
            return "zero_imputed"
        factors = [arg for part in parts(used, "*") for arg in part.args if arg.op == "const"]
        if any(factor.name != SPLITS for factor in factors):
            return "scale_fixed"
        if any(part.name == SPLITS for part in parts(used, "const")):
            return "split_adjusted"
        return "direct" if used.op == "ref" else f"tree:{item}"

    def _notes(self, item: str, column: str, used: Used, key: Key) -> tuple[str, ...]:
        known, silent = key[2], f"{EIGHT_QUARTERS_DAYS} days before {key[2]}"
        if item in final.DEBT_ITEMS and self._finished.value("no_debt", key):
            return (f"no debt, interest or maturities in any filing of the {silent}",)
        if used.op == "const" and item in ZERO_WHEN_NEVER_SEEN:
            companion = ZERO_WHEN_NEVER_SEEN[item] + column.removeprefix(item)
            seen = self._finished.value(f"seen_{item}", key)
            last = f"the last was on {seen}" if seen else "none ever did"
            return (f"{companion} is reported, and no filing of the {silent} gives {item} an amount ({last})",)
        if any(part.name == SPLITS for part in parts(used, "const")):
            return (f"brought to the share basis of {known}",)
        return ()
