"""The accounting identities, evaluated on what the filings state: how far each is off, in units of its tolerance.

A gap is a number: 0 to 1 holds, above 1 fails, NULL can't be tested. ``d_x`` is an item from its own tags, so that no
identity is tested on a value that was derived through it.
"""

from __future__ import annotations

from screener.catalogue.identities import BEFORE_FX_TAGS, BY_ID, IDENTITIES
from screener.catalogue.items import BY_NAME
from screener.standardize import sums
from screener.standardize.columns import raw as t
from screener.standardize.columns import texts
from screener.standardize.gaps import excess, gap, nearest
from screener.standardize.trees import first, present_sum

Column = tuple[str, str]

BALANCE = ("bs1", "bs2", "bs3", "bs4", "bs5")
# Judged on each stretch that a filing states: the single quarter (``_q``) and from the first day of the year (``_y``).
STRETCHES = ("q", "y")
PERIODS = ("is1", "is2", "is3", "is4", "cf1", "cf3")
ROLL = "cf2"
# Nobody's gap needs to be told apart beyond this; the text of it stays short.
LARGEST_GAP = 1e6

_LEVEL_TAGS = (
    "CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents",
    "CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalentsIncludingDisposalGroupAndDiscontinuedOperations",
    "CashAndCashEquivalentsAtCarryingValue",
    "CashAndCashEquivalentsAtCarryingValueIncludingDiscontinuedOperations",
    "CashAndDueFromBanks",
    "Cash",
    "ifrs:CashAndCashEquivalents",
)


def _applies(identity: str, sql: str) -> str:
    refused = BY_ID[identity].refused
    return f"CASE WHEN coalesce(model, 'standard') NOT IN {texts(refused)} THEN {sql} END" if refused else sql


_SIDE = first("d_liabilities_and_equity", "d_total_assets")
_WHOLE = first("d_equity_incl_nci", "i_parent")
# Some filers tag the sum of both sides as their liabilities; that value is not used.
_LIABILITIES = (
    f"CASE WHEN abs(d_total_liabilities - {_SIDE}) <= 0.001 * {_SIDE} AND abs({_WHOLE}) > 0.002 * {_SIDE} THEN NULL "
    "ELSE d_total_liabilities END"
)
_MEZZANINE_PARTS = [t(tag) for tag in BY_NAME["temp_equity"].parts]


def _sides(mezzanine: str, equity: str) -> str:
    operands = (_SIDE, "i_liabilities", mezzanine, equity)
    return gap(f"i_liabilities + coalesce({mezzanine}, 0) + {equity}", _SIDE, operands)


def balance_gaps() -> tuple[Column, ...]:
    """Return the columns ``i_bs1`` .. ``i_bs5`` over the direct values of a balance sheet, and what they rest on.

    A later filing that rolls equity forward may leave one of its tags on another basis than the balance sheet: what
    lies between liabilities and their sum with equity is read in three ways, and the one that adds up stands.
    """
    held = "coalesce(d_cash, 0) + coalesce(d_short_term_investments, 0)"
    within = f"{excess('d_current_assets', 'd_total_assets')}, {excess('d_current_liabilities', 'i_liabilities')}"
    room = excess(held, first("d_current_assets", "d_total_assets"))
    return (
        ("i_parent", "d_equity + coalesce(d_minority_interest, 0)"),
        ("i_mezzanine", first("d_temp_equity", t("TemporaryEquityCarryingAmount"))),
        ("i_mezzanine_parts", present_sum(_MEZZANINE_PARTS)),
        ("i_liabilities", _LIABILITIES),
        ("i_bs2_whole", _sides("i_mezzanine", _WHOLE)),
        ("i_bs2_parent", _sides("i_mezzanine", "i_parent")),
        ("i_bs2_parts", _sides("i_mezzanine_parts", _WHOLE)),
        ("i_bs1", gap("d_total_assets", "d_liabilities_and_equity", ("d_total_assets", "d_liabilities_and_equity"))),
        ("i_bs2", nearest("i_bs2_whole", "i_bs2_parent", "i_bs2_parts")),
        ("i_bs3", _applies("bs3", f"greatest({within})")),
        (
            "i_bs4",
            gap(
                "d_equity + d_minority_interest",
                "d_equity_incl_nci",
                ("d_equity", "d_minority_interest", "d_equity_incl_nci"),
            ),
        ),
        (
            "i_bs5",
            _applies("bs5", f"CASE WHEN coalesce(d_cash, d_short_term_investments) IS NOT NULL THEN {room} END"),
        ),
    )


