"""What the page of a company shows: its metrics section by section, and the line items of its years and quarters."""

from __future__ import annotations

# Section, and the metrics and price fields in it, each with a direction of its own or one that ranks in its place.
SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Value", ("pe", "pb", "ev_ebit", "fcf_yield", "shareholder_yield")),
    ("Profitability", ("gp_assets", "operating_margin", "roic", "roe")),
    ("Growth", ("revenue_growth_ttm", "revenue_cagr_3y", "ni_growth", "share_growth_1y")),
    ("Quality", ("accruals_cf", "piotroski_f")),
    ("Balance sheet", ("net_debt_ebitda", "interest_coverage", "debt_assets", "current_ratio")),
    ("Momentum", ("price_change_6m", "momentum_12_1")),
)

METRICS: tuple[str, ...] = tuple(name for _, names in SECTIONS for name in names)

# Flows, then what is counted on one day, then what there is of each share.
STATEMENT: tuple[str, ...] = (
    "revenue", "gross_profit", "operating_income", "net_income", "cfo", "capex", "fcf",
    "cash", "total_assets", "total_debt", "equity", "shares_diluted", "eps_diluted",
)  # fmt: skip

YEARS = 5
QUARTERS = 8
EVENT_MONTHS = 12
# Among whom a metric is ranked: every company but empty shells, within its sector.
UNIVERSE = "not is_shell"
WITHIN = "sector"


def screen_text() -> str:
    """Return the screen whose ranks the page shows; nobody is kept off its list by an unknown value."""
    groups = "".join(f"  {section}: {{within: {WITHIN}, by: [{', '.join(names)}]}}\n" for section, names in SECTIONS)
    return f"name: Company page\nuniverse: [{UNIVERSE}]\nmissing: drop\nlimit: 1\nrank:\n{groups}"
