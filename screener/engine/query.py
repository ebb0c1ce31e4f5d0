"""The one query: a resolved screen and a table of dates become a single SQL statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from screener.catalogue.peers import ladder
from screener.engine.columns import Columns
from screener.engine.compile import Moment, compile_expr, identifier
from screener.engine.ranks import IN_ORDER, RankColumns, peer_columns, rank_columns
from screener.engine.steps import (
    ALWAYS,
    Selection,
    admitted,
    candidate_steps,
    date_rows,
    early_conditions,
    keys,
    last_step,
    select,
    verdicts,
    with_clause,
)
from screener.language.screen import Screen

# Best first: what stands before what on the list, and in every other order of names.
ORDER = f"score DESC NULLS LAST, {IN_ORDER}"


@dataclass(frozen=True, slots=True)
class Query:
    """A compiled screen.

    ``sql`` gives one row per date and candidate, with verdicts (``u1..``, ``r1..``), factors (``f1..``), the chosen
    columns (``c1..``), what the list is sorted by (``s1..``), ``score`` and, for the names that pass, ``rank``. With
    ``max_per``, ``place`` is the place among those that their groups let on the list. A name that is kept out of the
    universe early has verdicts up to there and nothing after it.
    """

    sql: str
    screen: Screen
    dates: tuple[date, ...]


def kept(columns: Columns) -> dict[str, str]:
    """Return, for every column that formulas rest on, its field in the struct ``kept`` of :func:`build_query`.

    These are the line items now and earlier, the fields, and the comparisons with peers: what a single name's row does
    not have in itself.
    """
    compared = [name for level in columns.late for name in level]
    names = dict.fromkeys((*columns.latest, *columns.history, *columns.annual, *columns.fields, *compared))
    return {name: f"k{number}" for number, name in enumerate(names, 1)}


def build_query(
    screen: Screen, dates: Sequence[date], *, columns: Columns | None = None, followed: Sequence[int] = ()
) -> Query:
    """Compile ``screen`` over ``dates`` (one for a run, hundreds for a history).

    With ``columns`` the query has more: ``kept`` with all of :func:`kept`, and the peer group of each factor
    (``f1_within``, ``f1_size``); ``columns`` may know more names than the screen needs. The issuers in ``followed`` are
    judged by every condition, also where the universe has left them out early.
    """
    parts = columns is not None
    columns = columns or Columns(screen.definitions, screen.min_group)
    for name in ALWAYS:
        columns.column(name, Moment())
    universe = verdicts("u", screen.universe, columns)
    rules = verdicts("r", screen.rules, columns)
    shown = tuple((f"c{k}", compile_expr(column.expr, columns)) for k, column in enumerate(screen.columns, 1))
    shown += tuple((f"s{k}", compile_expr(entry.expr, columns)) for k, entry in enumerate(screen.sort, 1))
    peers = [group for factor in screen.factors() for group in ladder(factor.within)]
    peers += [group for group, _ in screen.max_per]
    for peer in peers:
        columns.column(peer, Moment())
    ranks = rank_columns(screen, columns)
    if parts:
        # One column, not a hundred: planning takes longer than computing.
        fields = ", ".join(f"{key} := {identifier(name)}" for name, key in kept(columns).items())
        shown += (("kept", f"struct_pack({fields})"),)
        ranks = replace(ranks, percentiles=ranks.percentiles + peer_columns(screen))
    judged = (*keys(peers), *universe, *rules, *ranks.values, *shown)
    steps = [("dates(as_of)", date_rows(dates))]
    steps += candidate_steps(columns, dates, universe=screen.universe, followed=followed)
    steps.append(("judged", select(judged) + f"\n  FROM {last_step(columns)}"))
    steps.append(("surviving", _surviving(screen)))
    early, conditions = len(early_conditions(columns, screen.universe)), len(screen.universe)
    steps.append(("ranked", _ranked(ranks, early=early > 0, whole=early == conditions and not followed)))
    steps += _placed(screen.max_per)
    final = _final(universe + rules + shown, ranks, steps[-1][0])
    return Query(with_clause(steps) + final, screen, tuple(dates))


def place_of(screen: Screen) -> str:
    """Return the column that a limit counts."""
    return "place" if screen.max_per else "rank"


def _placed(max_per: Sequence[tuple[str, int]]) -> list[tuple[str, str]]:
    """Return the steps that let so many names of a group on the list, best first; an unknown group is one as well.

    The groups are taken in the order written: who is kept out by one is no member of the next.
    """
    steps, kept = [], "rank IS NOT NULL"
    for number, (group, most) in enumerate(max_per, 1):
        count = f"row_number() OVER (PARTITION BY as_of, {kept}, {identifier(group)} ORDER BY rank)"
        source = f"placed_{number - 1}" if number > 1 else "ranked"
        steps.append((f"placed_{number}", f"SELECT *, {kept} AND {count} <= {most} AS kept_{number}\n  FROM {source}"))
        kept = f"kept_{number}"
    if max_per:
        place = f"CASE WHEN {kept} THEN row_number() OVER (PARTITION BY as_of, {kept} ORDER BY rank) END AS place"
        steps.append(("placed", f"SELECT *, {place}\n  FROM placed_{len(max_per)}"))
    return steps


def _surviving(screen: Screen) -> str:
    return (
        f"SELECT *,\n    {admitted('u', screen.universe)} AS in_universe,\n"
        f"    {admitted('r', screen.rules)} AS follows_rules\n  FROM judged"
    )


def _ranked(ranks: RankColumns, *, early: bool, whole: bool) -> str:
    """Rank the universe; the names outside it keep their verdicts and get no percentiles.

    early: some conditions were judged in the step ``tested``. whole: all were, so that no other name has survived.
    """
    place = f"row_number() OVER (PARTITION BY as_of, follows_rules ORDER BY {ORDER})"
    inside, outside = select(ranks.percentiles, star="*") + "\n  FROM surviving", []
    if early:
        outside.append("SELECT * EXCLUDE (eligible), false AS in_universe FROM tested WHERE NOT eligible")
    if not whole:
        inside += " WHERE in_universe"
        outside.append("SELECT * FROM surviving WHERE NOT in_universe")
    scored = f"SELECT *, {ranks.score} AS score FROM (\n  {inside}\n  )"
    if ranks.normalised:
        scored = f"SELECT * REPLACE ({ranks.normalised} AS score) FROM ({scored})"
    return f"SELECT *, CASE WHEN follows_rules THEN {place} END AS rank\n  FROM ({scored})" + "".join(
        f"\n  UNION ALL BY NAME {part}" for part in outside
    )


def _final(chosen: Selection, ranks: RankColumns, source: str) -> str:
    names = ["as_of", "issuer_id", "cik", "ticker", "name", "sector", "market_cap", "period_end", "known_from"]
    names += ["price_date", "data_flags", "in_universe", *(key for key, _ in chosen)]
    names += [key for key, _ in ranks.values if not key.endswith("_class")] + [key for key, _ in ranks.percentiles]
    place = ", place" if source == "placed" else ""
    return (
        f"SELECT {', '.join(map(identifier, names))},\n"
        f"  in_universe AND follows_rules AS passed, score, rank{place}\nFROM {source}"
    )
