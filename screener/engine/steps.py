"""From the stored tables to candidates: who is looked at on each date, with every column that the screen needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

from screener.catalogue import fields, items, market
from screener.engine import beside
from screener.engine.columns import Columns
from screener.engine.compile import compile_expr, identifier
from screener.engine.peers import INSIDE
from screener.language.screen import Rule

# Columns that every result carries, whether the screen names them or not.
ALWAYS = ("ticker", "name", "sector", "market_cap", "period_end", "known_from", "price_date", "data_flags")

# A quarter may be 500 days old before it is stale (annual filers), and half a quarter off its place in the calendar.
OLDEST_QUARTER_DAYS = 550
QUARTER_DAYS = 92
# How many quarters the last full fiscal year may have ended before the newest quarter.
YEAR_BEFORE = range(4)

Step = tuple[str, str]
Selection = tuple[tuple[str, str], ...]


def with_clause(steps: Sequence[tuple[str, str]]) -> str:
    """Return ``WITH`` and the named steps, one below the other."""
    return "WITH\n" + ",\n".join(f"{name} AS (\n  {body}\n)" for name, body in steps) + "\n"


def select(selection: Sequence[tuple[str, str]], *, star: str = "", indent: str = "    ") -> str:
    """Return a ``SELECT`` list with one column a line."""
    parts = [star] if star else []
    parts += [sql if sql == identifier(name) else f"{sql} AS {identifier(name)}" for name, sql in selection]
    return "SELECT\n" + ",\n".join(indent + part for part in parts)


_ELIGIBLE = "\n  JOIN tested AS t ON t.as_of = {0}.as_of AND t.issuer_id = {0}.issuer_id AND t.eligible"


def candidate_steps(
    columns: Columns,
    dates: Sequence[date],
    *,
    universe: Sequence[Rule] = (),
    issuers: Sequence[int] = (),
    everyone: bool = False,
    followed: Sequence[int] = (),
) -> list[Step]:
    """Return the steps from the stored tables to one row per date and candidate with every needed column.

    A candidate is an issuer with a usable filing or a recent price on the date; ``issuers`` narrows to a few.
    Where ``universe`` begins with conditions that need no earlier quarters, they are judged first, in the step
    ``tested``: the names that they keep out are not followed any further, unless ``everyone`` is to be, or those few
    issuers in ``followed``.
    """
    inside = _inside(columns, universe) if columns.late else ""
    early = () if everyone else early_conditions(columns, universe)
    steps = [("latest", _latest(columns, dates, issuers)), ("quote", _quote(dates, issuers))]
    for row in beside.needed(tuple(columns.fields.values())):
        steps.append((row.step, row.body(dates, partial(_only, issuers=issuers))))
    steps.append(("candidates", _candidates(columns, issuers)))
    if early:
        steps += _tested(columns, universe[: len(early)], followed)
    if columns.annual:
        steps.append(("fiscal_years", _fiscal_years(dates, tested=bool(early))))
    if columns.history or columns.annual:
        steps.append(("history", _history(columns, dates, tested=bool(early))))
    steps.append(("observed", _observed(columns, tested=bool(early))))
    steps += _levels(columns.levels, "metrics", "observed")
    if columns.late:
        steps.append(("inside", f"SELECT *, {inside} AS {INSIDE}\n  FROM {steps[-1][0]}"))
        steps += _levels(columns.late, "compared", "inside")
    return steps


def early_conditions(columns: Columns, universe: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return the universe conditions before the first that needs earlier quarters."""
    found: list[Rule] = []
    for rule in universe:
        trial = Columns(columns.definitions)
        compile_expr(rule.expr, trial)
        if trial.history or trial.annual:
            break
        found.append(rule)
    return tuple(found)


def last_step(columns: Columns) -> str:
    """Return the name of the step that has all metric columns."""
    if columns.late:
        return f"compared_{len(columns.late)}"
    return f"metrics_{len(columns.levels)}" if columns.levels else "observed"


