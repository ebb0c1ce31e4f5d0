"""Why a name is in or out: every rule with its parts and distance, every factor, and what would change the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import fields as fields_of
from datetime import date
from typing import TYPE_CHECKING

from screener.catalogue import fields, items
from screener.engine.company import Company
from screener.engine.compile import Moment
from screener.engine.display import Shown
from screener.engine.evidence import Filing, Source, Version, read_filings, read_versions, words
from screener.engine.factors import Standing, read_standings
from screener.engine.parts import Parts, run_with_parts
from screener.engine.places import Cutoff, Place, read_cutoff, read_places
from screener.engine.ranks import unit_of
from screener.engine.result import Result, Value
from screener.engine.trace import NOW, Trace, children
from screener.engine.verdicts import Verdict, judge
from screener.errors import DataError
from screener.language.ast import Expr, Name, Number, Period
from screener.language.definitions import find

if TYPE_CHECKING:
    from screener.lake.connect import Lake
    from screener.language.screen import Rule, Screen

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
class Input:
    """A stored value that a rule rests on: its period, the day since which it is public, and the flags of that row.

    when: as in :class:`Source`. For what is taken from prices both days are those of the last price.
    """

    name: str
    when: str
    value: Value
    unit: str
    period_end: date | None
    filed: date | None
    flags: str


@dataclass(frozen=True, slots=True)
class Judgement(Verdict):
    """A verdict with the named values inside the rule and the stored values that it rests on."""

    terms: tuple[Term, ...] = ()
    inputs: tuple[Input, ...] = ()


@dataclass(frozen=True, repr=False)
class Explanation(Shown):
    """Everything about one name in one run; ``rank`` and ``score`` are ``None`` when it is not on the list.

    ``place``: where it stands in the universe and on the list, also for a name of the universe that does not pass.
    ``tightest``: for a name that passes, the rule that it passes with the least room in per cent of the threshold.
    ``cutoff``: what the screen's limit cuts at. ``evidence``: (``debt``, ``interest`` or ``cash``, state) of the newest
    row; empty without one.
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
    factors: tuple[Standing, ...]
    filings: tuple[Filing, ...]
    evidence: tuple[tuple[str, str], ...] = ()
    sources: tuple[Source, ...] = ()
    place: Place | None = None
    cutoff: Cutoff | None = None

    @property
    def missed(self) -> tuple[Judgement, ...]:
        """Return the conditions and rules that keep the name out."""
        return tuple(judgement for judgement in self.judgements if not judgement.admitted)

    @property
    def tightest(self) -> Judgement | None:
        """Return the rule that a name on the list passes with the least room, ``None`` where no per cent tells."""
        found = [
            (judgement.distance.relative, number, judgement)
            for number, judgement in enumerate(self.judgements)
            if judgement.verdict == "pass" and judgement.distance and judgement.distance.relative is not None
        ]
        return min(found)[2] if self.passed and found else None


def explain_name(lake: Lake, result: Result, company: Company, *, filings: bool = True) -> Explanation:
    """Explain one company in a run that was made on ``lake``: as :func:`explain_company` with its screen and day."""
    return explain_company(lake, result.screen, company, result.run.as_of, filings=filings)


def explain_company(
    lake: Lake, screen: Screen, company: Company, as_of: date | None = None, *, filings: bool = True
) -> Explanation:
    """Run ``screen`` with the parts of its rules and explain one company in it.

    ``filings=False`` leaves the facts behind the values out: to find them, the company is standardized once more.
    Raises ``DataError`` when the company was not a candidate: no usable filing and no recent price on the day.
    """
    parts = run_with_parts(lake, screen, as_of, followed=[company.issuer_id])
    day = parts.result.run.as_of
    trace = parts.traces([company.issuer_id]).get(company.issuer_id)
    row = lake.con.execute(
        "SELECT in_universe, passed, rank, score FROM evaluated WHERE issuer_id = ?", [company.issuer_id]
    ).fetchone()
    if trace is None or row is None:
        raise DataError(
            f"{company.ticker} ({company.name}) was not a candidate on {day}: no usable filing and no recent price"
        )
    return _explained(parts, company, trace, row, filings=filings)


