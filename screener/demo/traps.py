"""The traps: what naive screeners get wrong, planted on named companies; one row each."""

# One row, one line: a table is read across.
# ruff: noqa: E501

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Trap:
    """A trap and the company that carries it.

    id: stable name. ticker: primary ticker of the company. what: what was planted. pitfall: what a naive screener
    does with it. profile: the kind of business. name: the company's name where the name is the trap.
    setting: values that replace the drawn ones (columns of :func:`screener.demo.population.draw`).
    """

    id: str
    ticker: str
    what: str
    pitfall: str
    profile: str = "capital goods"
    name: str = ""
    setting: dict[str, Any] = field(default_factory=dict)


HEALTHY = {"opm": 0.12, "opm_noise": 0.006, "growth": 0.05, "debt_years": 0.35, "debt_style": "split", "fye": 12}
DEBT_FREE = {"debt_years": 0.0, "debt_style": "none"}

TRAPS: tuple[Trap, ...] = (
    Trap("negative-pe", "ZNEGP", "loses money year after year and trades at a tenth of its sales", "a negative P/E ranks as the cheapest", setting={"opm": -0.08, "opm_noise": 0.006, "ps": 0.1}),
    Trap("negative-equity-roe", "ZNEQR", "loss and negative equity, so that their quotient is positive", "ROE of a loss maker with negative equity looks excellent", profile="retail", setting={"opm": -0.03, "opm_noise": 0.006, "opening_equity": -0.25, "debt_style": "split", "debt_only": True}),
    Trap("debt-free", "ZFREE", "no debt and therefore no debt tag, no interest", "missing debt counts as failed", profile="software", setting={**DEBT_FREE, "opm": 0.15, "opm_noise": 0.006}),
    Trap("combined-debt", "ZCOMB", "tags its debt only under LongTermDebt, current portion included", "debt reported only under a combined tag is missed", setting={**HEALTHY, "debt_style": "combined"}),
    Trap("unknown-debt", "ZMISS", "pays interest but tags no debt at all", "missing debt counts as no debt", setting={**HEALTHY, "debt_years": 0.6, "debt_style": "hidden"}),
    Trap("unknown-cash", "ZCASH", "never tags its cash", "enterprise value is computed with unknown cash as zero", setting={**HEALTHY, "no_cash_tag": True}),
    Trap("unknown-interest", "ZNINT", "has debt but tags no interest expense", "missing interest counts as infinite coverage", setting={**HEALTHY, "no_interest_tag": True}),
    Trap("restatement", "ZRSTA", "a 10-K/A five months after the 10-K lowers revenue, profit, receivables and equity", "restated values leak into runs as of earlier dates", setting=HEALTHY),
    Trap("late-restatement", "ZLATE", "a 10-K/A restates a year that two newer years have followed, filed a month before the end", "a late restatement of an old period becomes the latest", setting=HEALTHY),
    Trap("rounded-later", "ZRNDD", "each first-quarter 10-Q repeats the year-end balances rounded to two digits", "a later but merely rounded value replaces a precise one", setting=HEALTHY),
    Trap("cash-flow-to-date", "ZYTDC", "tags cash flows year to date only (as all companies here do), with large first quarters", "year-to-date cash flow taken for the quarter", setting={**HEALTHY, "season": 0.4}),
    Trap("tag-migration", "ZMIGR", "revenue moves from SalesRevenueNet to RevenueFromContractWithCustomerExcludingAssessedTax to Revenues", "the first tag ever used returns figures that are years old", setting={**HEALTHY, "revenue_style": "migrating"}),
    Trap("interest-migration", "ZINTR", "interest moves from InterestExpense to InterestExpenseNonoperating", "interest expense stops and coverage becomes infinite", setting={**HEALTHY, "interest_style": "migrating"}),
    Trap("double-tagged-debt", "ZDBLE", "tags its current debt as ShortTermBorrowings and again as LongTermDebtCurrent", "current debt is counted twice", setting={**HEALTHY, "debt_style": "doubled"}),
    Trap("weeks-52-53", "ZWEEK", "quarters end on the last Saturday of the month; some years have 53 weeks", "exact month ends or day counts lose quarters", profile="retail", setting={**HEALTHY, "opm": 0.06, "weekly": True, "fye": 1}),
    Trap("fiscal-year-june", "ZJUNE", "fiscal year ends in June (one company in five does not end in December)", "calendar years taken for fiscal years", setting={**HEALTHY, "fye": 6}),
    Trap("fiscal-year-changed", "ZFYCH", "moves its fiscal year end from December to June with a 10-KT over six months", "windows of four rows span 18 months, or the stub counts as a year", setting={**HEALTHY, "fye": 6, "old_fye": 12}),
    Trap("late-filer", "ZTARD", "has filed nothing for the last two quarters while its shares trade on", "stale figures are screened as if they were new", setting={**HEALTHY, "silent_months": 8}),
    Trap("delisted", "ZGONE", "delisted thirteen months before the end; filings and prices stop", "companies that no longer exist vanish from history", setting={**HEALTHY, "gone_months": 13}),
    Trap("shell", "ZSPAC", "blank cheque company, SIC 6770, cash in trust and no revenue", "shells pass as debt-free bargains", profile="shell"),
    Trap("pre-revenue", "ZPREV", "biotech without revenue", "margins on no revenue become infinite or zero", profile="biotech", setting={"has_revenue": False}),
    Trap("two-classes", "ZDUAL", "two listed classes; no undimensioned share count on the cover, the sum of the classes on the balance sheet", "one class is taken for the whole company, or the issuer is listed twice", profile="media and telecom", setting={**HEALTHY, "cover_style": "none", "second": "class"}),
    Trap("preferred-and-warrant", "ZPREF", "a preferred share and a warrant trade beside the common share", "lines other than the primary common share are ranked", setting={**HEALTHY, "second": "preferred"}),
    Trap("placeholder-shares", "ZPLAC", "gives 100 shares on every cover page", "market value of a hundred shares", setting={**HEALTHY, "cover_style": "placeholder"}),
    Trap("split", "ZSPLT", "two-for-one split; later filings restate the comparatives, earlier ones keep the old basis", "share counts from before a split meet prices from after it", setting={**HEALTHY, "split_ratio": 2.0, "split_months": 20}),
    Trap("reverse-split", "ZREVS", "one-for-twenty reverse split; comparatives restated in the filings that follow", "per-share values on mixed bases; market value wrong twentyfold", profile="biotech", setting={"has_revenue": False, "split_ratio": 0.05, "split_months": 9}),
    Trap("scale-error", "ZSCAL", "one 10-Q tags weighted shares in thousands as if they were units", "a share count a thousand times too small", setting=HEALTHY),
    Trap("annual-filer", "ZFORN", "files 20-F once a year; its line is an ADS worth five ordinary shares", "no quarters found; ADS price times ordinary shares", setting={**HEALTHY, "form": "20-F", "second": "ads", "country": "Z9"}),
    Trap("currency", "ZCADS", "reports in Canadian dollars", "currencies are mixed", setting={**HEALTHY, "currency": "CAD", "country": "A6"}),
    Trap("word-ticker", "FALSE", "its ticker is a word that YAML and spreadsheets read as a boolean", "the ticker becomes a boolean", setting=HEALTHY),
    Trap("short-word-ticker", "ZON", "its ticker contains ON", "a ticker matched by pattern or read as a boolean", setting=HEALTHY),
    Trap("formula-name", "ZEQLS", "its name begins with an equals sign", "a spreadsheet runs the name as a formula", name="=1+1 Zorafane Analytics Inc", setting=HEALTHY),
    Trap("markup-name", "ZHTML", "its name holds markup and quotes", "a page renders the name as markup; a query breaks at the quote", name="""<b>Quamolune</b> & "Zimelrova" O'Nox Corp""", setting=HEALTHY),
    Trap("recent-ipo", "ZIPOX", "has six quarters of history", "five-year statistics from six quarters", setting={**HEALTHY, "history_quarters": 6}),
    Trap("same-day-amendment", "ZTIED", "10-K and 10-K/A filed on the same day with different profit", "the version depends on the order of rows", setting=HEALTHY),
    Trap("no-prices", "ZNOPX", "has filings and a listing but no price", "market value taken as zero", setting={**HEALTHY, "no_prices": True}),
    Trap("negative-base", "ZGROW", "its loss doubled in the last year", "growth from a negative base counts as positive", setting={"opm": -0.13, "opm_noise": 0.002, "opm_drift": -0.05, "growth": 0.0, "fye": 12}),
    Trap("bank", "ZBANK", "a bank: deposits and no operating income", "enterprise value and debt ratios of a bank", profile="bank", setting={"opm": 0.3}),
    Trap("negative-ev", "ZNETC", "holds more cash than the market pays for the whole company", "negative enterprise value ranks as cheapest", profile="hardware", setting={**DEBT_FREE, "opm": 0.03, "opm_noise": 0.004, "ps": 0.3, "min_cash": 2.4, "growth": 0.0}),
    Trap("lonely-peer", "ZLONE", "the only company of its industry group", "a percentile among one", profile="food and staples", setting={**HEALTHY, "sic": 2844}),
)  # fmt: skip

BY_ID: dict[str, Trap] = {trap.id: trap for trap in TRAPS}
NUMBER: dict[str, int] = {trap.id: number for number, trap in enumerate(TRAPS, start=1)}
FIRST_ISSUER = 9_000_000_000


def issuer_id(trap_id: str) -> int:
    """Return the issuer id of the company that carries the trap ``trap_id`` (``KeyError`` if there is none)."""
    return FIRST_ISSUER + NUMBER[trap_id]


def trap_table() -> str:
    """Return the traps as a Markdown table: ticker, what was planted, what a naive screener does with it."""
    lines = ["| trap | ticker | planted | what goes wrong when read naively |", "|---|---|---|---|"]
    lines += [f"| {trap.id} | `{trap.ticker}` | {trap.what} | {trap.pitfall} |" for trap in TRAPS]
    return "\n".join(lines) + "\n"
