"""Share counts and per-share figures of a row, all on the split basis of the day on which the row became known."""

from __future__ import annotations

from collections.abc import Collection

from screener.catalogue.items import ITEMS
from screener.standardize.program import staged
from screener.standardize.rows import WITH_CONTEXT
from screener.standardize.splits import factor

Column = tuple[str, str]

AVERAGES = tuple(item.name for item in ITEMS if item.kind == "avg")
PER_SHARE: dict[str, tuple[str, str]] = {
    "eps_basic": ("net_income_to_common", "shares_basic"),
    "eps_diluted": ("net_income_to_common", "shares_diluted"),
    "dividends_per_share": ("dividends_paid_common", "shares_basic"),
}
# Nobody has more shares; fewer are placeholders.
MOST_SHARES = 1e11
LEAST_SHARES = 1000
# A public float of less than half a cent a share is in millions, or a stand-in.
LEAST_FLOAT = 0.005
EPS_CHECKS = (
    ("diluted_q", "v_net_income_to_common_q"),
    ("basic_q", "v_net_income_to_common_q"),
    ("diluted_fy", "v_net_income_to_common"),
    ("basic_fy", "v_net_income_to_common"),
)
# A count outside this range of the diluted shares is another thing: one class of several, or a stand-in.
GUARD = (1 / 3, 3)
# What the counts of other quarters need of a row.
BESIDE_COUNTS = ("quarter_index", "moves", "v_revenue_q")
POWERS = ("1e3", "1e6", "1e-3", "1e-6")


def _day(column: str) -> str:
    return f"(DATE '1970-01-01' + {column}::INTEGER)"


def near(value: str, reference: str, low: float = 0.2, high: float = 5) -> str:
    """Return the test of a value that lies between ``low`` and ``high`` times the reference."""
    return f"({value}) / nullif({reference}, 0) BETWEEN {low} AND {high}"


def far(value: str, neighbour: str) -> str:
    """Return the test of a count that is twenty times its neighbour or a twentieth of it."""
    return f"({value} >= 20 * {neighbour} OR {value} * 20 <= {neighbour})"


def same(value: str, reference: str) -> str:
    """Return the test of a value that was moved by a power of ten: it has to land close by, or it proves nothing."""
    return near(value, reference, 0.5, 2)


def _residual(kind: str, income: str, power: str) -> str:
    """Return how far earnings a share times shares is from the income, as a share of the income."""
    product = f"s_eps_{kind} * s_shares_{kind} * {power}"
    return f"abs({product} - {income}) / nullif(abs({income}), 0)"


def _fits(power: str) -> str:
    """Return the test that earnings a share, shares (times ``power``) and income agree, which says who is wrong."""
    return " OR ".join(f"coalesce({_residual(kind, income, power)} <= 0.25, false)" for kind, income in EPS_CHECKS)


def counted() -> tuple[Column, ...]:
    """Return the columns over ``context`` that bring every count to the row's basis and mend powers of ten."""
    columns: list[Column] = [("at_year", 'coalesce(abs("end" - year_before) <= 5, false)')]
    for name in AVERAGES:
        columns += [
            (f"s_{name}_{kind}", f"v_{name}_{kind} * {factor('moves', _day(f'v_{name}_{kind}_at'), 'known')}")
            for kind in ("q", "fy")
        ]
    for name in PER_SHARE:
        columns += [
            (f"s_{name}_{kind}", f"v_{name}_{kind} / {factor('moves', _day(f'v_{name}_{kind}_at'), 'known')}")
            for kind in ("q", "fy")
        ]
    columns += [
        ("cover_now", f"v_cover * {factor('moves', _day('v_cover_at'), 'known')}"),
        (
            "balance_count",
            f"CASE WHEN v_shares_outstanding_bs > {LEAST_SHARES} "
            f"THEN v_shares_outstanding_bs * {factor('moves', 'balance_day', 'known')} END",
        ),
        ("weighted", "coalesce(s_shares_diluted_q, s_shares_basic_q, s_shares_diluted_fy, s_shares_basic_fy)"),
        ("reference", "coalesce(cover_now, balance_count)"),
        (
            "eps_known",
            f"coalesce({', '.join(_residual(kind, income, '1') for kind, income in EPS_CHECKS)}) IS NOT NULL",
        ),
        ("eps_fits", _fits("1")),
        (
            "power",
            f"CASE WHEN eps_fits OR weighted IS NULL OR reference IS NULL OR {near('weighted', 'reference')} THEN 1.0 "
            + " ".join(
                f"WHEN {same(f'weighted * {power}', 'reference')} AND (NOT eps_known OR ({_fits(power)})) THEN {power}"
                for power in POWERS
            )
            + " ELSE 1.0 END",
        ),
    ]
    for name in AVERAGES:
        for kind in ("q", "fy"):
            value = f"s_{name}_{kind}"
            columns.append(
                (
                    f"c_{name}_{kind}",
                    f"CASE WHEN power <> 1 AND NOT ({near(value, 'reference')}) "
                    f"AND {same(f'{value} * power', 'reference')} "
                    f"THEN {value} * power ELSE {value} END",
                )
            )
        # The fourth quarter has no count of its own in the filings: the year's stands for it.
        columns.append((f"{name}_q", f"coalesce(c_{name}_q, CASE WHEN at_year THEN c_{name}_fy END)"))
    return tuple(columns)