def keys(peers: Sequence[str] = ()) -> Selection:
    """Return the columns that identify a row, with the peer groups that the rank uses."""
    return tuple((name, identifier(name)) for name in dict.fromkeys(("as_of", "issuer_id", "cik", *ALWAYS, *peers)))


def admitted(prefix: str, rules: Sequence[Rule]) -> str:
    """Return the condition under which a name gets through all ``rules``; unknown counts as the rule says."""
    parts = [f"coalesce({prefix}{k}, {str(rule.if_unknown != 'fail').lower()})" for k, rule in enumerate(rules, 1)]
    return " AND ".join(parts) or "true"


def verdicts(prefix: str, rules: Sequence[Rule], columns: Columns) -> Selection:
    """Return the column of each rule's verdict: true, false, or NULL for unknown."""
    return tuple((f"{prefix}{k}", compile_expr(rule.expr, columns)) for k, rule in enumerate(rules, 1))


def metric_steps(columns: Columns, source: str) -> list[Step]:
    """Return the steps that compute all metrics over the columns of the step ``source``, which has what they need."""
    return _levels(columns.levels, "metrics", source)


def _levels(levels: Sequence[dict[str, str]], name: str, source: str) -> list[Step]:
    steps = []
    for number, level in enumerate(levels, 1):
        steps.append((f"{name}_{number}", select(tuple(level.items()), star="*") + f"\n  FROM {source}"))
        source = f"{name}_{number}"
    return steps


def _inside(columns: Columns, universe: Sequence[Rule]) -> str:
    """Return the condition under which a name belongs to the universe, with all that it needs in ``columns``."""
    parts = [
        f"coalesce({compile_expr(rule.expr, columns)}, {str(rule.if_unknown != 'fail').lower()})" for rule in universe
    ]
    return " AND ".join(parts) or "true"


def _tested(wanted: Columns, rules: Sequence[Rule], followed: Sequence[int]) -> list[Step]:
    columns = Columns(wanted.definitions)
    found = verdicts("u", rules, columns)
    levels = _levels(columns.levels, "candidates", "candidates")
    source = levels[-1][0] if levels else "candidates"
    judged = select((*keys(), *found)) + f"\n  FROM {source}"
    also = f" OR issuer_id IN ({', '.join(str(int(issuer)) for issuer in followed)})" if followed else ""
    return [*levels, ("tested", f"SELECT *, {admitted('u', rules)}{also} AS eligible FROM (\n  {judged})")]


def date_rows(dates: Sequence[date]) -> str:
    """Return the table of dates."""
    return "VALUES " + ", ".join(f"(DATE '{day.isoformat()}')" for day in dates)


def _only(alias: str, issuers: Sequence[int]) -> str:
    return f" AND {alias}.issuer_id IN ({', '.join(str(int(issuer)) for issuer in issuers)})" if issuers else ""


def _latest(columns: Columns, dates: Sequence[date], issuers: Sequence[int]) -> str:
    """Select the newest period of each issuer that was public on the date and is not too old, in US dollars."""
    stored = [
        "issuer_id", "period_end", "known_from", "quarter_index", *market.NEEDED,
        *(name for name in fields.OF_THE_ROW if name in columns.fields),
    ]  # fmt: skip
    wanted = [(name, f"f.{identifier(name)}") for name in stored]
    wanted += [(key, f"f.{identifier(name)}") for key, name in columns.latest.items() if key not in stored]
    return (
        select((("as_of", "d.as_of"), *wanted))
        + "\n  FROM dates AS d JOIN fundamentals AS f ON f.known_from <= d.as_of AND f.latest_until > d.as_of"
        + " AND f.stale_from > d.as_of"
        # The same test on the outermost dates lets the Parquet reader skip row groups.
        + f"\n  WHERE f.known_from <= DATE '{max(dates)}' AND f.latest_until > DATE '{min(dates)}'"
        + f" AND f.stale_from > DATE '{min(dates)}'"
        + f" AND f.currency = 'USD'{_only('f', issuers)}"
    )