_FX = first(
    "d_fx_cash",
    t("EffectOfExchangeRateOnCashAndCashEquivalents"),
    t(
        "EffectOfExchangeRateOnCashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents"
        "IncludingDisposalGroupAndDiscontinuedOperations"
    ),
    t("EffectOfExchangeRateOnCashAndCashEquivalentsContinuingOperations"),
    t("ifrs:EffectOfExchangeRateChangesOnCashAndCashEquivalents"),
)
_DISCONTINUED = first(
    t("NetCashProvidedByUsedInDiscontinuedOperations"),
    present_sum(
        [
            t("CashProvidedByUsedInOperatingActivitiesDiscontinuedOperations"),
            t("CashProvidedByUsedInInvestingActivitiesDiscontinuedOperations"),
            t("CashProvidedByUsedInFinancingActivitiesDiscontinuedOperations"),
        ]
    ),
)
_BEFORE_FX = first(*(t(tag) for tag in BEFORE_FX_TAGS))
_OTHERS = "(d_nci_income + coalesce(i_redeemable, 0))"
_IFRS_CHANGE = "ifrs:IncreaseDecreaseInCashAndCashEquivalents"
# XBRL has one fact for both statements; a vendor has a column for each, and its continuing income is before NCI.
_START = t("simfin:Net Income/Starting Line")
_INCOMES = ("d_income_continuing + coalesce(d_discontinued, 0)", "d_income_continuing", "d_net_income")


def _cash_flows() -> str:
    flows = ("d_cfo", "d_cfi", "d_cff")
    total = " + ".join(flows)
    ways = [
        gap(f"{total}{fx}{ended}", target, (*flows, target))
        for target, fx in (
            ("i_net_change", " + coalesce(i_fx, 0)"),
            ("i_before_fx", ""),
            ("i_before_fx", " + coalesce(i_fx, 0)"),
        )
        for ended in ("", " + i_ended")
    ]
    return nearest(*ways)


def _after_tax(pretax: str, tax: str = "u_income_tax") -> str:
    """Income from continuing operations as tagged, or what net income leaves of it."""
    targets = (
        "d_income_continuing",
        "d_net_income_incl_nci - coalesce(d_discontinued, 0)",
        f"d_net_income + coalesce({_OTHERS}, 0) - coalesce(d_discontinued, 0)",
    )
    ways = [
        gap(f"({pretax}) - ({tax}){extra}", target, ("u_pretax_income", "u_income_tax", "d_net_income"))
        for target in targets
        for extra in ("", " + d_equity_method_income")
    ]
    return nearest(*ways)


# Items whose direct value is ``u_x`` until an identity has shown that its sign is right.
TURNED = ("pretax_income", "income_tax")
# Where no pretax income is tagged, the lines above it lead there.
_BRIDGE = f"d_operating_income - d_interest_expense + coalesce({t('OtherNonoperatingIncomeExpense')}, 0)"


def _shared(others: str) -> str:
    operands = ("d_net_income", "d_nci_income", "d_net_income_incl_nci")
    return gap(f"d_net_income + {others}", "d_net_income_incl_nci", operands)


def period_gaps() -> tuple[Column, ...]:
    """Return the columns ``i_is1`` .. ``i_cf3`` over the direct values of a stretch, and what ``i_cf2`` needs."""
    operating = ("d_operating_income", "d_operating_expenses")
    return (
        ("i_fx", _FX),
        ("i_ended", _DISCONTINUED),
        # A vendor without a column for exchange rates can't be held to the sum.
        ("i_net_change", first(*(t(tag) for tag in BY_NAME["net_change_cash"].tags), t(_IFRS_CHANGE))),
        ("i_before_fx", _BEFORE_FX),
        ("i_redeemable", t("NetIncomeLossAttributableToRedeemableNoncontrollingInterest")),
        (
            "i_is1",
            _applies(
                "is1",
                gap(
                    "d_revenue - d_cost_of_revenue",
                    "d_gross_profit",
                    ("d_revenue", "d_cost_of_revenue", "d_gross_profit"),
                ),
            ),
        ),
        (
            "i_is2_nearest",
            nearest(
                *(
                    gap(f"{top} - d_operating_expenses{other}", "d_operating_income", ("d_revenue", *operating))
                    for top in ("d_gross_profit", "d_revenue", "(d_revenue - d_cost_of_revenue)")
                    for other in ("", f" + {t('OtherOperatingIncomeExpenseNet')}")
                )
            ),
        ),
        # Expenses that are not all costs can't be tested where the cost of revenue is under no tag that is known.
        (
            "i_is2",
            _applies(
                "is2",
                "CASE WHEN i_is2_nearest <= 1 OR d_gross_profit IS NOT NULL OR d_cost_of_revenue IS NOT NULL "
                "THEN i_is2_nearest END",
            ),
        ),
        ("i_bridge", f"CASE WHEN u_income_tax < 0 THEN {_after_tax(_BRIDGE)} END"),
        ("i_bridge_turned", f"CASE WHEN u_income_tax < 0 THEN {_after_tax(_BRIDGE, '0 - u_income_tax')} END"),
        ("i_is3", _after_tax("u_pretax_income")),
        ("i_is3_turned", _after_tax("(0 - u_pretax_income)")),
        ("i_is3_tax", f"coalesce({_after_tax('u_pretax_income', '0 - u_income_tax')}, i_bridge_turned)"),
        (
            "d_pretax_income",
            "CASE WHEN i_is3 > 1 AND i_is3_turned <= 1 THEN 0 - u_pretax_income ELSE u_pretax_income END",
        ),
        (
            "d_income_tax",
            "CASE WHEN coalesce(i_is3, i_bridge) > 1 AND coalesce(i_is3_turned, 2) > 1 AND i_is3_tax <= 1 "
            "THEN 0 - u_income_tax ELSE u_income_tax END",
        ),
        ("i_is4", nearest(*(_shared(others) for others in ("d_nci_income", _OTHERS)))),
        ("i_cf1", _cash_flows()),
        ("i_cf3", nearest(*(gap(_START, income, (_START, income)) for income in _INCOMES))),
    )


