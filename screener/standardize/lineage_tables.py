"""The kept tables of one issuer's standardization, read column by column and turned into formulas by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from screener.standardize.columns import quoted
from screener.standardize.formula import Formula, Used, combine, parse

if TYPE_CHECKING:
    import duckdb

Key = tuple[Any, ...]
WIDE = ("eid", "start", "end", "event")
ROW = ("eid", "end", "known")


def group(con: duckdb.DuckDBPyConnection, sql: str, width: int) -> dict[Key, list[tuple[Any, ...]]]:
    """Return the rows of a query by their first ``width`` columns, in the query's order."""
    found: dict[Key, list[tuple[Any, ...]]] = {}
    for row in con.execute(sql).fetchall():
        found.setdefault(row[:width], []).append(row[width:])
    return found


@dataclass
class Layer:
    """A table with one row a key whose columns are computed by a program of (name, SQL)."""

    con: duckdb.DuckDBPyConnection
    table: str
    keys: tuple[str, ...]
    columns: Mapping[str, str]
    _read: dict[str, dict[Key, tuple[Any, ...]]] = field(default_factory=dict)
    _parsed: dict[str, Formula] = field(default_factory=dict)

    def rows(self, name: str) -> dict[Key, tuple[Any, ...]]:
        """Return, by key, the value of a column and after it the values that decide about its branches."""
        if name not in self._read:
            probes = self.formula(name).probes if name in self.columns else ""
            wanted = ", ".join([*map(quoted, self.keys), quoted(name), *([probes] if probes else [])])
            width = len(self.keys)
            found = self.con.execute(f"SELECT {wanted} FROM {self.table}").fetchall()
            self._read[name] = {row[:width]: row[width:] for row in found}
        return self._read[name]

    def formula(self, name: str) -> Formula:
        """Return the parsed formula of a column of the program."""
        if name not in self._parsed:
            self._parsed[name] = parse(self.con, self.columns[name])
        return self._parsed[name]

    def value(self, name: str, key: Key) -> Any:
        """Return the value of a column in a row; ``None`` without the row."""
        row = self.rows(name).get(key)
        return row[0] if row else None

    def used(self, name: str, key: Key) -> Used:
        """Return what gave a computed column its value in a row."""
        return self.formula(name).used(self.rows(name)[key][1:])


def substitute(used: Used, replaced: Callable[[Used], Used]) -> Used:
    """Return the expression with every ``ref`` replaced, and what then changes nothing left out."""
    if used.op == "ref":
        return replaced(used)
    if not used.args:
        return used
    args = tuple(substitute(arg, replaced) for arg in used.args)
    return combine(used.op, args) if used.op in "+-*/" else Used(used.op, args)