def _quote(dates: Sequence[date], issuers: Sequence[int]) -> str:
    """Select the last price of the issuer's primary listing, if it is recent."""
    # The calendar begins with the year 1.
    earliest = date.fromordinal(max(1, min(dates).toordinal() - fields.PRICE_MAX_AGE_DAYS))
    return (
        "SELECT k.as_of, k.issuer_id, p.*\n"
        "  FROM (SELECT d.as_of, l.issuer_id, l.listing_id FROM dates AS d CROSS JOIN listings AS l"
        f" WHERE l.is_primary{_only('l', issuers)}) AS k\n"
        f"  ASOF JOIN (SELECT * FROM prices WHERE date BETWEEN DATE '{earliest}' AND DATE '{max(dates)}') AS p"
        " ON p.listing_id = k.listing_id AND p.date <= k.as_of\n"
        f"  WHERE p.date >= k.as_of - {fields.PRICE_MAX_AGE_DAYS}"
    )


def _history(columns: Columns, dates: Sequence[date], *, tested: bool) -> str:
    """Select earlier quarters of the names that are followed, each in the version that was public on the date."""
    wanted = [("as_of", "l.as_of"), ("issuer_id", "l.issuer_id"), ("back", "l.quarter_index - h.quarter_index")]
    stored = dict.fromkeys(name for name, _ in (*columns.history.values(), *columns.annual.values()))
    wanted += [(name, on_one_basis(name)) for name in stored]
    lags = sorted({*_lags(columns.history), *(lag + k for lag in _lags(columns.annual) for k in YEAR_BEFORE)})
    # No observation lies further back than its lag before the oldest quarter that is not stale; the reader skips those.
    oldest = date.fromordinal(max(1, min(dates).toordinal() - OLDEST_QUARTER_DAYS - lags[-1] * QUARTER_DAYS))
    return (
        select(wanted)
        + f"\n  FROM latest AS l{_ELIGIBLE.format('l') if tested else ''}"
        + "\n  JOIN fundamentals AS h ON h.issuer_id = l.issuer_id"
        + f" AND l.quarter_index - h.quarter_index IN ({', '.join(map(str, lags))})"
        + " AND h.known_from <= l.as_of AND h.known_until > l.as_of"
        + f"\n  WHERE h.currency = 'USD' AND h.period_end >= DATE '{oldest}' AND h.known_from <= DATE '{max(dates)}'"
        + f" AND h.known_until > DATE '{min(dates)}'"
    )


# A vendor restates all its counts together. Its oldest ones are not mended, as nothing proved yet that they had to
# be; what proved it of the newest one holds for them. A period's price was made with its row's own basis.
_VENDOR_BASIS = (
    "CASE WHEN h.form = 'simfin' AND contains(l.flags, 'basis_mended') AND NOT contains(h.flags, 'basis_mended')"
    " THEN l.share_basis ELSE h.share_basis END"
)


def on_one_basis(name: str) -> str:
    """Return a stored column of ``h``; share counts and per-share figures on the split basis of the newest quarter."""
    item = items.BY_NAME[name if name in items.BY_NAME else name.removesuffix("_q")]
    value = f"h.{identifier(name)}"
    basis = "h.share_basis" if item.name == "period_price" else _VENDOR_BASIS
    if item.unit == "shares":
        return f"{value} * {basis} / l.share_basis"
    if item.unit == "usd_per_share":
        return f"{value} * l.share_basis / {basis}"
    return value


def _lags(history: Mapping[str, tuple[str, int]]) -> list[int]:
    return sorted({lag for _, lag in history.values()})


