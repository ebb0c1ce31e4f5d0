"""The one query: a resolved screen and a table of dates become a single SQL statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from screener.catalogue import fields, items
from screener.engine.columns import Columns
from screener.engine.compile import Moment, compile_expr, identifier
from screener.engine.ranks import RankColumns, rank_columns
from screener.language.screen import Rule, Screen

# Columns that every result carries, whether the screen names them or not.
ALWAYS = ("ticker", "name", "sector", "market_cap", "period_end", "known_from", "price_date")

Selection = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A compiled screen.

    ``sql`` gives one row per date and candidate, with verdicts (``u1..``, ``r1..``), factors (``f1..``), the chosen
    columns (``c1..``), ``score`` and, for the names that pass, ``rank``.
    """

    sql: str
    screen: Screen
    dates: tuple[date, ...]


def build_query(screen: Screen, dates: Sequence[date]) -> Query:
    """Compile ``screen`` over ``dates`` (one for a run, hundreds for a history)."""
    columns = Columns(screen.definitions)
    for name in ALWAYS:
        columns.column(name, Moment())
    universe = _verdicts("u", screen.universe, columns)
    rules = _verdicts("r", screen.rules, columns)
    shown = tuple((f"c{k}", compile_expr(column.expr, columns)) for k, column in enumerate(screen.columns, 1))
    peers = [factor.within for factor in screen.factors() if factor.within]
    for peer in peers:
        columns.column(peer, Moment())
    ranks = rank_columns(screen, columns)
    steps = [("dates(as_of)", _dates(dates)), *candidate_steps(columns, dates)]
    steps.append(("judged", _judged(universe + rules + ranks.values + shown, peers, last_level(columns))))
    steps.append(("surviving", _surviving(screen)))
    steps.append(("ranked", _ranked(ranks)))
    final = _final(universe + rules + shown, ranks)
    return Query(with_clause(steps) + final, screen, tuple(dates))


def with_clause(steps: Sequence[tuple[str, str]]) -> str:
    """Return ``WITH`` and the named steps, one below the other."""
    return "WITH\n" + ",\n".join(f"{name} AS (\n  {body}\n)" for name, body in steps) + "\n"


def select(selection: Sequence[tuple[str, str]], *, star: str = "", indent: str = "    ") -> str:
    """Return a ``SELECT`` list with one column a line."""
    parts = [star] if star else []
    parts += [sql if sql == identifier(name) else f"{sql} AS {identifier(name)}" for name, sql in selection]
    return "SELECT\n" + ",\n".join(indent + part for part in parts)


def candidate_steps(columns: Columns, dates: Sequence[date], *, issuers: Sequence[int] = ()) -> list[tuple[str, str]]:
    """Return the steps from the stored tables to one row per date and candidate with every needed column.

    A candidate is an issuer with a usable filing or a recent price on the date; ``issuers`` narrows to a few.
    """
    steps = [("latest", _latest(columns, dates, issuers)), ("quote", _quote(dates, issuers))]
    if columns.history:
        steps.append(("history", _history(columns)))
    steps.append(("candidates", _candidates(columns, issuers)))
    for number, level in enumerate(columns.levels, 1):
        source = f"metrics_{number - 1}" if number > 1 else "candidates"
        steps.append((f"metrics_{number}", select(tuple(level.items()), star="*") + f"\n  FROM {source}"))
    return steps


def last_level(columns: Columns) -> str:
    """Return the name of the step that has all metric columns."""
    return f"metrics_{len(columns.levels)}" if columns.levels else "candidates"


def _dates(dates: Sequence[date]) -> str:
    return "VALUES " + ", ".join(f"(DATE '{day.isoformat()}')" for day in dates)


def _only(alias: str, issuers: Sequence[int]) -> str:
    return f" AND {alias}.issuer_id IN ({', '.join(str(int(issuer)) for issuer in issuers)})" if issuers else ""


def _latest(columns: Columns, dates: Sequence[date], issuers: Sequence[int]) -> str:
    """Select the newest period of each issuer that was public on the date and is not too old, in US dollars."""
    stored = ("issuer_id", "period_end", "known_from", "quarter_index", "share_basis", "shares_outstanding")
    wanted = [(name, f"f.{identifier(name)}") for name in stored]
    wanted += [(key, f"f.{identifier(name)}") for key, name in columns.latest.items() if key not in stored]
    return (
        select((("as_of", "d.as_of"), *wanted))
        + "\n  FROM dates AS d JOIN fundamentals AS f ON f.known_from <= d.as_of AND f.latest_until > d.as_of"
        + " AND f.stale_from > d.as_of"
        # The same test on the outermost dates lets the Parquet reader skip row groups.
        + f"\n  WHERE f.known_from <= DATE '{max(dates)}' AND f.latest_until > DATE '{min(dates)}'"
        + f" AND f.currency = 'USD'{_only('f', issuers)}"
    )