def store(given: Collection[str]) -> str:
    """Return SQL that makes ``counted``: the counts and their witnesses of every row, without its other amounts.

    given: the columns of ``rows.WITH_CONTEXT``.
    """
    wanted = ("eid", '"end"', "known", *BESIDE_COUNTS, *(name for name, _ in counted()))
    program = staged(counted(), WITH_CONTEXT, given, [name.strip('"') for name in wanted])
    return f"CREATE OR REPLACE TEMP TABLE counted AS SELECT {', '.join(wanted)} FROM {program}"


# The rows of ``averaged`` with all their amounts and their context.
COMPLETE = f"""(SELECT * FROM {WITH_CONTEXT}
  JOIN (SELECT * EXCLUDE ({", ".join(BESIDE_COUNTS)}) FROM averaged) USING (eid, "end", known))"""


def priors() -> str:
    """Return SQL that makes ``averaged``: ``counted`` with the three quarters before, as known then and rebased."""
    joins, columns = [], []
    for step in (1, 2, 3):
        joins.append(
            f"ASOF LEFT JOIN counted p{step} ON p{step}.eid = c.eid "
            f"AND p{step}.quarter_index = c.quarter_index - {step} AND c.known >= p{step}.known"
        )
        columns += [
            f"p{step}.{name}_q * {factor('c.moves', f'p{step}.known', 'c.known')} AS p{step}_{name}"
            for name in AVERAGES
        ]
        columns.append(f"p{step}.v_revenue_q AS p{step}_revenue_q")
    return (
        f"CREATE OR REPLACE TEMP TABLE averaged AS SELECT c.*, {', '.join(columns)} FROM counted c\n"
        + "\n".join(joins)
        + ";\nDROP TABLE counted;"
    )


def finished() -> tuple[Column, ...]:
    """Return the final columns of share counts, per-share figures and shares outstanding over ``averaged``.

    They need the finished ``net_income_to_common``, ``dividends_paid_common`` and their quarters before them.
    """
    columns: list[Column] = []
    for name in AVERAGES:
        mean = f"({name}_q + p1_{name} + p2_{name} + p3_{name}) / 4"
        columns.append((name, f"CASE WHEN at_year AND c_{name}_fy IS NOT NULL THEN c_{name}_fy ELSE {mean} END"))
    for name, (numerator, count) in PER_SHARE.items():
        columns += [
            (f"{name}_q", f"coalesce(s_{name}_q, {numerator}_q / nullif({count}_q, 0))"),
            (
                name,
                f"CASE WHEN at_year AND s_{name}_fy IS NOT NULL THEN s_{name}_fy "
                f"ELSE {numerator} / nullif({count}, 0) END",
            ),
        ]
    columns.append(("guard", "coalesce(shares_diluted_q, shares_basic_q, shares_diluted, shares_basic)"))
    for source, target in (("cover_now", "cover_ok"), ("balance_count", "balance_ok")):
        scaled = " ".join(f"WHEN {same(f'{source} * {power}', 'guard')} THEN {source} * {power}" for power in POWERS)
        kept = f"guard IS NULL OR {near(source, 'guard', *GUARD)}"
        columns.append((target, f"CASE WHEN {kept} THEN {source} {scaled} END"))
    columns += [
        ("counted_shares", "coalesce(cover_ok, balance_ok, shares_basic_q, shares_basic)"),
        (
            "shares_fallback",
            "odd_quarter OR "
            "(taxonomy NOT IN ('simfin', 'vendor') "
            "AND cover_ok IS NULL AND balance_ok IS NULL AND counted_shares IS NOT NULL)",
        ),
        (
            "shares_implausible",
            f"coalesce(counted_shares > {MOST_SHARES:.0f} OR counted_shares <= {LEAST_SHARES} OR ("
            + " AND ".join(
                f"{far('counted_shares', f'p{step}_shares_basic')} AND p{step}_shares_basic > {LEAST_SHARES}"
                for step in (1, 2)
            )
            + "), false)",
        ),
        ("shares_outstanding", "CASE WHEN NOT shares_implausible THEN counted_shares END"),
        ("shares_outstanding_cover", "cover_now"),
        (
            "public_float",
            f'CASE WHEN float_date >= "end" - 400 AND v_public_float >= {LEAST_FLOAT} * coalesce(counted_shares, 0) '
            "THEN v_public_float END",
        ),
    ]
    return tuple(columns)
