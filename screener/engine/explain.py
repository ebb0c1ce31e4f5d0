"""Why a name is in or out: every rule with its parts, every factor, and the filings behind the line items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from screener.catalogue import items
from screener.engine.company import Company
from screener.engine.compile import Moment
from screener.engine.lineage import column_of, lineage_of
from screener.engine.ranks import factor_weights, unit_of
from screener.engine.result import FactorValue, Result, Value
from screener.engine.trace import NOW, Trace, Tracer, children
from screener.errors import DataError
from screener.lake.filings import filing_url
from screener.language.ast import Expr, Name, Number, Period
from screener.language.definitions import find
from screener.standardize.lineage_nodes import leaves

if TYPE_CHECKING:
    from screener.lake.connect import Lake
    from screener.language.screen import Rule
    from screener.standardize.lineage_nodes import Node

# Beyond so many terms of a rule, what has been shown with its parts is shown without them.
MAX_REPEATED = 300


@dataclass(frozen=True, slots=True)
class Term:
    """A named value inside a rule: its formula, its parts, its label, and the reason when it is unknown."""

    name: str
    value: Value
    unit: str
    formula: str
    reason: str
    when: str
    parts: tuple[Term, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A rule's verdict on the name: ``pass``, ``fail`` or ``unknown`` with its reason; ``admitted`` if let in."""

    group: str
    text: str
    verdict: str
    admitted: bool
    reason: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Filing:
    """A reported fact that a line item's value was made of; ``when`` is the moment of that value."""

    item: str
    tag: str
    start: date | None
    end: date
    value: float
    unit: str
    filed: date
    form: str
    accession: str | None
    url: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """How a line item's value was made: method, formula and notes as in a :class:`Node` of its lineage.

    when: ``""`` for the newest twelve months or balance, else ``quarter``, ``4q earlier``, ``quarter 1q earlier``.
    """

    item: str
    when: str
    value: float | None
    method: str
    formula: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """Everything about one name in one run; ``rank`` and ``score`` are ``None`` when it is not on the list.

    ``evidence``: (``debt``, ``interest`` or ``cash``, state) of the newest row; empty without one.
    """

    result: Result
    company: Company
    candidate: bool
    in_universe: bool
    passed: bool
    rank: int | None
    score: float | None
    period_end: Value
    known_from: Value
    flags: str
    judgements: tuple[Judgement, ...]
    factors: tuple[FactorValue, ...]
    filings: tuple[Filing, ...]
    evidence: tuple[tuple[str, str], ...] = ()
    sources: tuple[Source, ...] = ()


def explain_name(lake: Lake, result: Result, company: Company, *, filings: bool = True) -> Explanation:
    """Explain one company in a run that has just been made on ``lake`` (the table ``evaluated`` is read).

    ``filings=False`` leaves the facts behind the values out: to find them, the company is standardized once more.
    Raises ``DataError`` when the company was not a candidate: no usable filing and no recent price on the day.
    """
    screen, day = result.screen, result.run.as_of
    tracer = Tracer(screen.definitions, screen.universe, screen.min_group)
    for rule in (*screen.universe, *screen.rules):
        tracer.add(rule.expr)
    for factor in screen.factors():
        tracer.add(factor.expr)
    trace = tracer.read(lake.con, day, [company.issuer_id]).get(company.issuer_id)
    row = lake.con.execute(
        "SELECT in_universe, passed, rank, score FROM evaluated WHERE issuer_id = ?", [company.issuer_id]
    ).fetchone()
    if trace is None or row is None:
        raise DataError(
            f"{company.ticker} ({company.name}) was not a candidate on {day}: no usable filing and no recent price"
        )
    judgements = tuple(_judge(rule, trace) for rule in (*screen.universe, *screen.rules))
    expressions = [rule.expr for rule in (*screen.universe, *screen.rules)] + [f.expr for f in screen.factors()]
    used = sorted(
        {found for expr in expressions for found in _items(expr, trace)},
        key=lambda found: (found[1].lag, found[0], found[1].quarter),
    )
    period_end = trace.value(Name("period_end"))
    flags, known_from, evidence = _version(lake, company, day)
    found, sources = _filings(lake, company, day, used) if filings else ((), ())
    return Explanation(
        result, company, True, bool(row[0]), bool(row[1]), row[2], row[3], period_end, known_from, flags,
        judgements, _factors(lake, result, company), found, evidence, sources,
    )  # fmt: skip


def _judge(rule: Rule, trace: Trace) -> Judgement:
    value = trace.value(rule.expr)
    verdict = "unknown" if value is None else "pass" if value else "fail"
    reason = trace.reason(rule.expr) if value is None else ""
    admitted = bool(value) or (value is None and rule.if_unknown != "fail")
    return Judgement(rule.group, rule.text, verdict, admitted, reason, _terms(rule.expr, trace, NOW))


class _Shown:
    """What the terms of one rule have shown so far: definitions that use others twice would double them each time."""

    def __init__(self) -> None:
        self.names: set[tuple[str, Moment]] = set()
        self.count = 0

    def is_to_be_opened(self, name: str, at: Moment) -> bool:
        """Return whether the parts of a name are shown: the first time always, and again in a rule of some size."""
        self.count += 1
        first = (name, at) not in self.names
        self.names.add((name, at))
        return first or self.count <= MAX_REPEATED


