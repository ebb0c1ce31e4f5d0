"""SQL over observations, each given as a SQL text: what is said of several values of which some are unknown (NULL)."""

from __future__ import annotations

from collections.abc import Sequence

QUARTERS_PER_YEAR = 4


def _series(seen: Sequence[str], needed: int, value: str) -> str:
    """Return what needs its observations several times: in ``value``, ``s`` is their list, the newest first."""
    known = f"list_count(s) >= {needed}"
    return f"list_transform([[{', '.join(seen)}]], lambda s: CASE WHEN {known} THEN {value} END)[1]"


def trend(seen: Sequence[str], needed: int, *, yearly: bool) -> str:
    """Return the least-squares slope a year: the covariance of time and x over the variance of time."""
    ago = f"(1 - i) / {1 if yearly else QUARTERS_PER_YEAR}.0"
    # Only the observations that are known have a time.
    times = f"list_transform(s, lambda x, i: CASE WHEN x IS NOT NULL THEN {ago} END)"
    both = f"list_sum(list_transform(s, lambda x, i: x * {ago}))"
    squares = f"list_sum(list_transform({times}, lambda t: t * t))"
    n, time, total = "list_count(s)", f"list_sum({times})", "list_sum(s)"
    slope = f"({n} * {both} - {time} * {total}) / ({n} * {squares} - {time} * {time})"
    return _series(seen, needed, slope)


def own_percentile(seen: Sequence[str], needed: int) -> str:
    """Return the share, 0 to 100, of the known observations that the newest one is not below."""
    below = "list_count(list_filter(s, lambda x: x <= s[1]))"
    return _series(seen, needed, f"CASE WHEN s[1] IS NOT NULL THEN 100.0 * {below} / list_count(s) END")


def aggregate(function: str, seen: Sequence[str], needed: int) -> str:
    """Return a list function of DuckDB over the known observations; unknown with fewer than ``needed`` of them."""
    if needed >= len(seen) and function in ("list_sum", "list_avg"):
        total = " + ".join(seen)
        return f"(({total}) / {len(seen)})" if function == "list_avg" else f"({total})"
    series = f"[{', '.join(seen)}]"
    return f"(CASE WHEN list_count({series}) >= {needed} THEN {function}({series}) END)"


def count_bounds(seen: Sequence[str]) -> tuple[str, str]:
    """Return how many conditions hold at least and at most: those that are unknown count to the second alone."""
    low = " + ".join(f"coalesce({part}, false)::INT" for part in seen)
    high = " + ".join(f"coalesce({part}, true)::INT" for part in seen)
    return f"({low})", f"({high})"


def count(low: str, high: str) -> str:
    """Return the count where its bounds agree."""
    return f"(CASE WHEN {low} = {high} THEN {low} END)"


def compare_count(low: str, high: str, op: str, value: str) -> str:
    """Decide a comparison of a count as soon as its bounds do: four known profits pass ``>= 4`` of five."""
    if op in (">", ">="):
        return f"(CASE WHEN {low} {op} {value} THEN true WHEN NOT {high} {op} {value} THEN false END)"
    if op in ("<", "<="):
        return f"(CASE WHEN {high} {op} {value} THEN true WHEN NOT {low} {op} {value} THEN false END)"
    equal = f"CASE WHEN {low} = {high} THEN {low} = {value} WHEN {value} NOT BETWEEN {low} AND {high} THEN false END"
    return f"({equal})" if op == "=" else f"(NOT ({equal}))"


def known_of(function: str, parts: Sequence[str]) -> str:
    """Return the ``count``, ``sum`` or ``mean`` of the values that are known."""
    known = "(" + " + ".join(f"({part} IS NOT NULL)::INT" for part in parts) + ")"
    if function == "count":
        return f"{known}::DOUBLE"
    total = "(" + " + ".join(f"coalesce({part}, 0)" for part in parts) + ")"
    return f"({total} / nullif({known}, 0))" if function == "mean" else f"(CASE WHEN {known} > 0 THEN {total} END)"
