"""Running a resolved screen on an open data set: one query, then the funnel, the rows and their flags."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screener.catalogue.flags import notable
from screener.engine.compile import identifier
from screener.engine.query import Query, build_query, place_of
from screener.engine.ranks import factor_weights, unit_of
from screener.engine.result import FactorValue, FunnelStep, Result, ResultColumn, Row, RunIdentity, Steps
from screener.engine.steps import let_in
from screener.engine.tickers import bind_tickers, named
from screener.engine.trace import Tracer
from screener.errors import DataError
from screener.version import __version__

if TYPE_CHECKING:
    import duckdb
    import polars as pl

    from screener.lake.connect import Lake
    from screener.language.screen import Rule, Screen


# Columns of ``evaluated`` that a row takes over under their own names.
IDENTITY = ("rank", "issuer_id", "cik", "ticker", "name", "sector", "score", "period_end", "known_from")


def newest_date(con: duckdb.DuckDBPyConnection) -> date:
    """Return the newest day that the data set knows: its last price, or its last filing without prices."""
    row = con.execute(
        "SELECT coalesce((SELECT max(date) FROM prices), (SELECT max(known_from) FROM fundamentals))"
    ).fetchone()
    if row is None or row[0] is None:
        raise DataError("the data set is empty: it has neither prices nor fundamentals")
    found = row[0]
    assert isinstance(found, date), "both columns are dates"  # noqa: S101 - the schema is verified when it is opened
    return found


def run_screen(
    lake: Lake,
    screen: Screen,
    as_of: date | None = None,
    *,
    tracer: Tracer | None = None,
    followed: Sequence[int] = (),
) -> Result:
    """Run ``screen`` as of a day (default: the newest day of the data) and return its result.

    The table ``evaluated`` is left on the connection. With a ``tracer`` it has all that ``tracer.read_kept`` needs, and
    the issuers in ``followed`` are judged by every condition, whether they belong to the universe or not.

    Raises ``DataError`` when the data set has nothing that was public on that day.
    """
    newest = newest_date(lake.con)
    day = as_of or newest
    screen, lacking = bind_tickers(lake.con, screen)
    query = build_query(screen, [day], columns=tracer.columns if tracer else None, followed=followed)
    lake.con.execute(f"CREATE OR REPLACE TEMP TABLE evaluated AS {query.sql}")
    funnel = read_funnel(lake.con, screen)
    if not funnel[0].passed:
        what = (
            "everything in this data set is too old for" if day > newest else "nothing in this data set was public on"
        )
        raise DataError(f"{what} {day}", hint=f"its newest day is {newest}")
    return Result(
        run=_identity(lake, screen, day, newest, (*lacking, *_unpriced(lake, funnel))),
        screen=screen,
        columns=tuple(ResultColumn(column.name, column.name, column.unit) for column in screen.columns),
        rows=_rows(lake.con, query, day, tracer, followed),
        funnel=funnel,
        population=_remaining(funnel, "universe"),
        passed=funnel[-1].remaining,
        sql=query.sql,
        # A session may change its folder before it asks for more of this run.
        path=str(lake.path.absolute()),
        extra={"coverage": _coverage(lake.con, screen)},
    )


def _identity(lake: Lake, screen: Screen, day: date, newest: date, lacking: Sequence[str]) -> RunIdentity:
    """Return what tells this run from others; ``lacking`` are the notes on tickers that are not in the data."""
    return RunIdentity(
        screen=screen.name,
        title=screen.title,
        as_of=day,
        data="demo" if lake.manifest.demo else str(lake.path),
        data_hash=lake.manifest.data_hash,
        screen_hash=screen.sha256,
        version=__version__,
        demo=lake.manifest.demo,
        data_date=min(day, newest),
        notes=(*_about(lake.con, screen), *lacking, *_notes(lake, day, newest)),
    )


def panel(lake: Lake, screen: Screen, dates: Sequence[date]) -> pl.DataFrame:
    """Run ``screen`` as of every date in one query.

    Returns a polars frame with one row a date and passing name: ``as_of, rank, issuer_id, ticker, name, sector,
    score`` and the screen's columns; sorted by date and then as the screen says, else by rank.
    """
    screen, _ = bind_tickers(lake.con, screen)
    query = build_query(screen, sorted(dates))
    shown = ", ".join(f"c{k} AS {identifier(column.name)}" for k, column in enumerate(screen.columns, 1))
    frame: pl.DataFrame = lake.con.sql(
        f"SELECT as_of, rank, issuer_id, ticker, name, sector, score{', ' + shown if shown else ''} "
        f"FROM ({query.sql}) WHERE {_on_the_list(screen)} ORDER BY as_of, {_order(screen)}"
    ).pl()
    return frame


def read_funnel(con: duckdb.DuckDBPyConnection, screen: Screen) -> Steps:
    """Count, from the table ``evaluated``, how the candidates fare at every condition."""
    counts, alive = ["count(*)"], "true"
    for key, rule in keyed(screen):
        tested = alive if key.startswith("u") else "in_universe"
        alive += f" AND {let_in(key, rule)}"
        counts += [
            f"count(*) FILTER ({tested} AND {key})",
            f"count(*) FILTER ({tested} AND NOT {key})",
            f"count(*) FILTER ({tested} AND {key} IS NULL)",
            f"count(*) FILTER ({alive})",
        ]
    found = con.execute(f"SELECT {', '.join(counts)} FROM evaluated").fetchone() or (0,)
    steps = [FunnelStep("start", "", "candidates", found[0], 0, 0, found[0])]
    for number, (key, rule) in enumerate(keyed(screen)):
        passed, failed, unknown, remaining = found[1 + 4 * number : 5 + 4 * number]
        kind = "universe" if key.startswith("u") else "rule"
        admitted = unknown if rule.lets_unknown_in else 0
        steps.append(FunnelStep(kind, rule.group, rule.text, passed, failed, unknown, remaining, admitted))
    return Steps(steps)


def keyed(screen: Screen) -> list[tuple[str, Rule]]:
    """Return every universe condition and rule with its column in the table ``evaluated``."""
    return [(f"u{k}", rule) for k, rule in enumerate(screen.universe, 1)] + [
        (f"r{k}", rule) for k, rule in enumerate(screen.rules, 1)
    ]


def _remaining(funnel: tuple[FunnelStep, ...], kind: str) -> int:
    steps = [step for step in funnel if step.kind in ("start", kind)]
    return steps[-1].remaining


def _coverage(con: duckdb.DuckDBPyConnection, screen: Screen) -> list[dict[str, Any]]:
    """Return, for each factor, for how many names of the universe it is known."""
    factors = screen.factors()
    if not factors:
        return []
    counts = ", ".join(f"count(f{k})" for k in range(1, len(factors) + 1))
    found = con.execute(f"SELECT count(*), {counts} FROM evaluated WHERE in_universe").fetchone()
    assert found is not None, "an aggregate always has one row"  # noqa: S101 - a bug, not an input
    return [
        {"factor": factor.text, "known": known, "of": found[0]}
        for factor, known in zip(factors, found[1:], strict=True)
    ]


def _rows(
    con: duckdb.DuckDBPyConnection, query: Query, day: date, tracer: Tracer | None, followed: Sequence[int]
) -> tuple[Row, ...]:
    """Read the shortlist from the table ``evaluated``."""
    screen = query.screen
    open_rules = [(key, rule) for key, rule in keyed(screen) if rule.if_unknown == "flag"]
    wanted = [*IDENTITY, "data_flags", *(f"c{k}" for k in range(1, len(screen.columns) + 1))]
    wanted += [f"f{k}{part}" for k in range(1, len(screen.factors()) + 1) for part in ("", "_pct", "_peers")]
    unknown = [f"{key} IS NULL AS open_{key}" for key, _ in open_rules]
    cursor = con.execute(
        f"SELECT {', '.join([*wanted, *unknown])} FROM evaluated WHERE {_on_the_list(screen)} ORDER BY {_order(screen)}"
    )
    names = [*wanted, *(f"open_{key}" for key, _ in open_rules)]
    records = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    listed = _exchanges(con, [record["issuer_id"] for record in records])
    let_in = {record["issuer_id"]: [rule for key, rule in open_rules if record[f"open_{key}"]] for record in records}
    reasons = _reasons(
        con, screen, day, {issuer: rules for issuer, rules in let_in.items() if rules}, kept=tracer, followed=followed
    )
    return tuple(
        _row({**record, "exchange": listed.get(record["issuer_id"])}, screen, reasons.get(record["issuer_id"], ()))
        for record in records
    )


def _exchanges(con: duckdb.DuckDBPyConnection, issuers: list[int]) -> dict[int, str]:
    """Return the exchange of the primary listing of each issuer, where one is known."""
    found = con.execute(
        "SELECT issuer_id, min(exchange) FROM listings WHERE is_primary AND exchange IS NOT NULL"
        " AND issuer_id IN (SELECT unnest(?::BIGINT[])) GROUP BY issuer_id",
        [issuers],
    ).fetchall()
    return dict(found)


def _on_the_list(screen: Screen) -> str:
    """Return the condition under which a name that passes is shown."""
    place = place_of(screen)
    limit = f" AND {place} <= {screen.limit}" if screen.limit else ""
    return f"passed AND {place} IS NOT NULL{limit}"


def _order(screen: Screen) -> str:
    by = [f"s{k} {'DESC' if row.descending else 'ASC'} NULLS LAST" for k, row in enumerate(screen.sort, 1)]
    return ", ".join([*by, "rank"])


def _about(con: duckdb.DuckDBPyConnection, screen: Screen) -> tuple[str, ...]:
    return (*_own_metrics(screen), *_settings(screen), *_kept_out(con, screen))


def _settings(screen: Screen) -> tuple[str, ...]:
    given = [f"{row.name} = {row.value} (default {row.default})" for row in screen.params if row.given]
    return (f"set: {', '.join(given)}",) if given else ()


def _kept_out(con: duckdb.DuckDBPyConnection, screen: Screen) -> tuple[str, ...]:
    """Tell which names are not on the list because there are enough of their group."""
    if not screen.max_per:
        return ()
    # Below the last name on the list, the limit would have kept it out as well.
    last = f"(SELECT coalesce(max(rank), 0) FROM evaluated WHERE passed AND place <= {screen.limit or 'place'})"
    found = con.execute(
        "SELECT rank, coalesce(ticker, name) FROM evaluated "
        f"WHERE passed AND place IS NULL AND ({not screen.limit} OR rank < {last}) ORDER BY rank"
    ).fetchall()
    most = ", ".join(f"{count} a {group}" for group, count in screen.max_per)
    names = [f"{name} (rank {rank})" for rank, name in found]
    return (f"at most {most}: left out {named(names)}",) if names else ()


def _row(record: dict[str, Any], screen: Screen, reasons: tuple[str, ...]) -> Row:
    factors = tuple(
        FactorValue(
            factor.text,
            path,
            record[f"f{k}"],
            record[f"f{k}_pct"],
            record[f"f{k}_peers"],
            weight,
            unit_of(factor.expr, screen.definitions),
        )
        for k, (path, factor, weight) in enumerate(factor_weights(screen), 1)
    )
    return Row(
        **{name: record[name] for name in (*IDENTITY, "exchange")},
        values=tuple(record[f"c{k}"] for k in range(1, len(screen.columns) + 1)),
        factors=factors,
        flags=(*reasons, *notable(record["data_flags"] or "")),
    )


def _reasons(
    con: duckdb.DuckDBPyConnection,
    screen: Screen,
    day: date,
    open_rules: dict[int, list[Rule]],
    *,
    kept: Tracer | None,
    followed: Sequence[int],
) -> dict[int, tuple[str, ...]]:
    """Return, for the names that a rule let through although it is unknown, the rule and the reason."""
    if not open_rules:
        return {}
    if kept is not None:
        # Those who are followed are asked for next: one query reads them all.
        traces = kept.read_kept(con, day, sorted({*open_rules, *followed}))
    else:
        tracer = Tracer(screen.definitions, screen.universe, screen.min_group)
        for rule in {rule for rules in open_rules.values() for rule in rules}:
            tracer.add(rule.expr)
        traces = tracer.read(con, day, sorted(open_rules))
    return {
        issuer: tuple(f"{rule.text}: unknown, {traces[issuer].reason(rule.expr)}" for rule in rules)
        for issuer, rules in open_rules.items()
    }


def _own_metrics(screen: Screen) -> tuple[str, ...]:
    files: dict[str, list[str]] = {}
    for definition in screen.definitions.values():
        if definition.file:
            files.setdefault(Path(definition.file).name, []).append(definition.name)
    return tuple(f"metrics of the author's own, from {file}: {', '.join(names)}" for file, names in files.items())


def _unpriced(lake: Lake, funnel: Steps) -> tuple[str, ...]:
    """Say which condition of the universe leaves nobody, where that is because nobody has a price."""
    if _has_prices(lake):
        return ()
    for before, step in pairwise(funnel):
        if step.kind == "universe" and before.remaining and not step.remaining and step.unknown == before.remaining:
            return (
                f"without prices `{step.text}` is unknown for every name, and the universe is empty; "
                "`screener data prices` gets prices, screens like sound-business need none",
            )
    return ()


def _has_prices(lake: Lake) -> bool:
    return any(table.rows for table in lake.manifest.tables if table.name == "prices")


def _notes(lake: Lake, day: date, newest: date) -> tuple[str, ...]:
    notes = list(lake.manifest.notes)
    if not _has_prices(lake):
        notes.append("the data set has no prices: market_cap and all that rests on it is unknown")
    if day > newest:
        notes.append(f"as of {day}, but the newest day in the data is {newest}")
    return tuple(notes)
