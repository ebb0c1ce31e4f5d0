"""Leverage: debt against equity, assets, earnings and cash flow, and cover of its interest."""

from __future__ import annotations

from screener.catalogue.metric import NO_ASSETS, NO_INTEREST, NOT_BANKS, Metric, Undefined

_NEGATIVE_EQUITY = Undefined("equity <= 0", "negative equity", "worst")
_NO_DEBT = Undefined("total_debt = 0", "no debt", "best")
_NO_EBITDA = (
    Undefined("ebitda <= 0 and total_debt > 0", "EBITDA is zero or negative", "worst"),
    Undefined("ebitda <= 0 and total_debt = 0", "no debt", "best"),
)
_TANGIBLE_ASSETS = "(total_assets - goodwill_and_intangibles)"

ROWS: tuple[Metric, ...] = (
    Metric("net_debt", "Net debt", "total_debt - liquid_assets", "usd", "lower", "leverage", refused=NOT_BANKS, note="negative: more cash and short-term investments than debt"),
    Metric("debt_equity", "Debt to equity", "total_debt / equity", "multiple", "lower", "leverage", undefined=(_NEGATIVE_EQUITY,), refused=NOT_BANKS, aliases=("debt_to_equity", "de_ratio"), note="negative equity ranks worst; operating leases are not debt here"),
    Metric("debt_assets", "Debt to assets", "total_debt / total_assets", "ratio", "lower", "leverage", undefined=(NO_ASSETS,), refused=NOT_BANKS, aliases=("debt_to_assets", "debt_ratio"), source="Asness-Frazzini-Pedersen 2019 (safety)"),
    Metric("liabilities_assets", "Liabilities to assets", "total_liabilities / total_assets", "ratio", "lower", "leverage", undefined=(NO_ASSETS,), aliases=("liabilities_to_assets",), source="Ohlson 1980 (TLTA)"),
    Metric("net_debt_ebitda", "Net debt to EBITDA", "when(ebitda <= 0 and net_debt <= 0, 0, net_debt / ebitda)", "multiple", "lower", "leverage", undefined=(Undefined("ebitda <= 0 and net_debt > 0", "EBITDA is zero or negative", "worst"),), refused=NOT_BANKS, aliases=("net_debt_to_ebitda",), note="negative with net cash; 0 with net cash and no EBITDA"),
    Metric("debt_ebitda", "Debt to EBITDA", "total_debt / ebitda", "multiple", "lower", "leverage", undefined=_NO_EBITDA, refused=NOT_BANKS, aliases=("debt_to_ebitda",)),
    Metric("net_debt_equity", "Net debt to equity", "net_debt / equity", "multiple", "lower", "leverage", undefined=(_NEGATIVE_EQUITY,), refused=NOT_BANKS, aliases=("net_debt_to_equity", "net_gearing")),
    Metric("interest_coverage", "Interest coverage", "clip(ebit / interest_to_cover, -100, 100)", "multiple", "higher", "leverage", undefined=NO_INTEREST, refused=NOT_BANKS, aliases=("interest_coverage_ratio", "times_interest_earned"), note="kept between -100 and 100; without interest or debt there is nothing to cover, which ranks best"),
    Metric("ebitda_coverage", "EBITDA interest coverage", "clip(ebitda / interest_to_cover, -100, 100)", "multiple", "higher", "leverage", undefined=NO_INTEREST, refused=NOT_BANKS, aliases=("ebitda_interest_coverage", "ebitda_to_interest"), note="kept between -100 and 100; leaves out what must be reinvested"),
    Metric("fixed_charge_coverage", "Fixed-charge coverage", "clip((ebit + operating_lease_cost) / (interest_to_cover + operating_lease_cost), -100, 100)", "multiple", "higher", "leverage", undefined=(Undefined("interest_to_cover + operating_lease_cost <= 0", "no interest and no rent to cover", "best"), NO_INTEREST[1]), refused=NOT_BANKS, aliases=("fixed_charge_cover",), note="the lease cost stands in the notes: unknown between annual reports for filers that leave it out of interim ones"),
    Metric("cash_coverage", "Cash coverage of interest", "clip((cfo + interest_paid + taxes_paid) / interest_paid, -100, 100)", "multiple", "higher", "leverage", undefined=(Undefined("interest_paid = 0 or (interest_paid is unknown and total_debt = 0)", "no interest paid", "best"), Undefined("interest_paid is unknown and total_debt > 0", "interest paid is not reported although there is debt")), refused=NOT_BANKS, aliases=("cash_interest_coverage",), note="operating cash flow before interest and taxes; many filers state interest paid once a year"),
    Metric("cfo_debt", "Operating cash flow to debt", "cfo / total_debt", "ratio", "higher", "leverage", undefined=(_NO_DEBT,), refused=NOT_BANKS, aliases=("cfo_to_debt", "cash_flow_to_debt"), source="Beaver 1966"),
    Metric("fcf_debt", "Free cash flow to debt", "fcf / total_debt", "ratio", "higher", "leverage", undefined=(_NO_DEBT,), refused=NOT_BANKS, aliases=("fcf_to_debt",), note="its inverse is the years that repayment would take"),
    Metric("equity_assets", "Equity to assets", "equity / total_assets", "ratio", "higher", "leverage", undefined=(NO_ASSETS,), aliases=("equity_to_assets", "equity_ratio")),
    Metric("tangible_equity_assets", "Tangible equity to tangible assets", f"tangible_equity / {_TANGIBLE_ASSETS}", "ratio", "higher", "leverage", undefined=(Undefined(f"{_TANGIBLE_ASSETS} <= 0", "no tangible assets"),), aliases=("tangible_equity_to_assets", "tce_ratio"), note="common equity without goodwill and intangibles; the usual capital ratio of banks"),
    Metric("lease_adj_debt_ebitdar", "Debt and leases to EBITDAR", "(total_debt + operating_leases) / (ebitda + operating_lease_cost)", "multiple", "lower", "leverage", undefined=(Undefined("ebitda + operating_lease_cost <= 0 and total_debt + operating_leases > 0", "EBITDA before rent is zero or negative", "worst"), Undefined("ebitda + operating_lease_cost <= 0 and total_debt + operating_leases = 0", "no debt and no leases", "best")), refused=NOT_BANKS, aliases=("debt_ebitdar", "lease_adjusted_leverage"), note="for retailers, restaurants and airlines, whose leases are debt in all but name; lease cost as in fixed_charge_coverage"),
)
