"""The verbs for Python callers, from load and run to trace and build; the command line calls these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import screener.output.notebook  # noqa: F401 - results learn to show themselves

if TYPE_CHECKING:
    import polars as pl

    from screener.engine.company import Statement
    from screener.engine.coverage import Coverage
    from screener.engine.explain import Explanation
    from screener.engine.funnel import Funnel
    from screener.engine.holds import Holdings
    from screener.engine.lineage import Trace, Versions
    from screener.engine.near import Near
    from screener.engine.profile import Profile
    from screener.engine.quality import Quality
    from screener.engine.report import Report
    from screener.engine.unknown import Unknown
    from screener.errors import Problem
    from screener.lake.connect import Lake
    from screener.language.screen import Screen
    from screener.shortlist import Shortlist
    from screener.sources.report import BuildReport


def load(
    screen: str | Path | Screen,
    *,
    metrics: Sequence[str | Path] | None = None,
    params: Mapping[str, object] | None = None,
    watchlist: str | Path | Sequence[str] | None = None,
) -> Screen:
    """Return a resolved screen from a saved screen's name, a path, or a screen; ``ScreenError`` with all problems.

    ``metrics`` are files of your own metrics (default: those that ``SCREENER_METRICS`` lists); ``params`` sets
    parameters of the screen (``{"max_debt": 3}``); ``watchlist`` (a file, or tickers) takes the place of the screen's
    own. Here and in all verbs that take a screen, a screen that has been resolved before keeps the metrics that it was
    resolved with, and cannot be given anything else.
    """
    from screener.errors import ScreenError
    from screener.language.screen import Screen

    if isinstance(screen, Screen):
        if params or watchlist is not None:
            message = "this screen has been resolved already: params and watchlist come too late"
            raise ScreenError(message, hint="give them to load()")
        return screen
    from screener.language.library import find_screen
    from screener.language.metric_files import load_metrics
    from screener.language.resolve import Given, load_screen
    from screener.language.tickers import given_tickers

    given = Given(params or {}, None if watchlist is None else given_tickers(watchlist))
    return load_screen(find_screen(str(screen)), load_metrics(metrics), given)


@contextmanager
def open_data(data: str | Path | None = None) -> Iterator[Lake]:
    """Open a data set (default: that of :func:`screener.lake.connect.find_data`) and close it afterwards."""
    from screener.lake.connect import find_data, reading

    with reading(find_data(str(data) if data is not None else None)) as lake:
        yield lake


def run(
    screen: str | Path | Screen,
    *,
    data: str | Path | None = None,
    as_of: date | None = None,
    limit: int | None = None,
    metrics: Sequence[str | Path] | None = None,
    params: Mapping[str, object] | None = None,
    watchlist: str | Path | Sequence[str] | None = None,
) -> Shortlist:
    """Run a screen and return its result; ``.frame`` is a polars frame of the shortlist, ``.to_excel(path)`` writes it.

    ``as_of`` defaults to the newest day of the data; ``limit`` replaces the screen's own (0: no limit).
    """
    from screener.engine.run import run_screen
    from screener.shortlist import Shortlist

    resolved = with_limit(load(screen, metrics=metrics, params=params, watchlist=watchlist), limit)
    with open_data(data) as lake:
        return Shortlist.of(run_screen(lake, resolved, as_of))


def report(
    screen: str | Path | Screen,
    *,
    data: str | Path | None = None,
    as_of: date | None = None,
    limit: int | None = None,
    metrics: Sequence[str | Path] | None = None,
    params: Mapping[str, object] | None = None,
    watchlist: str | Path | Sequence[str] | None = None,
) -> Report:
    """Run a screen and return its result with verdicts, near misses, names not judged, the universe and definitions.

    The arguments are those of :func:`run`; ``.result`` is what that returns.
    """
    from screener.engine.report import make_report

    resolved = with_limit(load(screen, metrics=metrics, params=params, watchlist=watchlist), limit)
    with open_data(data) as lake:
        return make_report(lake, resolved, as_of)


def with_limit(screen: Screen, limit: int | None) -> Screen:
    """Return the screen with another limit: ``None`` keeps its own, 0 lifts it."""
    return screen if limit is None else replace(screen, limit=limit or None)


def panel(
    screen: str | Path | Screen,
    dates: Sequence[date],
    *,
    data: str | Path | None = None,
    metrics: Sequence[str | Path] | None = None,
    params: Mapping[str, object] | None = None,
    watchlist: str | Path | Sequence[str] | None = None,
) -> pl.DataFrame:
    """Run a screen as of many dates in one query; one row a date and name on the list."""
    from screener.engine.run import panel as run_panel

    with open_data(data) as lake:
        return run_panel(lake, load(screen, metrics=metrics, params=params, watchlist=watchlist), dates)


def explain(
    screen: str | Path | Screen,
    ticker: str,
    *,
    data: str | Path | None = None,
    as_of: date | None = None,
    metrics: Sequence[str | Path] | None = None,
    params: Mapping[str, object] | None = None,
    watchlist: str | Path | Sequence[str] | None = None,
) -> Explanation:
    """Explain one company in a run: verdicts with their parts and distances, factors, places, and the filings behind.

    What would have to change for the verdict is in ``judgements[...].change``, ``tightest`` and ``cutoff``.
    """
    from screener.engine.company import find_company
    from screener.engine.explain import explain_company

    resolved = load(screen, metrics=metrics, params=params, watchlist=watchlist)
    with open_data(data) as lake:
        return explain_company(lake, resolved, find_company(lake.con, ticker, as_of), as_of)


def funnel(
    screen: str | Path | Screen,
    *,
    data: str | Path | None = None,
    as_of: date | None = None,
    metrics: Sequence[str | Path] | None = None,
    params: Mapping[str, object] | None = None,
    watchlist: str | Path | Sequence[str] | None = None,
) -> Funnel:
    """Return what the rules of a screen cost, in order and alone, and their overlap; ``.frame`` has a row a condition.

    All numbers are counts of names.
    """
    from screener.engine.funnel import run_funnel

    resolved = load(screen, metrics=metrics, params=params, watchlist=watchlist)
    with open_data(data) as lake:
        return run_funnel(lake, resolved, as_of)


def near(
    screen: str | Path | Screen,
    *,
    data: str | Path | None = None,
    as_of: date | None = None,
    limit: int | None = None,
    metrics: Sequence[str | Path] | None = None,
    params: Mapping[str, object] | None = None,
    watchlist: str | Path | Sequence[str] | None = None,
) -> Near:
    """Return the names that fail exactly one rule, nearest first; ``.frame`` has a row a name.

    Distances are in the unit of the value, negative, and as fractions of the threshold. ``limit``: at most so many.
    """
    from screener.engine.near import run_near

    resolved = load(screen, metrics=metrics, params=params, watchlist=watchlist)
    with open_data(data) as lake:
        return run_near(lake, resolved, as_of, limit)


def unknown(
    screen: str | Path | Screen,
    *,
    data: str | Path | None = None,
    as_of: date | None = None,
    metrics: Sequence[str | Path] | None = None,
    params: Mapping[str, object] | None = None,
    watchlist: str | Path | Sequence[str] | None = None,
) -> Unknown:
    """Return the names that no rule rejects but that could not be judged; ``.frame`` has a row a name and rule."""
    from screener.engine.unknown import run_unknown

    resolved = load(screen, metrics=metrics, params=params, watchlist=watchlist)
    with open_data(data) as lake:
        return run_unknown(lake, resolved, as_of)


def holds(
    ticker: str,
    screens: Sequence[str | Path | Screen] | None = None,
    *,
    data: str | Path | None = None,
    as_of: date | None = None,
    metrics: Sequence[str | Path] | None = None,
) -> Holdings:
    """Return which screens (default: all saved ones) hold a company, at which rank; ``.frame`` has a row a screen.

    A saved screen with errors is left out and named in ``problems``; a screen that is asked for by name raises them.
    """
    from screener.engine.company import find_company
    from screener.engine.holds import find_holdings
    from screener.errors import ScreenError
    from screener.language.library import saved_screens

    resolved, problems = [], []
    for screen in saved_screens() if screens is None else screens:
        try:
            resolved.append(load(screen, metrics=metrics))
        except ScreenError as error:
            if screens is not None:
                raise
            problems.append((str(screen), error.render()))
    with open_data(data) as lake:
        found = find_holdings(lake, resolved, find_company(lake.con, ticker, as_of), as_of)
    return replace(found, problems=tuple(problems))


def show(
    ticker: str,
    *,
    data: str | Path | None = None,
    as_of: date | None = None,
    period: str = "ttm",
    items: Sequence[str] = (),
) -> Statement:
    """Return a company's line items by period as they were known on ``as_of`` (default: the newest day)."""
    from screener.engine.company import DEFAULT_ITEMS, find_company, statement
    from screener.engine.run import newest_date

    with open_data(data) as lake:
        day = as_of or newest_date(lake.con)
        return statement(lake.con, find_company(lake.con, ticker, day), day, period, items or DEFAULT_ITEMS)


