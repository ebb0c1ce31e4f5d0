"""Comparisons of a name with its peers as SQL windows: percentiles, places, z-scores, medians and quantiles."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from screener.catalogue.peers import ladder
from screener.engine.compile import identifier

# The column that says whether a row belongs to the universe; no name of a screen has an @.
INSIDE = identifier("inside@")
EVERYONE = f"as_of, {INSIDE}"
# A median of fewer than three says nothing; places and percentiles need the screen's own least size.
LEAST_MEDIAN = 3
_TAILS = ("0.01", "0.99")


def _percentile(value: str, group: str, _more: Sequence[str]) -> str:
    known, place = f"count({value}) OVER (PARTITION BY {group})", _place(value, group, ())
    return f"100.0 * ({known} - {place} + 1) / {known}"


def _place(value: str, group: str, _more: Sequence[str]) -> str:
    return f"rank() OVER (PARTITION BY {group} ORDER BY {value} DESC NULLS LAST)::DOUBLE"


def _zscore(value: str, group: str, _more: Sequence[str]) -> str:
    mean, spread = (f"{name}({value}) OVER (PARTITION BY {group})" for name in ("avg", "stddev_samp"))
    return f"({value} - {mean}) / nullif({spread}, 0)"


def _quantile(value: str, group: str, more: Sequence[str]) -> str:
    return f"quantile_cont({value}, {more[0]}) OVER (PARTITION BY {group})"


def _median(value: str, group: str, _more: Sequence[str]) -> str:
    return _quantile(value, group, ("0.5",))


def _winsorize(value: str, group: str, more: Sequence[str]) -> str:
    low, high = (_quantile(value, group, (share,)) for share in (tuple(more) + _TAILS[len(more) :]))
    return f"least(greatest({value}, {low}), {high})"


def _residual(value: str, group: str, more: Sequence[str]) -> str:
    line = " + ".join(
        f"regr_{name}({value}, {more[0]}) OVER (PARTITION BY {group}){factor}"
        for name, factor in (("intercept", ""), ("slope", f" * {more[0]}"))
    )
    # Where x is the same for all there is no line: what is left is the distance from the mean.
    mean = f"avg({value}) OVER (PARTITION BY {group})"
    return f"CASE WHEN {more[0]} IS NOT NULL THEN {value} - coalesce({line}, {mean}) END"


# Function → (its SQL, whether the name's own value must be known, least size of a group; 0: the screen's).
_COMPARISONS: dict[str, tuple[Callable[[str, str, Sequence[str]], str], bool, int]] = {
    "percentile": (_percentile, True, 0),
    "rank": (_place, True, 0),
    "zscore": (_zscore, True, 0),
    "residual": (_residual, True, 0),
    "winsorize": (_winsorize, True, 0),
    "median": (_median, False, LEAST_MEDIAN),
    "quantile": (_quantile, False, LEAST_MEDIAN),
}


def comparison(function: str, value: str, more: Sequence[str], within: str, min_group: int) -> str:
    """Return SQL of ``function`` over the column expression ``value`` among the names of the universe.

    more: SQL of the further arguments, shares of quantiles or the x of a residual.

    A group with fewer known values than the least size is no group: the next wider one of the ladder stands in, and
    the whole universe at last. NULL outside the universe, and where the own value is needed but unknown.
    """
    compare, own, least = _COMPARISONS[function]
    least = least or min_group
    whole = compare(value, EVERYONE, more)
    cases = []
    for name in ladder(within):
        group = f"{EVERYONE}, {identifier(name)}"
        cases.append(f"WHEN {large_enough(name, value, least)} THEN {compare(value, group, more)}")
    sql = f"CASE {' '.join(cases)} ELSE {whole} END" if cases else whole
    known = f"{INSIDE} AND {value} IS NOT NULL" if own else INSIDE
    return f"CASE WHEN {known} THEN {sql} END"


def large_enough(name: str, value: str, least: int) -> str:
    """Return the condition under which a name's group ``name`` has at least ``least`` known values."""
    column = identifier(name)
    return f"{column} IS NOT NULL AND count({value}) OVER (PARTITION BY {EVERYONE}, {column}) >= {least}"
