"""The functions of the expression language: one row each; parser, compiler, help and docs read the row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Function:
    """A function. ``kind``: ``scalar``, ``history`` (second argument is a period), ``basis``, ``missing`` or ``peers``.

    ``missing`` functions have a value where an argument has none; ``peers`` functions compare a name with the others of
    the universe, or of its group (``within sector``), on the as-of date.

    min_args, max_args: how many arguments it takes (``max_args`` 0: any number).
    condition: the first argument is a condition, not a number.
    """

    name: str
    kind: str
    min_args: int
    max_args: int
    usage: str
    help: str
    condition: bool = False


FUNCTIONS: tuple[Function, ...] = (
    Function("lag", "history", 2, 2, "lag(x, 1y)", "x as it was that much earlier, in the versions known on the as-of date"),
    Function("growth", "history", 2, 2, "growth(x, 3y)", "x / lag(x) - 1; unknown when the earlier value is zero or negative"),
    Function("cagr", "history", 2, 2, "cagr(x, 3y)", "yearly growth over the period; unknown when either end is zero or negative"),
    Function("avg", "history", 1, 3, "avg(x, 5y)", "mean over the period; avg(x) alone: mean of now and a year ago (now alone if that is missing)"),
    Function("sum", "history", 2, 3, "sum(x, 5y)", "sum over the period"),
    Function("min", "history", 2, 0, "min(x, 5y)", "smallest over the period; min(a, b): the smaller of two values"),
    Function("max", "history", 2, 0, "max(x, 5y)", "largest over the period; max(a, b): the larger of two values"),
    Function("stdev", "history", 2, 3, "stdev(x, 5y)", "sample standard deviation over the period"),
    Function("trend", "history", 2, 3, "trend(x, 5y)", "least-squares slope of x over the period, in units of x a year"),
    Function("own_percentile", "history", 2, 3, "own_percentile(x, 5y)", "0 to 100: the share of the period's observations that are at or below today's x"),
    Function("own_median", "history", 2, 3, "own_median(x, 5y)", "median over the period, of the company's own values"),
    Function("count", "history", 2, 2, "count(x > 0, 5y)", "in how many observations the condition held", condition=True),
    Function("annual", "basis", 1, 1, "annual(revenue)", "the last full fiscal year instead of the trailing twelve months; balances at its end"),
    Function("quarter", "basis", 1, 1, "quarter(revenue)", "the discrete quarter instead of the trailing twelve months"),
    Function("if_known", "missing", 2, 2, "if_known(x, 0)", "x, or the second value where x is unknown"),
    Function("coalesce", "missing", 2, 0, "coalesce(a, b)", "the first that is known"),
    Function("count_known", "missing", 1, 0, "count_known(a, b)", "how many of the values are known"),
    Function("count_true", "missing", 1, 0, "count_true(a > 1, b < 2)", "how many of the conditions hold", condition=True),
    Function("sum_known", "scalar", 1, 0, "sum_known(a, b)", "sum of those that are known; unknown when none is"),
    Function("mean_known", "scalar", 1, 0, "mean_known(a, b)", "mean of those that are known; unknown when none is"),
    Function("when", "scalar", 3, 3, "when(total_debt = 0, 0, due_12m)", "the second value where the condition holds, the third where it does not", condition=True),
    Function("abs", "scalar", 1, 1, "abs(x)", "absolute value"),
    Function("log", "scalar", 1, 1, "log(x)", "natural logarithm; unknown for zero and negative values"),
    Function("exp", "scalar", 1, 1, "exp(x)", "e to the power of x"),
    Function("sqrt", "scalar", 1, 1, "sqrt(x)", "square root; unknown for negative values"),
    Function("clip", "scalar", 3, 3, "clip(x, 0, 1)", "x kept between two bounds"),
    Function("percentile", "peers", 1, 1, "percentile(x) within sector", "0 to 100: the share of names with a known x that have this x or less"),
    Function("rank", "peers", 1, 1, "rank(x) within sector", "1 for the name with the largest x; ties share the better place"),
    Function("zscore", "peers", 1, 1, "zscore(x) within sector", "x less the mean, in standard deviations"),
    Function("winsorize", "peers", 1, 3, "winsorize(x, 1%, 99%)", "x kept between two quantiles, 1% and 99% unless others are given"),
    Function("residual", "peers", 2, 2, "residual(y, x) within sector", "y less what a straight line through the names' x and y gives for this x"),
    Function("median", "peers", 1, 1, "median(x) within sector", "median of the names with a known x"),
    Function("quantile", "peers", 2, 2, "quantile(x, 75%) within sector", "the value that this share of the names with a known x does not exceed"),
)

BY_NAME: dict[str, Function] = {function.name: function for function in FUNCTIONS}