def profile(ticker: str, *, data: str | Path | None = None, as_of: date | None = None) -> Profile:
    """Return the page of a company as known on ``as_of`` (default: the newest day): metrics, periods, flags.

    See :class:`screener.engine.profile.Profile`.
    """
    from screener.engine.company import find_company
    from screener.engine.profile import company_profile

    with open_data(data) as lake:
        return company_profile(lake, find_company(lake.con, ticker, as_of), as_of)


def check_data(*, data: str | Path | None = None, as_of: date | None = None, item: str = "") -> Quality:
    """Return how good the numbers of a data set are, as known on ``as_of``; see :mod:`screener.engine.quality`."""
    from screener.engine.quality import check

    with open_data(data) as lake:
        return check(lake, as_of, item)


def coverage(*names: str, group: str = "", data: str | Path | None = None, as_of: date | None = None) -> Coverage:
    """Return for how many names each metric is known on ``as_of``; see :mod:`screener.engine.coverage`.

    ``names`` (aliases too) and ``group`` narrow it down; ``ScreenError`` for a name that is no metric.
    """
    from screener.engine.coverage import chosen, measure

    rows = chosen(names, group)
    with open_data(data) as lake:
        return measure(lake, rows, as_of)


def lint(
    screens: Sequence[str | Path | Screen], *, data: str | Path | None = None, static: bool = False
) -> tuple[tuple[Problem, ...], ...]:
    """Return the warnings of each screen, less those that its author consents to; docs/lint.md has the rules.

    ``static``: what can be told from the screen alone; no data set is opened. ``DataError`` without a data set.
    """
    from screener.language.lint.check import lint_screen

    resolved = [load(screen) for screen in screens]
    if static or not resolved:
        return tuple(lint_screen(screen) for screen in resolved)
    from screener.engine.lint import data_findings

    with open_data(data) as lake:
        told = data_findings(lake, resolved)
    return tuple(lint_screen(screen, found) for screen, found in zip(resolved, told, strict=True))


