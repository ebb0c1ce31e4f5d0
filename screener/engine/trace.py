"""Values of every part of an expression for a few issuers, and from them the reason why something is unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from screener.catalogue import fields, items
from screener.catalogue.functions import BY_NAME as FUNCTIONS
from screener.catalogue.peers import MIN_GROUP
from screener.engine.columns import Columns
from screener.engine.compile import Moment, compile_expr, lags, span
from screener.engine.query import kept
from screener.engine.result import Value
from screener.engine.steps import Step, candidate_steps, last_step, metric_steps, select, with_clause
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
        return [(first, replace(at, quarter=True))]
    if expr.function == "annual":
        return [(first, replace(at, annual=True))]
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
            what = "conditions" if expr.function == "count_true" else "observations"
            return f"{known} of {len(children(expr, at))} {what} known; {self.reason(*missing[0])}"
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


class _Values(Mapping[tuple[Expr, Moment], Value]):
    """The values of one issuer by expression; the keys, whose hashing is slow, are shared by all issuers."""

    def __init__(self, places: Mapping[tuple[Expr, Moment], int], row: Sequence[Value]) -> None:
        """Take the place of each expression in ``row``."""
        self._places = places
        self._row = row

    def __getitem__(self, key: tuple[Expr, Moment]) -> Value:
        return self._row[self._places[key]]

    def __iter__(self) -> Iterator[tuple[Expr, Moment]]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class Tracer:
    """Registers expressions, then reads all their parts for some issuers with one query."""

    def __init__(
        self, definitions: Mapping[str, Definition], universe: Sequence[Rule] = (), min_group: int = MIN_GROUP
    ) -> None:
        """Start empty; ``definitions``, ``universe`` and ``min_group`` are the screen's own."""
        self._definitions = definitions
        self._universe = universe
        self.columns = Columns(definitions, min_group)
        self._sql: dict[tuple[Expr, Moment], str] = {}
        self._kept: dict[int, Trace] = {}
        for name in ("price", "shares_outstanding", "model", "market_cap", "period_end", "security_type"):
            self.add(Name(name))

    def add(self, expr: Expr, at: Moment = NOW) -> None:
        """Register ``expr`` and, through formulas and conditions, everything it is computed from."""
        if (expr, at) in self._sql or isinstance(expr, Number | Period):
            return
        self._sql[expr, at] = compile_expr(expr, self.columns, at)
        for part, moment in [*children(expr, at), *self._behind(expr, at)]:
            self.add(part, moment)

    def _behind(self, expr: Expr, at: Moment) -> Iterator[tuple[Expr, Moment]]:
        metric = find(expr.name, self._definitions) if isinstance(expr, Name) else None
        for part in metric.expressions() if metric is not None else ():
            yield part, at

    def read(self, con: duckdb.DuckDBPyConnection, as_of: date, issuers: Sequence[int]) -> dict[int, Trace]:
        """Return the trace of each issuer in ``issuers`` that is a candidate on ``as_of``."""
        steps = [("dates(as_of)", f"VALUES (DATE '{as_of}')")]
        # A comparison needs all names; without one, only the few that are asked for are read.
        few = () if self.columns.late else issuers
        steps += candidate_steps(self.columns, [as_of], universe=self._universe, issuers=few, everyone=True)
        return self._traces(con, as_of, steps, last_step(self.columns), issuers)

    def read_kept(self, con: duckdb.DuckDBPyConnection, as_of: date, issuers: Sequence[int]) -> dict[int, Trace]:
        """Return the traces of some issuers from the table ``evaluated`` of a run whose query kept ``columns``.

        Everything must have been added before that query was built, and a tracer is good for one run: what was read
        once is not read again. Formulas are computed again for these few issuers; comparisons with peers are as the run
        found them. Issuers that the run did not follow have no values.
        """
        missing = [issuer for issuer in issuers if issuer not in self._kept]
        if missing:
            self._kept |= self._read_kept(con, as_of, missing)
        return {issuer: self._kept[issuer] for issuer in issuers if issuer in self._kept}

    def _read_kept(self, con: duckdb.DuckDBPyConnection, as_of: date, issuers: Sequence[int]) -> dict[int, Trace]:
        stored = [("issuer_id", "issuer_id")] + [(name, f"kept.{key}") for name, key in kept(self.columns).items()]
        source = select(stored) + f"\n  FROM evaluated WHERE issuer_id IN ({_listed(issuers)})"
        steps = [("kept", source), *metric_steps(self.columns, "kept")]
        return self._traces(con, as_of, steps, steps[-1][0])

    def _traces(
        self,
        con: duckdb.DuckDBPyConnection,
        as_of: date,
        steps: Sequence[Step],
        source: str,
        issuers: Sequence[int] = (),
    ) -> dict[int, Trace]:
        # The same part may stand in several rules: it is read once.
        places = {text: place for place, text in enumerate(dict.fromkeys(self._sql.values()))}
        wanted = [("issuer_id", "issuer_id")] + [(f"n{place}", text) for text, place in places.items()]
        sql = with_clause(steps) + select(wanted) + f"\nFROM {source}"
        if issuers:
            sql += f"\nWHERE issuer_id IN ({_listed(issuers)})"
        rows = con.execute(sql).fetchall()
        keys = {key: places[text] for key, text in self._sql.items()}
        values = {int(issuer): _Values(keys, row) for issuer, *row in rows}
        period, model = (Name("period_end"), NOW), (Name("model"), NOW)
        stale = _no_filing(con, [issuer for issuer, known in values.items() if known[period] is None], as_of)
        return {
            issuer: Trace(known, self._definitions, str(known[model] or "standard"), stale.get(issuer, ""))
            for issuer, known in values.items()
        }


def _listed(issuers: Sequence[int]) -> str:
    return ", ".join(str(int(issuer)) for issuer in issuers)


def _no_filing(con: duckdb.DuckDBPyConnection, issuers: Sequence[int], as_of: date) -> dict[int, str]:
    """Say why these issuers have no usable fundamentals on a day."""
    if not issuers:
        return {}
    rows = con.execute(
        "SELECT issuer_id, max(period_end), arg_max(currency, period_end) FROM fundamentals "
        f"WHERE issuer_id IN ({_listed(issuers)}) AND known_from <= ? GROUP BY issuer_id",
        [as_of],
    ).fetchall()
    found = dict.fromkeys(issuers, "no filing yet")
    for issuer, period_end, currency in rows:
        foreign = f"reports in {currency}, not in US dollars"
        found[issuer] = foreign if currency != "USD" else f"stale: the newest period on file ended on {period_end}"
    return found