def _fiscal_years(dates: Sequence[date], *, tested: bool) -> str:
    """Find how many quarters before the newest one the last full fiscal year ended: none, or up to three.

    Where the report of that year's end is missing there is no such row: an older year is not the last one.
    """
    return (
        "SELECT l.as_of, l.issuer_id, min(l.quarter_index - h.quarter_index) AS back\n"
        f"  FROM latest AS l{_ELIGIBLE.format('l') if tested else ''}"
        "\n  JOIN fundamentals AS h ON h.issuer_id = l.issuer_id"
        f" AND l.quarter_index - h.quarter_index BETWEEN {YEAR_BEFORE[0]} AND {YEAR_BEFORE[-1]}"
        " AND h.fiscal_quarter = 4 AND h.known_from <= l.as_of AND h.known_until > l.as_of\n"
        f"  WHERE h.currency = 'USD' AND h.known_from <= DATE '{max(dates)}' AND h.known_until > DATE '{min(dates)}'\n"
        "  GROUP BY l.as_of, l.issuer_id"
    )


def _candidates(columns: Columns, issuers: Sequence[int]) -> str:
    wanted = [("as_of", "d.as_of"), ("issuer_id", "c.issuer_id"), ("cik", "c.cik")]
    if any(market.COLUMN in sql for sql in columns.fields.values()):
        wanted.append(market.raw_value())
    wanted += list(columns.fields.items())
    wanted += [(key, f"f.{identifier(key)}") for key in columns.latest]
    joins = [
        "FROM dates AS d CROSS JOIN companies AS c",
        # Companies are re-coded: what a company is, is what its filings up to the date called it.
        "ASOF LEFT JOIN classifications AS k ON k.issuer_id = c.issuer_id AND k.known_from <= d.as_of",
        "LEFT JOIN listings AS l ON l.issuer_id = c.issuer_id AND l.is_primary",
        "LEFT JOIN latest AS f ON f.as_of = d.as_of AND f.issuer_id = c.issuer_id",
        "LEFT JOIN quote AS p ON p.as_of = d.as_of AND p.issuer_id = c.issuer_id",
        *map(beside.join, beside.needed(tuple(columns.fields.values()))),
    ]
    # A listing that has ended is gone; where all prices end early, that says nothing of any one listing.
    listed = (
        "coalesce(l.last_date >= least(d.as_of, (SELECT max(last_date) FROM listings))"
        f" - {fields.PRICE_MAX_AGE_DAYS}, true)"
    )
    known = f"WHERE (f.issuer_id IS NOT NULL OR p.listing_id IS NOT NULL) AND {listed}{_only('c', issuers)}"
    return select(tuple(wanted)) + "\n  " + "\n  ".join([*joins, known])


def _observed(columns: Columns, *, tested: bool) -> str:
    """Put the earlier quarters beside the candidate: one join a lag, an issuer has one row a quarter."""
    wanted = [(key, f"h{lag}.{identifier(name)}") for key, (name, lag) in columns.history.items()]
    joins = [
        f"\n  LEFT JOIN history AS h{lag} ON h{lag}.as_of = c.as_of AND h{lag}.issuer_id = c.issuer_id"
        f" AND h{lag}.back = {lag}"
        for lag in _lags(columns.history)
    ]
    if columns.annual:
        wanted += [(key, f"y{lag}.{identifier(name)}") for key, (name, lag) in columns.annual.items()]
        joins.append("\n  LEFT JOIN fiscal_years AS y ON y.as_of = c.as_of AND y.issuer_id = c.issuer_id")
        joins += [
            f"\n  LEFT JOIN history AS y{lag} ON y{lag}.as_of = c.as_of AND y{lag}.issuer_id = c.issuer_id"
            f" AND y{lag}.back = y.back + {lag}"
            for lag in _lags(columns.annual)
        ]
    eligible = _ELIGIBLE.format("c") if tested else ""
    return select(wanted, star="c.*") + f"\n  FROM candidates AS c{eligible}" + "".join(joins)
