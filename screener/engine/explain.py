"""Why a name is in or out: every rule with its parts, every factor, and the filings behind the line items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from screener.catalogue import items, metrics
from screener.engine.company import Company
from screener.engine.compile import Moment
from screener.engine.ranks import factor_weights, unit_of
from screener.engine.result import FactorValue, Result, Value
from screener.engine.trace import NOW, Trace, Tracer, children
from screener.errors import DataError
from screener.language.ast import Expr, Name, Number, Period

if TYPE_CHECKING:
    from screener.lake.connect import Lake
    from screener.language.screen import Rule


@dataclass(frozen=True, slots=True)
class Term:
    """A named value inside a rule: its formula, its parts, and the reason when it is unknown."""

    name: str
    value: Value
    unit: str
    formula: str
    reason: str
    when: str
    parts: tuple[Term, ...]


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
    """A reported fact behind a line item: the newest version known on the date."""

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


def explain_name(lake: Lake, result: Result, company: Company) -> Explanation:
    """Explain one company in a run that has just been made on ``lake`` (the table ``evaluated`` is read).

    Raises ``DataError`` when the company was not a candidate: no usable filing and no recent price on the day.
    """
    screen, day = result.screen, result.run.as_of
    tracer = Tracer(screen.definitions)
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
    used = sorted({name for rule in (*screen.universe, *screen.rules) for name in _items(rule.expr, trace)}
                  | {name for factor in screen.factors() for name in _items(factor.expr, trace)})  # fmt: skip
    period_end = trace.value(Name("period_end"))
    flags, known_from, evidence = _version(lake, company, day)
    return Explanation(
        result, company, True, bool(row[0]), bool(row[1]), row[2], row[3], period_end, known_from, flags,
        judgements, _factors(lake, result, company), _filings(lake, company, day, period_end, used), evidence,
    )  # fmt: skip


def _judge(rule: Rule, trace: Trace) -> Judgement:
    value = trace.value(rule.expr)
    verdict = "unknown" if value is None else "pass" if value else "fail"
    reason = trace.reason(rule.expr) if value is None else ""
    admitted = bool(value) or (value is None and rule.if_unknown != "fail")
    return Judgement(rule.group, rule.text, verdict, admitted, reason, _terms(rule.expr, trace, NOW))


def _terms(expr: Expr, trace: Trace, at: Moment) -> tuple[Term, ...]:
    """Return the named values of ``expr``, without repeats, in the order in which they stand."""
    found: dict[tuple[str, Moment], Term] = {}

    def walk(part: Expr, moment: Moment) -> None:
        if isinstance(part, Name):
            if (part.name, moment) not in found:
                found[part.name, moment] = _term(part, trace, moment)
            return
        for child, child_moment in children(part, moment):
            walk(child, child_moment)

    walk(expr, at)
    return tuple(found.values())


def _term(name: Name, trace: Trace, at: Moment) -> Term:
    plain = Name(name.name)
    key = name if (name, at) in trace.values else plain
    inside = trace.inside(name.name)
    text = metrics.BY_NAME[name.name].formula if name.name in metrics.BY_NAME else ""
    parts = _terms(inside, trace, at) if inside is not None else ()
    when = ("quarter" if at.quarter else "") + (f" {at.lag}q earlier" if at.lag else "")
    return Term(name.name, trace.value(key, at), unit_of(name), text, trace.reason(key, at), when.strip(), parts)


def _items(expr: Expr, trace: Trace) -> set[str]:
    """Return the line items that ``expr`` rests on, through all formulas."""
    found: set[str] = set()
    seen: set[Expr] = set()

    def walk(part: Expr) -> None:
        if part in seen or isinstance(part, Number | Period):
            return
        seen.add(part)
        if isinstance(part, Name):
            if part.name in items.BY_NAME:
                found.add(part.name)
            inside = trace.inside(part.name)
            if inside is not None:
                walk(inside)
        for child, _ in children(part, NOW):
            walk(child)

    walk(expr)
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
    weights = factor_weights(result.screen)
    if not weights:
        return ()
    wanted = ", ".join(f"f{k}, f{k}_pct, f{k}_peers" for k in range(1, len(weights) + 1))
    row = lake.con.execute(
        f"SELECT {wanted} FROM evaluated WHERE in_universe AND issuer_id = ?", [company.issuer_id]
    ).fetchone()
    if row is None:
        return ()
    return tuple(
        FactorValue(factor.text, path, row[3 * k], row[3 * k + 1], row[3 * k + 2], weight, unit_of(factor.expr))
        for k, (path, factor, weight) in enumerate(weights)
    )


def _filings(lake: Lake, company: Company, day: date, period_end: Value, used: list[str]) -> tuple[Filing, ...]:
    """Return the newest facts of the newest period behind the used line items, with the URL of each filing."""
    if period_end is None:
        return ()
    tags = {tag: name for name in reversed(used) for tag in reversed(source_tags(name))}
    if not tags:
        return ()
    marks = ", ".join("?" for _ in tags)
    found = lake.con.execute(
        'SELECT tag, start, "end", value, unit, filed, form, accession FROM facts '
        f'WHERE issuer_id = ? AND filed <= ? AND tag IN ({marks}) AND ("end" = ? OR unit = \'shares\' AND "end" >= ?) '
        'QUALIFY row_number() OVER (PARTITION BY tag, start, "end", unit ORDER BY filed DESC, accession DESC) = 1 '
        'ORDER BY tag, "end", start',
        [company.issuer_id, day, *tags, period_end, period_end],
    ).fetchall()
    order = {name: number for number, name in enumerate(used)}
    filings = [
        Filing(tags[tag], tag, start, end, value, unit, filed, form, accession, filing_url(company.cik, accession))
        for tag, start, end, value, unit, filed, form, accession in found
    ]
    return tuple(sorted(filings, key=lambda filing: (order[filing.item], filing.tag, filing.end, str(filing.start))))


def source_tags(item: str) -> tuple[str, ...]:
    """Return the source tags that a line item is read from, in the order in which they are tried."""
    row = items.BY_NAME[item]
    vendor = (f"simfin:{row.simfin.lstrip('-')}",) if row.simfin else ()
    return (*row.tags, *row.fill, *row.parts, *(f"ifrs:{tag}" for tag in row.ifrs), *vendor)


def filing_url(cik: int | None, accession: str | None) -> str:
    """Return the address of a filing's index page at the SEC; ``""`` for vendor rows."""
    if cik is None or not accession:
        return ""
    return f"https://www.sec.gov/Archives/edgar/data/{cik}/{accession.replace('-', '')}/{accession}-index.htm"