_SECOND = t("NetIncomeLossIncludingPortionAttributableToNonredeemableNoncontrollingInterest")
_SECOND_FITS = gap(f"d_net_income + {_OTHERS}", _SECOND, ("d_net_income", _SECOND))
_DERIVED_LIABILITIES = f"({_SIDE} - equity_incl_nci - coalesce(temp_equity, 0))"
# What standardization does when an identity fails: the item, the condition, and what stands in its place.
MENDS: dict[str, tuple[str, str]] = {
    "equity_incl_nci": ("i_bs2_whole > 1 AND i_bs2_parent <= 1", "i_parent"),
    "temp_equity": ("i_bs2_whole > 1 AND i_bs2_parent > 1 AND i_bs2_parts <= 1", "i_mezzanine_parts"),
    "total_liabilities": (
        f"i_bs3 > 1 AND d_current_liabilities > i_liabilities AND {_DERIVED_LIABILITIES} >= d_current_liabilities",
        _DERIVED_LIABILITIES,
    ),
    "minority_interest": ("i_bs4 > 1 AND coalesce(i_bs2_whole, 0) <= 1", "d_equity_incl_nci - d_equity"),
    "short_term_investments": ("i_bs5 > 1", "NULL"),
    "net_income_incl_nci": (f"i_is4 > 1 AND {_SECOND_FITS} <= 1", _SECOND),
}


def mended(item: str, sql: str) -> str:
    """Return the SQL of an item with the action of its identity: what stands in its place when that fails."""
    if item not in MENDS:
        return sql
    condition, instead = MENDS[item]
    return f"CASE WHEN {condition} THEN {instead} ELSE {sql} END"


# A balance sheet that does not balance gives way to the one that was known before, and says so.
REJECT_UNBALANCED = """
CREATE OR REPLACE TEMP TABLE sound AS SELECT * FROM wide_instants WHERE i_bs1 <= 1;
CREATE OR REPLACE TEMP TABLE replaced AS
SELECT s.* REPLACE (w.event AS event), 1.0 AS f_rejected
FROM (SELECT eid, start, "end", event FROM wide_instants WHERE i_bs1 > 1) w
ASOF JOIN sound s ON s.eid = w.eid AND s.start = w.start AND s."end" = w."end" AND w.event >= s.event;
INSERT INTO replaced SELECT w.*, 0.0 FROM wide_instants w ANTI JOIN replaced r
  ON r.eid = w.eid AND r.start = w.start AND r."end" = w."end" AND r.event = w.event;
DROP TABLE wide_instants;
ALTER TABLE replaced RENAME TO wide_instants;
DROP TABLE sound;
"""


def balance_columns() -> tuple[str, ...]:
    """Return the columns of ``wide_instants`` that a row takes over."""
    return (*(f"i_{name}" for name in BALANCE), "f_rejected")


def moving_columns() -> tuple[str, ...]:
    """Return the columns of ``changes`` that hold gaps, and those that the sums need."""
    flows = tuple(f"i_{name}_{stretch}" for name in (*PERIODS, ROLL) for stretch in STRETCHES)
    return (*flows, *sums.moving_columns())


