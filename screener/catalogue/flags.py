"""The flags of a fundamentals row: one row each, with what it means and whether a reader of a shortlist must see it."""

from __future__ import annotations

from dataclasses import dataclass

from screener.catalogue.identities import IDENTITIES


@dataclass(frozen=True, slots=True)
class Flag:
    """A mark that standardization leaves on a quarter; ``notable``: shown with every name on a shortlist."""

    code: str
    meaning: str
    notable: bool = True


FLAGS: tuple[Flag, ...] = (
    Flag("restated", "revenue, net income or total assets were restated by more than 0.5 %"),
    Flag("mixed_basis", "twelve months or a quarter are derived from filings on different bases"),
    Flag("ttm_conflict", "twelve months differ from the sum of the four quarters"),
    Flag("conflict", "several revenues are tagged; no identity and no statement face tells which is the total"),
    Flag("ebit_derived", "operating income is derived, the filing does not tag it", notable=False),
    Flag("da_partial", "depreciation and amortization may be incomplete"),
    Flag("carried", "an amount of the annual notes is carried forward from the last annual report", notable=False),
    Flag("sign_fixed", "an amount with the wrong sign was turned", notable=False),
    Flag("neg", "an amount that should not be negative is reported negative"),
    Flag("debt_ambiguous", "it is not clear whether two debt lines overlap"),
    Flag("debt_double_tag", "one line of current debt is tagged twice and counted once", notable=False),
    Flag("mat_fallback", "no maturity ladder: the debt due within a year is the current debt alone", notable=False),
    Flag("ladder_mismatch", "the maturity ladder does not add up to the debt"),
    Flag("interest_net", "interest expense is net of interest income", notable=False),
    Flag("interest_partial", "interest expense is that of a part of the debt"),
    Flag("accrual_proxy", "no interest expense is reported: interest paid stands for it in coverage", notable=False),
    Flag("accrual", "dividends or buybacks are as declared, not as paid", notable=False),
    Flag("cogs_ex_da", "cost of revenue leaves out depreciation: gross profit looks better than that of others"),
    Flag("cost_partial", "the reported cost of revenue is a small part of the costs: gross profit is left unknown"),
    Flag("capex_partial", "a larger line of purchases of productive assets is not in capital expenditure"),
    Flag("sga_partial", "selling or administrative cost alone is reported", notable=False),
    Flag("payables_accrued", "accounts payable include accruals", notable=False),
    Flag("cash_restricted", "cash may include restricted cash", notable=False),
    Flag("securities_unplaced", "securities are reported, but not how many are current: cash may look too small"),
    Flag("revolver_derived", "undrawn credit is the facility less what is drawn", notable=False),
    Flag("financing_residual", "the known financing flows do not explain the cash flow from financing", notable=False),
    Flag("debt_inferred_zero", "no debt is reported, and nothing hints at any: taken as none", notable=False),
    Flag("zero_imputed", "items that the company never reported are taken as zero", notable=False),
    Flag("transition", "the twelve months run across a change of the fiscal year"),
    Flag("odd_quarter", "revenue of the fourth quarter is over three times that of each quarter before it"),
    Flag("scale_fixed", "an amount or a share count was off by a power of ten and was mended", notable=False),
    Flag("period_fixed", "a quarter stated with the first day of the year was told by the others", notable=False),
    Flag("shares_fallback", "the share count is the weighted average, none is on the cover", notable=False),
    Flag("shares_implausible", "an implausible share count was dropped"),
    Flag("split_inferred", "a share split in the last year was inferred from restated share counts", notable=False),
    Flag("share_jump", "the share count moved by more than 60 % since the version before"),
    Flag("basis_mended", "prices and share counts were on different split bases; brought to one by other evidence"),
    Flag("basis_doubtful", "prices and share counts seem to be on different split bases: no market value"),
    Flag("one_price", "several classes trade: all shares are counted at the price of the primary line", notable=False),
    Flag("fx", "reported in another currency than US dollars", notable=False),
    Flag("balance_rejected", "the newest balance sheet of the period does not balance: the one before it stands"),
    Flag("recast", "a filing recast the year or some of its quarters alone: they can't be compared", notable=False),
    *(Flag(row.flag, row.failed, row.notable) for row in IDENTITIES),
)

BY_CODE: dict[str, Flag] = {flag.code: flag for flag in FLAGS}


def explained(codes: str) -> tuple[tuple[str, str], ...]:
    """Return (code, meaning) of each of the space-separated codes; an unknown code stands for itself."""
    return tuple((code, BY_CODE[code].meaning if code in BY_CODE else code) for code in codes.split())


def notable(codes: str) -> tuple[str, ...]:
    """Return the meanings of the flags that a reader of a shortlist must see; an unknown code is one of them."""
    return tuple(meaning for code, meaning in explained(codes) if code not in BY_CODE or BY_CODE[code].notable)