def _quote(dates: Sequence[date], issuers: Sequence[int]) -> str:
    """Select the last price of the issuer's primary listing, if it is recent."""
    age = timedelta(days=fields.PRICE_MAX_AGE_DAYS)
    return (
        "SELECT k.as_of, k.issuer_id, p.*\n"
        "  FROM (SELECT d.as_of, l.issuer_id, l.listing_id FROM dates AS d CROSS JOIN listings AS l"
        f" WHERE l.is_primary{_only('l', issuers)}) AS k\n"
        f"  ASOF JOIN (SELECT * FROM prices WHERE date BETWEEN DATE '{min(dates) - age}' AND DATE '{max(dates)}') AS p"
        " ON p.listing_id = k.listing_id AND p.date <= k.as_of\n"
        f"  WHERE p.date >= k.as_of - {fields.PRICE_MAX_AGE_DAYS}"
    )


def _history(columns: Columns) -> str:
    """Earlier quarters of the same issuers, each in the version that was public on the date."""
    wanted = [("as_of", "l.as_of"), ("issuer_id", "l.issuer_id")]
    for key, (name, lag) in columns.history.items():
        item = items.BY_NAME[name.removesuffix("_q")] if name not in items.BY_NAME else items.BY_NAME[name]
        value = f"h.{identifier(name)}"
        if item.unit == "shares":
            value += " * h.share_basis / l.share_basis"
        elif item.unit == "usd_per_share":
            value += " * l.share_basis / h.share_basis"
        wanted.append((key, f"max({value}) FILTER (l.quarter_index - h.quarter_index = {lag})"))
    lags = sorted({lag for _, lag in columns.history.values()})
    return (
        select(wanted)
        + "\n  FROM latest AS l JOIN fundamentals AS h ON h.issuer_id = l.issuer_id"
        + f" AND h.quarter_index BETWEEN l.quarter_index - {lags[-1]} AND l.quarter_index - {lags[0]}"
        + " AND h.known_from <= l.as_of AND h.known_until > l.as_of"
        + f"\n  WHERE l.quarter_index - h.quarter_index IN ({', '.join(map(str, lags))})"
        + "\n  GROUP BY l.as_of, l.issuer_id"
    )


def _candidates(columns: Columns, issuers: Sequence[int]) -> str:
    wanted = [("as_of", "d.as_of"), ("issuer_id", "c.issuer_id"), ("cik", "c.cik")]
    wanted += list(columns.fields.items())
    wanted += [(key, f"f.{identifier(key)}") for key in columns.latest]
    wanted += [(key, f"h.{identifier(key)}") for key in columns.history]
    joins = [
        "FROM dates AS d CROSS JOIN companies AS c",
        "LEFT JOIN listings AS l ON l.issuer_id = c.issuer_id AND l.is_primary",
        "LEFT JOIN latest AS f ON f.as_of = d.as_of AND f.issuer_id = c.issuer_id",
        "LEFT JOIN quote AS p ON p.as_of = d.as_of AND p.issuer_id = c.issuer_id",
    ]
    if columns.history:
        joins.append("LEFT JOIN history AS h ON h.as_of = d.as_of AND h.issuer_id = c.issuer_id")
    known = f"WHERE (f.issuer_id IS NOT NULL OR p.listing_id IS NOT NULL){_only('c', issuers)}"
    return select(tuple(wanted)) + "\n  " + "\n  ".join([*joins, known])


def _verdicts(prefix: str, rules: Sequence[Rule], columns: Columns) -> Selection:
    return tuple((f"{prefix}{k}", compile_expr(rule.expr, columns)) for k, rule in enumerate(rules, 1))


def _judged(selection: Selection, peers: Sequence[str], source: str) -> str:
    kept = tuple((name, identifier(name)) for name in dict.fromkeys(("as_of", "issuer_id", "cik", *ALWAYS, *peers)))
    return select((*kept, *selection)) + f"\n  FROM {source}"


def _admitted(prefix: str, rules: Sequence[Rule]) -> str:
    """Return the condition under which a name gets through all ``rules``; unknown counts as the rule says."""
    parts = [f"coalesce({prefix}{k}, {str(rule.if_unknown != 'fail').lower()})" for k, rule in enumerate(rules, 1)]
    return " AND ".join(parts) or "true"


def _surviving(screen: Screen) -> str:
    return (
        f"SELECT *,\n    {_admitted('u', screen.universe)} AS in_universe,\n"
        f"    {_admitted('r', screen.rules)} AS follows_rules\n  FROM judged"
    )


def _ranked(ranks: RankColumns) -> str:
    return select(ranks.percentiles, star="*") + "\n  FROM surviving"


def _final(verdicts: Selection, ranks: RankColumns) -> str:
    keys = ["as_of", "issuer_id", "cik", "ticker", "name", "sector", "market_cap", "period_end", "known_from"]
    keys += ["price_date", "in_universe", "follows_rules"]
    keys += [key for key, _ in verdicts]
    keys += [key for key, _ in ranks.values if not key.endswith("_class")] + [key for key, _ in ranks.percentiles]
    order = "score DESC NULLS LAST, market_cap DESC NULLS LAST, ticker NULLS LAST, issuer_id"
    return (
        "SELECT *,\n"
        f"  CASE WHEN passed THEN row_number() OVER (PARTITION BY as_of, passed ORDER BY {order}) END AS rank\n"
        f"FROM (\n  SELECT {', '.join(map(identifier, keys))},\n"
        "    in_universe AND follows_rules AS passed,\n"
        f"    CASE WHEN in_universe THEN {ranks.score} END AS score\n  FROM ranked\n)\n"
        f"ORDER BY as_of, rank NULLS LAST, issuer_id"
    )