def trace(
    ticker: str,
    item: str,
    *,
    data: str | Path | None = None,
    as_of: date | None = None,
    period: str = "ttm",
    period_end: date | None = None,
) -> Trace:
    """Return the way of a line item's value back to the filings; see :func:`screener.engine.lineage.trace_item`."""
    from screener.engine.company import find_company
    from screener.engine.lineage import trace_item
    from screener.engine.run import newest_date

    with open_data(data) as lake:
        day = as_of or newest_date(lake.con)
        return trace_item(lake, find_company(lake.con, ticker, day), item, day, period=period, end=period_end)


def versions(
    ticker: str,
    item: str,
    *,
    data: str | Path | None = None,
    as_of: date | None = None,
    period: str = "ttm",
    period_end: date | None = None,
) -> Versions:
    """Return every version of a line item by period; see :func:`screener.engine.lineage.versions_of`."""
    from screener.engine.company import find_company
    from screener.engine.lineage import versions_of
    from screener.engine.run import newest_date

    with open_data(data) as lake:
        day = as_of or newest_date(lake.con)
        return versions_of(lake, find_company(lake.con, ticker, day), item, day, period=period, end=period_end)


def build(
    out: str | Path,
    *,
    sec: str | Path | None = None,
    fsds: Sequence[str | Path] = (),
    simfin: str | Path | None = None,
    tables: Sequence[str | Path] = (),
    mapping: str | Path | None = None,
    prices: str | Path | None = None,
    prices_format: str | None = None,
) -> BuildReport:
    """Build a data set in ``out`` from bulk files and return its build report; see :mod:`screener.build`.

    ``tables`` are a vendor's; ``mapping``, a file or the name of a ready one, says what their columns are.
    """
    from screener.build import build_data
    from screener.mapping.load import map_tables

    def path(given: str | Path | None) -> Path | None:
        return None if given is None else Path(given)

    return build_data(
        Path(out),
        sec=path(sec),
        fsds=[Path(given) for given in fsds],
        simfin=path(simfin),
        tables=map_tables(mapping, [Path(given) for given in tables]),
        prices=path(prices),
        prices_format=prices_format,
    )


def sql(
    screen: str | Path | Screen,
    *,
    data: str | Path | None = None,
    as_of: date | None = None,
    metrics: Sequence[str | Path] | None = None,
    params: Mapping[str, object] | None = None,
    watchlist: str | Path | Sequence[str] | None = None,
) -> str:
    """Return the query that :func:`run` executes.

    The data set is opened only to find its newest day, and how it writes the tickers of a watchlist.
    """
    from screener.engine.query import build_query
    from screener.engine.run import newest_date
    from screener.engine.tickers import bind_tickers

    resolved = load(screen, metrics=metrics, params=params, watchlist=watchlist)
    if as_of is None or resolved.watchlist or resolved.exclude:
        with open_data(data) as lake:
            as_of = as_of or newest_date(lake.con)
            resolved, _ = bind_tickers(lake.con, resolved)
    return build_query(resolved, [as_of]).sql