def roll_forward() -> str:
    """Return SQL that makes ``cash_rolls``: by how much the balances of cash miss the change that a stretch states.

    Cash is what the filing calls it: of several balances (with restricted cash, with disposal groups) the one that
    fits is the one that the statement explains. Balances as known on the filing day.
    """
    change = gap("b.value - a.value", "w.i_net_change", ("b.value", "a.value", "w.i_net_change"), column=str)
    return f"""
CREATE OR REPLACE TEMP TABLE levels AS
SELECT eid, tag, "end", filed, value FROM mentions WHERE start IS NULL AND tag IN {texts(_LEVEL_TAGS)};
CREATE OR REPLACE TEMP TABLE openings AS
SELECT s.eid, s.start, s."end", m.tag, m."end" AS opening
FROM (SELECT eid, start, "end", min(event) AS born FROM wide_periods WHERE i_net_change IS NOT NULL GROUP BY ALL) s
JOIN (SELECT eid, tag, "end", min(filed) AS born FROM levels GROUP BY ALL) m
  ON m.eid = s.eid AND m."end" BETWEEN s.start - 4 AND s.start + 2
QUALIFY row_number() OVER (PARTITION BY s.eid, s.start, s."end", m.tag
                           ORDER BY greatest(s.born, m.born), abs(m."end" + 1 - s.start), m."end") = 1;
CREATE OR REPLACE TEMP TABLE cash_rolls AS
SELECT w.eid, w.start, w."end", w.event, min({change}) AS i_cf2
FROM wide_periods w JOIN openings o ON o.eid = w.eid AND o.start = w.start AND o."end" = w."end"
ASOF JOIN levels b ON b.eid = w.eid AND b.tag = o.tag AND b."end" = w."end" AND w.event >= b.filed
ASOF JOIN levels a ON a.eid = w.eid AND a.tag = o.tag AND a."end" = o.opening AND w.event >= a.filed
WHERE w.i_net_change IS NOT NULL GROUP BY ALL;
DROP TABLE levels;
DROP TABLE openings;
"""


def changes() -> str:
    """Return SQL of the rows (entity, end, day, column, value) that ``changes`` gets: the worst gap of each stretch."""
    listed = ", ".join(f"i_{name}" for name in PERIODS)
    kind = "CASE dur_class(\"end\" - start + 1) WHEN 'Q' THEN '_q' ELSE '_y' END"
    return f"""
SELECT eid, "end", event, col || {kind}, max(value) FROM (
  UNPIVOT (SELECT eid, start, "end", event, {listed} FROM wide_periods) ON {listed} INTO NAME col VALUE value)
GROUP BY ALL
UNION ALL
SELECT eid, "end", event, 'i_{ROLL}' || {kind}, max(i_{ROLL}) FROM cash_rolls WHERE i_{ROLL} IS NOT NULL GROUP BY ALL
UNION ALL {sums.changes()}"""


def _earned(kind: str, income: str) -> str:
    """Return the gap of earnings a share times shares, both as stated but on the split basis of one day.

    Filings restate the one for a split and leave the other: as they stand they can't be multiplied.
    """
    count = f"s_shares_diluted_{kind}"
    return gap(f"s_eps_diluted_{kind} * {count}", income, (), BY_ID["is5"].tolerance, unit=f"0.01 * {count}")


def row_gaps() -> tuple[Column, ...]:
    """Return the gaps of a row (``r_x``), then ``holds``, ``fails``, ``gaps`` and ``dq_score``."""
    columns: list[Column] = [(f"r_{name}", f"v_i_{name}") for name in BALANCE]
    for name in (*PERIODS, ROLL):
        columns.append((f"r_{name}", f"greatest({', '.join(f'v_i_{name}_{stretch}' for stretch in STRETCHES)})"))
    columns.append(
        ("r_is5", f"greatest({_earned('q', 'v_net_income_to_common_q')}, {_earned('fy', 'v_net_income_to_common')})")
    )
    columns += sums.gaps()
    ids = [row.id for row in IDENTITIES]

    def listed(condition: str, said: str = "'{0}'") -> str:
        cases = (f"CASE WHEN r_{name} {condition} THEN {said.format(name)} END" for name in ids)
        return f"concat_ws(' ', {', '.join(cases)})"

    held = " + ".join(f"coalesce((r_{name} <= 1)::INT, 0)" for name in ids)
    failed = " + ".join(f"coalesce((r_{name} > 1)::INT, 0)" for name in ids)
    return (
        *columns,
        ("holds", listed("<= 1")),
        ("fails", listed("> 1")),
        ("gaps", listed("> 1", f"printf('%.1f', least(r_{{0}}, {LARGEST_GAP}))")),
        ("dq_score", f"({held}) / nullif(({held}) + ({failed}), 0)::DOUBLE"),
    )


def flag_tests() -> tuple[tuple[str, str], ...]:
    """Return (flag code, SQL test) of what gave way, of sums on two bases and of each identity that fails."""
    return (
        ("balance_rejected", "v_f_rejected = 1"),
        ("recast", "recast"),
        *((row.flag, f"r_{row.id} > 1") for row in IDENTITIES),
    )
