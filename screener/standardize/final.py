"""The last step: debt evidence, zeros, flags, the fiscal calendar, and versions with their days of validity."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from screener.lake.schema import FAR_DATE, fundamentals, item_columns
from screener.standardize.columns import WORD, quoted, statement_items
from screener.standardize.evidence import cash_values, financing_residual, interest_values
from screener.standardize.identities import flag_tests, row_gaps
from screener.standardize.imputed import EIGHT_QUARTERS_DAYS, ZERO_WHEN_NEVER_SEEN, imputed
from screener.standardize.maturities import maturities
from screener.standardize.periods import CHECKED, flow_columns
from screener.standardize.program import Column, staged
from screener.standardize.rows import CORE
from screener.standardize.shared import with_shared
from screener.standardize.shares import COMPLETE, finished
from screener.standardize.splits import factor
from screener.standardize.versions import DOMESTIC

STALE_DAYS = {"quarterly": 201, "half-yearly": 301, "annual": 501}
# Balance sheets without debt that it takes to infer that there is none.
SILENT_REPORTS = 2
DEBT_ITEMS = ("debt_current", "long_term_debt", "total_debt", "total_debt_lo", "total_debt_hi")
# Finished with their evidence, or with the ladder, rather than as known.
FINISHED_LATER = (*DEBT_ITEMS, "cash", "debt_mat_after5")
NEVER_NEGATIVE = (
    "revenue", "cost_of_revenue", "interest_expense", "capex", "buybacks", "dividends_paid", "sbc",
    "cash", "total_assets", "total_debt", "inventory", "receivables",
)  # fmt: skip
# Mostly the difference of two figures that don't belong together.
ODD_FOURTH_QUARTER = (
    "at_year AND revenue_q > 3 * p1_revenue_q AND revenue_q > 3 * p2_revenue_q AND revenue_q > 3 * p3_revenue_q"
)
RESTATED = ("revenue", "revenue_q", "net_income", "net_income_q", "total_assets")
# The newest period of its issuer until a later one is known.
LATEST_UNTIL = "greatest(k.known_from, least(k.known_until, coalesce(l.overtaken, k.known_until)))"
AS_KNOWN = re.compile(r"v_\w+")
SKIPPED_IN_HASH = frozenset({"known_from", "known_until", "latest_until", "form", "accession"})


def item_values() -> tuple[Column, ...]:
    """Return the items of ``averaged`` that are not finished later: as known, or a zero that silence proves."""
    columns: list[Column] = []
    zeros: list[str] = []
    names = [(name, suffix) for name in flow_columns() for suffix in ("", "_q")]
    names += [(item.name, "") for item in statement_items(instants=True) if item.name not in FINISHED_LATER]
    for name, suffix in names:
        if name in ZERO_WHEN_NEVER_SEEN:
            value, test = imputed(name, suffix)
            columns.append((f"{name}{suffix}", value))
            zeros.append(f"({test})")
        else:
            columns.append((f"{name}{suffix}", f"v_{name}{suffix}"))
    return (*columns, ("zero_imputed", f"coalesce({' OR '.join(zeros)}, false)"))


def debt_values() -> tuple[Column, ...]:
    """Return the debt items and the evidence behind a missing debt.

    Nothing owed is inferred from a balance sheet without any debt tag when no filing of the last eight quarters
    had one, no interest was paid and no maturities are listed. The first report alone proves nothing: it may have
    its debt under tags of its own. A vendor's table has a column for debt: there an
    empty pair next to known liabilities is enough; of a mapped table it is not known whether it has one.
    """
    silent = (
        "CASE WHEN taxonomy = 'vendor' THEN false WHEN taxonomy = 'simfin' THEN v_total_liabilities IS NOT NULL "
        "ELSE coalesce(v_total_liabilities, v_total_assets) IS NOT NULL "
        f"AND (debt_seen IS NULL OR known - debt_seen > {EIGHT_QUARTERS_DAYS}) AND reports >= {SILENT_REPORTS} END"
    )
    return (
        (
            "no_debt",
            f"v_total_debt IS NULL AND ({silent}) AND coalesce(v_interest_expense, 0) = 0 "
            "AND coalesce(v_interest_expense_q, 0) = 0 AND coalesce(v_debt_mat_y1, v_debt_mat_y2) IS NULL",
        ),
        ("owed_leases", "CASE WHEN taxonomy = 'gaap' THEN coalesce(v_finance_leases, 0) ELSE 0 END"),
        ("total_debt", "CASE WHEN v_total_debt >= 0 THEN v_total_debt WHEN no_debt THEN owed_leases END"),
        ("debt_current", "CASE WHEN no_debt THEN coalesce(v_debt_current, 0) ELSE v_debt_current END"),
        ("long_term_debt", "CASE WHEN no_debt THEN coalesce(v_long_term_debt, 0) ELSE v_long_term_debt END"),
        *((name, f"CASE WHEN v_total_debt >= 0 THEN v_{name} ELSE total_debt END") for name in DEBT_ITEMS[3:]),
        (
            "debt_evidence",
            "CASE WHEN total_debt IS NULL THEN 'unknown' WHEN total_debt > 0 THEN 'reported' "
            "WHEN no_debt THEN 'inferred_zero' ELSE 'reported_zero' END",
        ),
    )


def keys() -> tuple[Column, ...]:
    """Return the fiscal calendar, staleness and split basis of the row."""
    after = 'round(("end" - year_before) / 91.3125)::INTEGER'
    before = 'round((year_after - "end") / 91.3125)::INTEGER'
    given = "try_strptime('2001' || fiscal_year_end, '%Y%m%d')::DATE"
    apart = f"round(((\"end\" - (DATE '2001-01-01' - 1)) - ({given} - (DATE '2001-01-01' - 1))) / 91.3125)::BIGINT"
    domestic = ", ".join(f"'{form}'" for form in DOMESTIC)
    return (
        ("period_end", '"end"'),
        ("known_from", "known"),
        (
            "fiscal_quarter",
            "CASE WHEN coalesce(quarters_to_date, 1) = 1 AND renewed THEN 4 "
            "WHEN quarters_to_date IS NOT NULL THEN quarters_to_date "
            f"WHEN year_after IS NOT NULL THEN 4 - ({before} % 4) "
            f"WHEN year_before IS NOT NULL THEN (({after} + 3) % 4) + 1 "
            f"WHEN {given} IS NOT NULL THEN ((({apart} % 4) + 7) % 4 + 1)::INTEGER "
            'ELSE quarter("end" - 15)::INTEGER END',
        ),
        ("fiscal_year", 'year("end" + (4 - fiscal_quarter) * 91 - 15)::INTEGER'),
        (
            "stale_from",
            f'least("end" + CASE WHEN form IN ({domestic}) OR has_quarters THEN {STALE_DAYS["quarterly"]} '
            f"WHEN has_halves THEN {STALE_DAYS['half-yearly']} ELSE {STALE_DAYS['annual']} END, gone)",
        ),
        ("share_basis", factor("moves", "known", f"coalesce(last_price, DATE '{FAR_DATE}')")),
    )


def never_negative() -> tuple[str, ...]:
    """Return the columns of ``NEVER_NEGATIVE``: the balances, the twelve months and the quarters."""
    flows = set(flow_columns())
    return (*NEVER_NEGATIVE, *(f"{name}_q" for name in NEVER_NEGATIVE if name in flows))


def flags() -> tuple[Column, ...]:
    """Return the flag codes of the row as one text, in a fixed order."""
    first = 'first_value({0} IGNORE NULLS) OVER (PARTITION BY issuer_id, "end" ORDER BY known ROWS UNBOUNDED PRECEDING)'
    tests = (
        ("restated", " OR ".join(f"differs({name}, first_{name})" for name in RESTATED)),
        ("mixed_basis", " OR ".join(f"v_m{kind}_{name} = 1" for kind in ("t", "q") for name in CORE)),
        ("ttm_conflict", " OR ".join(f"differs({name}, v_sum4_{name})" for name in CHECKED)),
        ("conflict", "v_g_conflict = 1"),
        ("ebit_derived", "v_g_ebit_derived = 1"),
        ("da_partial", "v_g_da_partial = 1"),
        ("carried", "v_f_carried = 1"),
        ("sign_fixed", "v_g_sign_fixed = 1"),
        ("transition", "in_transition"),
        ("odd_quarter", ODD_FOURTH_QUARTER),
        ("neg", " OR ".join(f"{column} < 0" for column in never_negative())),
        ("debt_ambiguous", "v_f_debt_ambiguous = 1"),
        ("debt_double_tag", "v_f_debt_double_tag = 1"),
        ("mat_fallback", "mat_fallback"),
        ("ladder_mismatch", "ladder_mismatch"),
        ("interest_net", "interest_evidence = 'net'"),
        ("interest_partial", "v_g_interest_partial = 1"),
        ("accrual_proxy", "interest_evidence = 'accrual_proxy'"),
        ("accrual", "v_g_accrual = 1"),
        ("cogs_ex_da", "v_g_cogs_ex_da = 1"),
        ("cost_partial", "v_g_cost_partial = 1"),
        ("capex_partial", "v_g_capex_partial = 1"),
        ("sga_partial", "v_g_sga_partial = 1"),
        ("payables_accrued", "v_f_payables_accrued = 1"),
        ("cash_restricted", "v_f_cash_restricted = 1"),
        ("securities_unplaced", "v_f_securities_unplaced = 1"),
        ("revolver_derived", "v_f_revolver_derived = 1"),
        ("financing_residual", financing_residual()),
        ("debt_inferred_zero", "no_debt"),
        ("zero_imputed", "zero_imputed"),
        ("scale_fixed", "power <> 1 OR rescaled OR v_g_scale_fixed = 1"),
        ("period_fixed", "v_g_period_fixed = 1"),
        ("shares_fallback", "shares_fallback"),
        ("shares_implausible", "shares_implausible OR dropped"),
        ("split_inferred", 'len(list_filter(moves, lambda m: m.d > "end" - 366 AND m.d <= known)) > 0'),
        ("one_price", "several_lines"),
        ("fx", "currency <> 'USD'"),
        *flag_tests(),
    )
    listed = ", ".join(f"CASE WHEN {test} THEN '{code}' END" for code, test in tests)
    return (
        *((f"first_{name}", first.format(name)) for name in RESTATED),
        ("flags", f"concat_ws(' ', {listed})"),
    )


def values() -> tuple[Column, ...]:
    """Return the finished items of a row over ``averaged`` with their helpers, in the order of computation."""
    columns = (
        *item_values(), *debt_values(), *cash_values(), *interest_values(), *finished(), *keys(), *maturities(),
        ("period_price", "NULL::DOUBLE"),
    )  # fmt: skip
    return with_shared(columns)


def versions(given: Collection[str]) -> str:
    """Return SQL that makes ``versions``: the finished rows of the batch, identical neighbours merged.

    given: the columns of ``shares.COMPLETE``.
    """
    columns = (*values(), *row_gaps(), *flags())
    wanted = [name for name, _, _ in fundamentals() if name not in {"known_until", "latest_until"}]
    copied = _copied(columns)
    computed = [(name, sql) for name, sql in columns if name not in copied]
    program = staged(
        computed, COMPLETE, given, ("eid", "end", "known", *(name for name in wanted if name not in copied))
    )
    amounts = {name for name, _, _ in item_columns()}
    listed = ", ".join(
        f"CASE WHEN isfinite({sql}) THEN {sql} END AS {quoted(name)}" if name in amounts else f"{sql} AS {quoted(name)}"
        for name, sql in ((name, copied.get(name, f"p.{quoted(name)}")) for name in wanted)
    )
    compared = ", ".join(quoted(name) for name in wanted if name not in SKIPPED_IN_HASH)
    dated = {"known_until": "k.known_until", "latest_until": LATEST_UNTIL}
    return f"""
