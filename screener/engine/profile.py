"""The page of one company as known on a day: who it is, its metrics among its peers, its periods, flags and events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from screener.catalogue import flags as flag_table
from screener.catalogue import items, profile
from screener.catalogue.events import BY_NAME as EVENTS
from screener.catalogue.names import lookup
from screener.engine.company import Company
from screener.engine.evidence import read_versions
from screener.engine.factors import Standing, read_standings
from screener.engine.periods import Period, read_periods
from screener.engine.result import RunIdentity, Value
from screener.engine.run import run_screen
from screener.engine.trace import Trace, Tracer
from screener.lake.filings import company_url, filing_url
from screener.language.ast import Name
from screener.language.resolve import parse_screen

if TYPE_CHECKING:
    import duckdb

    from screener.lake.connect import Lake

FIELDS = ("price", "price_date", "market_cap", "exchange", "industry", "country")


@dataclass(frozen=True, slots=True)
class KeyMetric:
    """A metric of the company and where it stands among its peers.

    percentile: 0 to 100, 100 is best by the metric's direction; ``None`` where it is not ranked.
    place: 1 is best of ``size`` names, equal values share the better place; those without a value stand last.
    ranked_by: the metric that ranks in its place (the yield of a multiple). within, peers: the field that groups the
    peers and the group's own name, ``universe`` for all; asked: the field asked for, another one where that group is
    too small. reason: why the value is unknown.
    """

    section: str
    name: str
    label: str
    unit: str
    direction: str
    value: Value
    percentile: float | None = None
    place: int | None = None
    size: int | None = None
    asked: str = profile.WITHIN
    within: str = ""
    peers: str = ""
    ranked_by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PeriodFlag:
    """A flag of the periods shown: its code, what it means, whether a reader of a shortlist is told, and the periods.

    ``periods`` are labels such as ``2023Q4``, oldest first.
    """

    code: str
    meaning: str
    notable: bool
    periods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """A filing that means something by itself; ``url`` is its index page, ``""`` where there is none."""

    filed: date
    kind: str
    label: str
    meaning: str
    accession: str
    url: str


@dataclass(frozen=True)
class Profile:
    """Everything on the page of a company, as known on ``run.as_of``; amounts in full units, unrounded.

    ``about``: the fields of the company and of its last price, ``None`` for unknown. ``items`` and ``units`` name the
    values of a period. ``years`` (twelve months and year-end balances) and ``quarters`` (discrete quarters): oldest
    first, without gaps; ``ttm`` the newest twelve months, ``None`` without any filing. Share counts and per-share
    figures are on the split basis of the newest quarter. ``evidence``: of debt, interest and cash, where it is not
    plainly reported. ``events`` of the last twelve months, newest first, ``None`` where the data has no list of
    the company's filings. ``ranked``: whether it is among those that are ranked.
    """

    run: RunIdentity
    company: Company
    about: dict[str, Value]
    metrics: tuple[KeyMetric, ...]
    items: tuple[str, ...]
    units: tuple[str, ...]
    years: tuple[Period, ...]
    quarters: tuple[Period, ...]
    ttm: Period | None
    flags: tuple[PeriodFlag, ...]
    evidence: tuple[tuple[str, str], ...]
    events: tuple[Event, ...] | None
    population: int
    ranked: bool
    notes: tuple[str, ...] = ()


def company_profile(lake: Lake, company: Company, as_of: date | None = None) -> Profile:
    """Return the page of a company on a day (default: the newest day of the data), with one query for the metrics.

    Raises ``DataError`` when the data set has nothing that was public on that day.
    """
    screen = parse_screen(profile.screen_text())
    tracer = Tracer(screen.definitions, screen.universe, screen.min_group)
    for name in (*FIELDS, *profile.METRICS):
        tracer.add(Name(name))
    for factor in screen.factors():
        tracer.add(factor.expr)
    result = run_screen(lake, screen, as_of, tracer=tracer, followed=[company.issuer_id])
    day = result.run.as_of
    trace = tracer.read_kept(lake.con, day, [company.issuer_id]).get(company.issuer_id)
    standings = read_standings(lake.con, screen, [company.issuer_id]).get(company.issuer_id, ())
    ranks = [factor.expr.name if isinstance(factor.expr, Name) else "" for factor in screen.factors()]
    periods = read_periods(lake.con, company, day, profile.STATEMENT)
    newest = read_versions(lake, company, day).get(0)
    about = _about(lake.con, company, trace, day)
    if periods.ttm is not None:
        about |= {"period_end": periods.ttm.period_end, "known_from": periods.ttm.known_from}
    return Profile(
        run=result.run,
        company=company,
        about=about,
        metrics=_metrics(trace, standings, ranks),
        items=profile.STATEMENT,
        units=tuple(_unit(name) for name in profile.STATEMENT),
        years=periods.years,
        quarters=periods.quarters,
        ttm=periods.ttm,
        flags=_flags((*periods.years, *periods.quarters)),
        evidence=tuple(pair for pair in (newest.evidence if newest else ()) if pair[1] != "reported"),
        events=_events(lake.con, company, day),
        population=result.population,
        ranked=bool(standings),
        notes=(*_notes(trace, company, standings), *periods.notes, *result.run.notes),
    )


def _unit(name: str) -> str:
    entry = items.BY_NAME.get(name) or lookup(name)
    return entry.unit if entry else "number"


def _metrics(trace: Trace | None, standings: Sequence[Standing], ranks: Sequence[str]) -> tuple[KeyMetric, ...]:
    found = []
    sections = [(section, name) for section, names in profile.SECTIONS for name in names]
    for place, ((section, name), ranked_by) in enumerate(zip(sections, ranks, strict=True)):
        entry = lookup(name)
        assert entry is not None, f"{name} is in the catalogue"  # noqa: S101 - our own table, a test holds it
        value = trace.value(Name(name)) if trace else None
        reason = "" if value is not None else trace.reason(Name(name)) if trace else "no usable filing, no recent price"
        own = KeyMetric(section, name, entry.label, entry.unit, entry.direction, value, reason=reason)
        standing = standings[place] if standings else None
        found.append(own if standing is None else _ranked(own, standing, ranked_by))
    return tuple(found)


def _ranked(own: KeyMetric, standing: Standing, ranked_by: str) -> KeyMetric:
    """Add the place that the percentile says: 100 * (size - place + 1) / size."""
    percentile, size = standing.percentile, standing.size
    # Zero is nobody's place: it says that the metric is undefined in a way that ranks worst.
    place = round(size + 1 - percentile * size / 100) if percentile else None
    return KeyMetric(
        own.section, own.name, own.label, own.unit, own.direction, own.value, percentile, place,
        size if percentile is not None else None, standing.asked, standing.within, standing.peers,
        ranked_by if ranked_by != own.name else "", own.reason,
    )  # fmt: skip


def _about(con: duckdb.DuckDBPyConnection, company: Company, trace: Trace | None, day: date) -> dict[str, Value]:
    row = con.execute(
        "SELECT c.fiscal_year_end, c.country, coalesce(k.industry, c.industry), coalesce(k.sic, c.sic), l.exchange "
        "FROM (SELECT *, ?::DATE AS as_of FROM companies) AS c "
        "ASOF LEFT JOIN classifications AS k ON k.issuer_id = c.issuer_id AND k.known_from <= c.as_of "
        "LEFT JOIN listings AS l ON l.issuer_id = c.issuer_id AND l.ticker = ? "
        "WHERE c.issuer_id = ? ORDER BY l.is_primary DESC NULLS LAST, l.listing_id LIMIT 1",
        [day, company.ticker, company.issuer_id],
    ).fetchone()
    fiscal_year_end, country, industry, sic, exchange = row or (None,) * 5
    about: dict[str, Value] = {
        "exchange": exchange, "sector": company.sector, "industry": industry, "sic": sic, "country": country,
        "model": company.model, "cik": company.cik, "fiscal_year_end": fiscal_year_end,
        "period_end": None, "known_from": None, "price": None, "price_date": None, "market_cap": None,
        "filings_url": company_url(company.cik) or None,
    }  # fmt: skip
    if trace is not None:
        about |= {name: trace.value(Name(name)) for name in ("price", "price_date", "market_cap")}
        about["model"] = trace.model
    return about


def _flags(periods: Sequence[Period]) -> tuple[PeriodFlag, ...]:
    """Return the flags of the periods in the order of their table, those that a reader must see first."""
    where: dict[str, dict[str, None]] = {}
    for period in periods:
        for code in period.flags.split():
            where.setdefault(code, {})[period.label] = None
    order = {code: number for number, code in enumerate(flag_table.BY_CODE)}
    found = []
    for code in sorted(where, key=lambda code: (order.get(code, -1), code)):
        row = flag_table.BY_CODE.get(code)
        told = row is None or row.notable
        found.append(PeriodFlag(code, row.meaning if row else code, told, tuple(where[code])))
    return tuple(sorted(found, key=lambda flag: not flag.notable))


def _events(con: duckdb.DuckDBPyConnection, company: Company, day: date) -> tuple[Event, ...] | None:
    rows = con.execute(
        "SELECT filed, kind, accession FROM events WHERE issuer_id = ? AND filed <= ?::DATE "
        f"AND filed > ?::DATE - INTERVAL {profile.EVENT_MONTHS} MONTH ORDER BY filed DESC, kind, accession",
        [company.issuer_id, day, day],
    ).fetchall()
    listed = con.execute(
        "SELECT filings_since FROM companies WHERE issuer_id = ? AND filings_since <= ?", [company.issuer_id, day]
    ).fetchone()
    if not rows and listed is None:
        return None
    return tuple(
        Event(filed, kind, EVENTS[kind].label if kind in EVENTS else kind,
              EVENTS[kind].meaning if kind in EVENTS else "", accession or "", filing_url(company.cik, accession))
        for filed, kind, accession in rows
    )  # fmt: skip


def _notes(trace: Trace | None, company: Company, standings: Sequence[Standing]) -> list[str]:
    if trace is None:
        return [f"{company.ticker} had no usable filing and no recent price on the day: its metrics are unknown"]
    notes = []
    unpriced = trace.reason(Name("market_cap"))
    if unpriced:
        notes.append(f"market_cap is unknown: {unpriced}")
    if not standings:
        notes.append("not ranked: a shell company is not compared with others")
    return notes
