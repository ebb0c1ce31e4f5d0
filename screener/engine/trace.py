"""Values of every part of an expression for a few issuers, and from them the reason why something is unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from screener.catalogue import fields, items
from screener.catalogue.functions import BY_NAME as FUNCTIONS
from screener.catalogue.peers import MIN_GROUP
from screener.engine.columns import Columns
from screener.engine.compile import Moment, compile_expr, lags, span
from screener.engine.result import Value
from screener.engine.steps import candidate_steps, last_step, select, with_clause
from screener.language.ast import (
    Between,
    Binary,
    Call,
    Compare,
    Expr,
    In,
    IsKnown,
    Logic,
    Name,
    Not,
    Number,
    Period,
    Unary,
)
from screener.language.definitions import find

if TYPE_CHECKING:
    import duckdb

    from screener.language.screen import Definition, Rule

NOW = Moment()


def children(expr: Expr, at: Moment) -> list[tuple[Expr, Moment]]:
    """Return the parts that ``expr`` is computed from, each with the moment at which it is taken."""
    match expr:
        case Unary(operand=x) | Not(operand=x) | IsKnown(operand=x):
            return [(x, at)]
        case Binary(left=a, right=b) | Compare(left=a, right=b):
            return [(a, at), (b, at)]
        case Between(operand=x, low=a, high=b):
            return [(x, at), (a, at), (b, at)]
        case In(operand=x):
            return [(x, at)]
        case Logic(operands=parts):
            return [(part, at) for part in parts]
        case Call():
            return _call_children(expr, at)
        case _:
            return []


def _call_children(expr: Call, at: Moment) -> list[tuple[Expr, Moment]]:
    first = expr.args[0]
    if expr.function == "quarter":
        return [(first, Moment(True, at.lag))]
    if expr.function == "avg" and len(expr.args) == 1:
        return [(first, at), (first, at.earlier(4))]
    period = expr.args[1] if len(expr.args) > 1 else None
    if not isinstance(period, Period):
        return [(arg, at) for arg in expr.args]
    if expr.function == "lag":
        return [(first, at.earlier(span(period)))]
    if expr.function in ("growth", "cagr"):
        return [(first, at), (first, at.earlier(span(period)))]
    return [(first, at.earlier(lag)) for lag in lags(period)]


@dataclass(frozen=True)
class Trace:
    """The values of registered expressions for one issuer; ``value`` raises ``KeyError`` for others."""

    values: Mapping[tuple[Expr, Moment], Value]
    definitions: Mapping[str, Definition]
    model: str
    stale: str
    reasons: dict[tuple[Expr, Moment], str] = field(default_factory=dict, compare=False, repr=False)

    def value(self, expr: Expr, at: Moment = NOW) -> Value:
        """Return the value of a registered expression, ``None`` for unknown."""
        return self.values[expr, at]

    def inside(self, name: str) -> Expr | None:
        """Return the formula behind a metric, ``None`` for stored values."""
        metric = find(name, self.definitions)
        return None if metric is None else metric.expr

    def reason(self, expr: Expr, at: Moment = NOW) -> str:
        """Return why ``expr`` is unknown, in the fewest words; ``""`` when it is known."""
        if isinstance(expr, Number | Period) or self.values.get((expr, at), 0) is not None:
            return ""
        # What two formulas need is looked into once: each level would double it.
        found = self.reasons.get((expr, at))
        if found is None:
            found = self.reasons[expr, at] = self._reason(expr, at)
        return found

    def _reason(self, expr: Expr, at: Moment) -> str:
        if isinstance(expr, Name):
            return self._name_reason(expr.name, at)
        if isinstance(expr, Call) and expr.function in ("growth", "cagr", "log", "sqrt"):
            inner = [self.reason(part, moment) for part, moment in children(expr, at)]
            return next((text for text in inner if text), f"{expr.function} is not defined for zero or negative values")
        if isinstance(expr, Call) and FUNCTIONS[expr.function].kind == "peers":
            inner_reason = self.reason(*children(expr, at)[0])
            return inner_reason or f"{expr.function} compares the names of the universe, and this is none of them"
        missing = [(part, moment) for part, moment in children(expr, at) if self.reason(part, moment)]
        if isinstance(expr, Call) and len(missing) > 1:
            known = len(children(expr, at)) - len(missing)
            return f"{known} of {len(children(expr, at))} observations known; {self.reason(*missing[0])}"
        if missing:
            return self.reason(*missing[0])
        if isinstance(expr, Binary) and expr.op == "/":
            return "division by zero"
        return "no finite value"

    def _name_reason(self, name: str, at: Moment) -> str:
        when = f" {_ago(at.lag)}" if at.lag else ""
        if name in fields.BY_NAME:
            return self._field_reason(name)
        if name in items.BY_NAME:
            return self.stale or f"{name} is not reported{when}"
        metric = find(name, self.definitions)
        if metric is None:
            return f"{name} is unknown{when}"
        if self.model in metric.refused:
            return f"{name} is not defined for a {self.model}"
        if metric.only and self.model not in metric.only:
            return f"{name} is defined only for a {' or '.join(metric.only)}"
        for row in metric.undefined:
            if self.values.get((row.when, at)) is True:
                return f"{name} is undefined{when}: {row.reason}"
        return self.reason(metric.expr, at)

    def _field_reason(self, name: str) -> str:
        if not fields.BY_NAME[name].market:
            return fields.BY_NAME[name].unknown or f"{name} is unknown"
        if self.values.get((Name("price"), NOW)) is None:
            return "no recent price"
        if name in ("market_cap", "market_cap_diluted"):
            if self.values.get((Name("security_type"), NOW)) == "adr":
                return "depositary receipt: shares per receipt unknown"
            if self.values.get((Name("shares_outstanding"), NOW)) is None:
                return self.stale or "the number of shares is unknown"
            return "market value is implausible: shares and price seem to be on different bases"
        return f"{name} needs a longer price history"


def _ago(quarters: int) -> str:
    return f"{quarters // 4}y ago" if quarters % 4 == 0 else f"{quarters}q ago"


class Tracer:
    """Registers expressions, then reads all their parts for some issuers with one query."""

    def __init__(
        self, definitions: Mapping[str, Definition], universe: Sequence[Rule] = (), min_group: int = MIN_GROUP
    ) -> None:
        """Start empty; ``definitions``, ``universe`` and ``min_group`` are the screen's own."""
        self._definitions = definitions
        self._universe = universe
        self._columns = Columns(definitions, min_group)
        self._sql: dict[tuple[Expr, Moment], str] = {}
        for name in ("price", "shares_outstanding", "model", "market_cap", "period_end", "security_type"):
            self.add(Name(name))

    def add(self, expr: Expr, at: Moment = NOW) -> None:
        """Register ``expr`` and, through formulas and conditions, everything it is computed from."""
        if (expr, at) in self._sql or isinstance(expr, Number | Period):
            return
        self._sql[expr, at] = compile_expr(expr, self._columns, at)
        for part, moment in [*children(expr, at), *self._behind(expr, at)]:
            self.add(part, moment)

    def _behind(self, expr: Expr, at: Moment) -> Iterator[tuple[Expr, Moment]]:
        metric = find(expr.name, self._definitions) if isinstance(expr, Name) else None
        for part in metric.expressions() if metric is not None else ():
            yield part, at

    def read(self, con: duckdb.DuckDBPyConnection, as_of: date, issuers: Sequence[int]) -> dict[int, Trace]:
        """Return the trace of each issuer in ``issuers`` that is a candidate on ``as_of``."""
        keys = list(self._sql)
        steps = [("dates(as_of)", f"VALUES (DATE '{as_of}')")]
        # A comparison needs all names; without one, only the few that are asked for are read.
        few = () if self._columns.late else issuers
        steps += candidate_steps(self._columns, [as_of], universe=self._universe, issuers=few, everyone=True)
        wanted = [("issuer_id", "issuer_id")] + [(f"n{k}", self._sql[key]) for k, key in enumerate(keys)]
        sql = with_clause(steps) + select(wanted) + f"\nFROM {last_step(self._columns)}"
        if issuers:
            sql += f"\nWHERE issuer_id IN ({', '.join(str(int(issuer)) for issuer in issuers)})"
        found = {}
        for issuer, *values in con.execute(sql).fetchall():
            known = dict(zip(keys, values, strict=True))
            model = str(known[Name("model"), NOW] or "standard")
            stale = _no_filing(con, issuer, as_of) if known[Name("period_end"), NOW] is None else ""
            found[int(issuer)] = Trace(known, self._definitions, model, stale)
        return found


def _no_filing(con: duckdb.DuckDBPyConnection, issuer: int, as_of: date) -> str:
    """Say why an issuer has no usable fundamentals on a day."""
    row = con.execute(
        "SELECT max(period_end), arg_max(currency, period_end) FROM fundamentals "
        "WHERE issuer_id = ? AND known_from <= ?",
        [issuer, as_of],
    ).fetchone()
    if row is None or row[0] is None:
        return "no filing yet"
    if row[1] != "USD":
        return f"reports in {row[1]}, not in US dollars"
    return f"stale: the newest period on file ended on {row[0]}"