CREATE OR REPLACE TEMP TABLE complete AS
SELECT p.eid, {listed} FROM {program} p JOIN as_known a USING (eid, "end", known);
CREATE OR REPLACE TEMP TABLE versions AS
WITH single AS (
  SELECT eid, issuer_id, period_end, known_from, hash({compared}) AS mark FROM complete
  QUALIFY row_number() OVER (PARTITION BY issuer_id, period_end, known_from ORDER BY eid DESC) = 1),
marked AS (
  SELECT *, lag(mark) OVER (PARTITION BY issuer_id, period_end ORDER BY known_from) AS mark_before
  FROM single),
kept AS (SELECT * FROM marked WHERE mark IS DISTINCT FROM mark_before),
ended AS (
  SELECT *, coalesce(lead(known_from) OVER (PARTITION BY issuer_id, period_end ORDER BY known_from),
                     DATE '{FAR_DATE}') AS known_until
  FROM kept),
firsts AS (SELECT issuer_id, period_end, min(known_from) AS first_known FROM ended GROUP BY ALL),
later AS (
  SELECT issuer_id, period_end, min(first_known) OVER (
    PARTITION BY issuer_id ORDER BY period_end DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS overtaken
  FROM firsts)
SELECT {", ".join(f"{dated.get(name, f'e.{quoted(name)}')} AS {quoted(name)}" for name, _, _ in fundamentals())}
FROM ended k JOIN later l USING (issuer_id, period_end) JOIN complete e USING (eid, period_end, known_from);
"""


def _copied(columns: Sequence[Column]) -> dict[str, str]:
    """Return the columns that are taken from ``as_known`` as they are and that no other column reads."""
    read = {word for _, sql in columns for word in WORD.findall(sql)}
    return {name: f"a.{sql}" for name, sql in columns if AS_KNOWN.fullmatch(sql) and name not in read}