def _explained(
    parts: Parts, company: Company, trace: Trace, row: tuple[bool, bool, int | None, float | None], *, filings: bool
) -> Explanation:
    lake, result = parts.lake, parts.result
    screen, day = result.screen, result.run.as_of
    versions = read_versions(lake, company, day)
    rules = (*screen.universe, *screen.rules)
    newest = versions.get(0)
    found, sources = read_filings(lake, company, versions, _stored(screen, trace)) if filings else ((), ())
    place = read_places(lake.con, [company.issuer_id]).get(company.issuer_id)
    return Explanation(
        result=result,
        company=company,
        candidate=True,
        in_universe=bool(row[0]),
        passed=bool(row[1]),
        rank=row[2],
        score=row[3],
        period_end=trace.value(Name("period_end")),
        known_from=newest.known_from if newest else None,
        flags=newest.flags if newest else "",
        judgements=tuple(_judge(rule, trace, versions) for rule in rules),
        factors=read_standings(lake.con, screen, [company.issuer_id]).get(company.issuer_id, ()),
        filings=found,
        evidence=newest.evidence if newest else (),
        sources=sources,
        place=place,
        # Where groups are bounded as well, no one score cuts.
        cutoff=None if screen.max_per else read_cutoff(lake.con, screen.limit, place),
    )


def _stored(screen: Screen, trace: Trace) -> list[tuple[str, Moment]]:
    """Return the line items behind all rules and factors, the newest first."""
    read = [rule.expr for rule in (*screen.universe, *screen.rules)] + [factor.expr for factor in screen.factors()]
    used = set().union(*(_items(expr, trace) for expr in read))
    return sorted((found for found in used if found[0] in items.BY_NAME), key=_order)


def _order(found: tuple[str, Moment]) -> tuple[int, str, bool]:
    return found[1].lag, found[0], found[1].quarter


def _judge(rule: Rule, trace: Trace, versions: dict[int, Version]) -> Judgement:
    found = judge(rule, trace)
    told = {row.name: getattr(found, row.name) for row in fields_of(found)}
    return Judgement(**told, terms=_terms(rule.expr, trace, NOW), inputs=_inputs(rule.expr, trace, versions))


def _inputs(expr: Expr, trace: Trace, versions: dict[int, Version]) -> tuple[Input, ...]:
    found = []
    read = _items(expr, trace)
    for name, at in sorted(read, key=_order):
        value = trace.value(read[name, at], at)
        if name in fields.BY_NAME:
            if fields.BY_NAME[name].market:
                day = trace.value(Name("price_date"))
                priced = day if isinstance(day, date) else None
                found.append(Input(name, "", value, fields.BY_NAME[name].unit, priced, priced, ""))
            continue
        row = versions.get(at.lag)
        period, filed, flags = (row.period_end, row.known_from, row.flags) if row else (None, None, "")
        found.append(Input(name, words(at), value, items.BY_NAME[name].unit, period, filed, flags))
    return tuple(found)


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
    return Term(name.name, trace.value(key, at), unit, text, trace.reason(key, at), words(at), parts, label)


def _items(expr: Expr, trace: Trace) -> dict[tuple[str, Moment], Name]:
    """Return the line items and fields that ``expr`` rests on, through all formulas, as they stand there."""
    found: dict[tuple[str, Moment], Name] = {}
    # By identity: hashing whole trees takes longer than walking one twice.
    seen: set[tuple[int, Moment]] = set()

    def walk(part: Expr, at: Moment) -> None:
        if (id(part), at) in seen or isinstance(part, Number | Period):
            return
        seen.add((id(part), at))
        if isinstance(part, Name):
            if part.name in items.BY_NAME or part.name in fields.BY_NAME:
                found[part.name, at] = part
            inside = trace.inside(part.name)
            if inside is not None:
                walk(inside, at)
        for child, moment in children(part, at):
            walk(child, moment)

    walk(expr, NOW)
    return found