def _terms(expr: Expr, trace: Trace, at: Moment, shown: _Shown | None = None) -> tuple[Term, ...]:
    """Return the named values of ``expr``, without repeats, in the order in which they stand."""
    shown = _Shown() if shown is None else shown
    found: dict[tuple[str, Moment], Term] = {}

    def walk(part: Expr, moment: Moment) -> None:
        if isinstance(part, Name):
            if (part.name, moment) not in found:
                found[part.name, moment] = _term(part, trace, moment, shown)
            return
        for child, child_moment in children(part, moment):
            walk(child, child_moment)

    walk(expr, at)
    return tuple(found.values())


def _term(name: Name, trace: Trace, at: Moment, shown: _Shown) -> Term:
    plain = Name(name.name)
    key = name if (name, at) in trace.values else plain
    inside = trace.inside(name.name)
    metric = find(name.name, trace.definitions)
    text, label = (metric.text, metric.label) if metric is not None else ("", "")
    opened = inside is not None and shown.is_to_be_opened(name.name, at)
    parts = _terms(inside, trace, at, shown) if opened and inside is not None else ()
    unit = unit_of(name, trace.definitions)
    return Term(name.name, trace.value(key, at), unit, text, trace.reason(key, at), _when(at), parts, label)


def _when(at: Moment) -> str:
    return (("quarter" if at.quarter else "") + (f" {at.lag}q earlier" if at.lag else "")).strip()


def _items(expr: Expr, trace: Trace) -> set[tuple[str, Moment]]:
    """Return the line items that ``expr`` rests on, through all formulas, with the moments at which they are taken."""
    found: set[tuple[str, Moment]] = set()
    seen: set[tuple[Expr, Moment]] = set()

    def walk(part: Expr, at: Moment) -> None:
        if (part, at) in seen or isinstance(part, Number | Period):
            return
        seen.add((part, at))
        if isinstance(part, Name):
            if part.name in items.BY_NAME:
                found.add((part.name, at))
            inside = trace.inside(part.name)
            if inside is not None:
                walk(inside, at)
        for child, moment in children(part, at):
            walk(child, moment)

    walk(expr, NOW)
    return found


def _version(lake: Lake, company: Company, day: date) -> tuple[str, Value, tuple[tuple[str, str], ...]]:
    row = lake.con.execute(
        "SELECT flags, known_from, debt_evidence, interest_evidence, cash_evidence FROM fundamentals "
        "WHERE issuer_id = ? AND known_from <= ? AND latest_until > ?",
        [company.issuer_id, day, day],
    ).fetchone()
    if row is None:
        return "", None, ()
    states = zip(("debt", "interest", "cash"), row[2:], strict=True)
    return row[0], row[1], tuple((name, state) for name, state in states if state)


def _factors(lake: Lake, result: Result, company: Company) -> tuple[FactorValue, ...]:
    weights, definitions = factor_weights(result.screen), result.screen.definitions
    if not weights:
        return ()
    wanted = ", ".join(f"f{k}, f{k}_pct, f{k}_peers" for k in range(1, len(weights) + 1))
    row = lake.con.execute(
        f"SELECT {wanted} FROM evaluated WHERE in_universe AND issuer_id = ?", [company.issuer_id]
    ).fetchone()
    if row is None:
        return ()
    return tuple(
        FactorValue(
            factor.text, path, row[3 * k], row[3 * k + 1], row[3 * k + 2], weight, unit_of(factor.expr, definitions)
        )
        for k, (path, factor, weight) in enumerate(weights)
    )


def _filings(
    lake: Lake, company: Company, day: date, used: list[tuple[str, Moment]]
) -> tuple[tuple[Filing, ...], tuple[Source, ...]]:
    """Return the facts that the values of the used line items were made of, and how each value was made of them."""
    periods = _periods(lake, company, day)
    wanted = [(name, at, periods[at.lag]) for name, at in used if at.lag in periods]
    if not wanted:
        return (), ()
    found: dict[Filing, None] = {}
    sources = []
    with lineage_of(lake, company) as ways:
        for name, at, (end, known_from) in wanted:
            node = ways.value(column_of(name, quarter=at.quarter), end, known_from)
            if node is not None and node.value is not None:
                found.update(dict.fromkeys(_behind(name, node, company, _when(at))))
                sources.append(Source(name, _when(at), node.value, node.method, node.formula, node.notes))
    return tuple(found), tuple(sources)


def _behind(item: str, node: Node, company: Company, when: str) -> Iterator[Filing]:
    for leaf in leaves(node):
        fact = leaf.fact
        assert fact is not None, "a leaf has a fact"  # noqa: S101 - that is what makes it one
        yield Filing(
            item, fact.tag, fact.start, fact.end, fact.value, fact.unit, fact.filed, fact.form, fact.accession or None,
            filing_url(company.cik, fact.accession), when,
        )  # fmt: skip


def _periods(lake: Lake, company: Company, day: date) -> dict[int, tuple[date, date]]:
    """Return the period end and ``known_from`` of the newest period (0) and of those so many quarters earlier."""
    rows = lake.con.execute(
        "SELECT max(quarter_index) FILTER (WHERE latest_until > ?) OVER () - quarter_index, period_end, known_from "
        "FROM fundamentals WHERE issuer_id = ? AND known_from <= ? AND known_until > ? ORDER BY period_end",
        [day, company.issuer_id, day, day],
    ).fetchall()
    return {lag: (end, known_from) for lag, end, known_from in rows if lag is not None}
