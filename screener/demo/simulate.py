"""Plays the companies' books quarter by quarter, in whole units, so that every identity is exact."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

ASSETS = (
    "cash", "investments", "receivables", "inventory", "other_current", "ppe", "goodwill", "intangibles",
    "other_assets", "loans",
)  # fmt: skip
DEBTS = ("payables", "accrued", "debt", "deposits", "other_liabilities")
# Carried from quarter to quarter; each is also a column of the result.
BALANCES = (*ASSETS, *DEBTS, "equity", "nci", "retained")
FLOWS = (
    "revenue", "cogs", "rnd", "sga_cost", "impairment", "interest", "interest_income", "pretax", "tax_cost", "profit",
    "nci_profit", "net_income", "depreciation_cost", "sbc_cost", "cfo", "capex", "cfi", "cff", "dividends", "buyback",
    "issued", "borrowed", "repaid", "d_receivables", "d_inventory", "d_payables",
)  # fmt: skip
HIDDEN = ("shock", "margin", "share_index", "earning")
BOOK_KINDS = ("bank", "insurer", "reit", "utility")
# The bank's and the insurer's books per unit of quarterly revenue: loans, deposits or reserves, securities, cash.
LOANS = {"bank": 78.0}
DEPOSITS = {"bank": 92.0, "insurer": 6.0}
SECURITIES = {"bank": 20.0, "insurer": 8.0}
CASH = {"bank": 4.0, "insurer": 1.0, "shell": 250.0, "biotech": 6.0}
SHOCKS = 7


def simulate(companies: pl.DataFrame, quarters: int, seed: int) -> pl.DataFrame:
    """Return one row a company and quarter (``t`` from 1): :data:`FLOWS`, :data:`BALANCES`, ``fair``, ``share_index``.

    ``fair`` is the market value that the figures justify, in units; ``share_index`` the shares outstanding
    relative to the start.
    """
    import polars as pl

    rng = Random(seed)  # noqa: S311 - a seeded draw, nothing secret
    state = _opening(companies.drop("issuer_id", "ticker", "name"), quarters)
    found = []
    keep = ["n", "t", *FLOWS, *BALANCES, "fair", "share_index", "share_before"]
    for t in range(1, quarters + 1):
        shocks = [
            pl.Series(f"z{k}", [rng.gauss(0.0, 1.0) for _ in range(state.height)], dtype=pl.Float64)
            for k in range(SHOCKS)
        ]
        state = _step(state.with_columns(*shocks, pl.lit(t, pl.Int64).alias("t")), t - quarters)
        found.append(state.select(keep))
    return pl.concat(found).sort("n", "t")


def whole(expression: pl.Expr) -> pl.Expr:
    """Round to whole units."""
    import polars as pl

    return expression.round(0).cast(pl.Int64)


def _by_kind(table: dict[str, float], default: float) -> pl.Expr:
    import polars as pl

    return pl.col("kind").replace_strict(table, default=default, return_dtype=pl.Float64)


def _opening(companies: pl.DataFrame, quarters: int) -> pl.DataFrame:
    """Return the state at the end of quarter 0: assets and debts by the company's ratios, equity as what is left."""
    import polars as pl

    c = pl.col
    start = c("base") * (c("growth") / 4 * -quarters).exp()
    state = companies.with_columns(
        start.alias("base0"),
        (_by_kind(CASH, 0.0) + c("min_cash") * 2 * c("kind").is_in(["standard", "reit", "utility"])).alias(
            "cash_share"
        ),
    )
    b = c("base0")
    state = state.with_columns(
        cash=whole(b * c("cash_share")) + 1,
        investments=whole(b * _by_kind(SECURITIES, 0.0)),
        receivables=whole(b * c("dso") / 91),
        inventory=whole(b * (1 - c("gm")) * c("dio") / 91),
        other_current=whole(b * 0.1),
        ppe=whole(b * c("ppe_years") * 4),
        goodwill=whole(b * c("goodwill_years") * 4),
        intangibles=whole(b * c("goodwill_years") * 1.6),
        other_assets=whole(b * 0.3),
        loans=whole(b * _by_kind(LOANS, 0.0)),
        payables=whole(b * c("dpo") / 91 * 0.7),
        accrued=whole(b * 0.25),
        debt=whole(b * c("debt_years") * 4),
        deposits=whole(b * _by_kind(DEPOSITS, 0.0)),
        other_liabilities=whole(b * 0.2),
        nci=whole(b * c("nci_share") * 2),
        shock=pl.lit(0.0),
        margin=pl.lit(0.0),
        share_index=pl.lit(1.0),
        earning=b * c("opm") * 0.7,
    )
    return _opening_equity(state)


def _opening_equity(state: pl.DataFrame) -> pl.DataFrame:
    """Add equity as what the other balances leave, or as the company's setting asks for."""
    import polars as pl

    c = pl.col
    left = c("assets") - c("debts") - c("nci")
    wanted = whole(c("base0") * 4 * c("opening_equity"))
    state = state.with_columns(assets=_sum(ASSETS), debts=_sum(DEBTS))
    # A company set up with negative equity owes the difference: its other liabilities make up for it.
    state = state.with_columns(equity=pl.when(c("opening_equity") != 0).then(wanted).otherwise(left))
    return state.with_columns(
        other_liabilities=c("other_liabilities") + left - c("equity"),
        retained=whole(pl.when(c("opm") > 0).then(c("equity") * 0.4).otherwise(-(c("equity").abs()) * 1.5)),
    )


def _sum(names: tuple[str, ...]) -> pl.Expr:
    import polars as pl

    return pl.sum_horizontal(names)


def _step(state: pl.DataFrame, to_end: int) -> pl.DataFrame:
    """Return the state one quarter later; ``to_end`` is the number of quarters to the last one, negative."""
    state = state.with_columns(**{f"p_{name}": state[name] for name in (*BALANCES, *HIDDEN)})
    for stage in (_demand, _costs, _results, _working_capital, _before_financing, _financing, _closing, _value):
        state = stage(state, to_end)
    return state


def _demand(state: pl.DataFrame, to_end: int) -> pl.DataFrame:
    import polars as pl

    c = pl.col
    trend = c("base") * (c("growth") / 4 * to_end).exp()
    season = pl.when((c("t") - 1) % 4 == 0).then(c("season")).otherwise(-c("season") / 3)
    state = state.with_columns(
        shock=c("p_shock") * 0.93 + c("revenue_noise") * c("z0"),
        margin=c("p_margin") * 0.85 + c("opm_noise") * c("z1"),
        trend=trend,
    ).with_columns(spending=c("trend") * (c("shock") * 0.7).exp(), drift=c("opm_drift") * to_end / 4)
    full = c("trend") * (c("shock") + season).exp()
    revenue = pl.when(~c("has_revenue")).then(0.0).when(c("kind") == "biotech").then(full * 0.2).otherwise(full)
    return state.with_columns(revenue=whole(revenue))


def _costs(state: pl.DataFrame, to_end: int) -> pl.DataFrame:  # noqa: ARG001 - one signature for all stages
    import polars as pl

    c = pl.col
    plain = c("kind").is_in(["biotech", "shell"])
    lender = c("kind").is_in(["bank", "insurer"])
    overhead = pl.when(plain).then(pl.lit(0.26)).otherwise((c("sga") - c("margin") * 0.5 - c("drift")).clip(0.01))
    cogs = c("revenue") * (1 - (c("gm") + c("margin") * 0.5).clip(0.02, 0.98))
    return state.with_columns(
        cogs=whole(pl.when(plain).then(0.0).otherwise(cogs)),
        rnd=whole(c("spending") * c("rd")),
        sga_cost=whole(c("spending") * overhead * (1 + 0.02 * c("z2"))).clip(0),
        impairment=pl.when(c("z5") > 2.75).then(whole(c("p_goodwill") * 0.4)).otherwise(0),
        wear=whole(c("p_ppe") * c("depreciation")),
        amortization=pl.min_horizontal(whole(c("p_intangibles") * 0.03), "p_intangibles"),
        interest=pl.when(lender).then(0).otherwise(whole(c("p_debt") * c("rate") / 4)),
        interest_income=pl.when(lender).then(0).otherwise(whole((c("p_cash") + c("p_investments")) * 0.008)),
        sbc_cost=whole(c("spending") * c("sbc")),
    )


def _results(state: pl.DataFrame, to_end: int) -> pl.DataFrame:  # noqa: ARG001 - one signature for all stages
    import polars as pl

    c = pl.col
    operating = c("revenue") - c("cogs") - c("rnd") - c("sga_cost") - c("impairment")
    state = state.with_columns(pretax=operating - c("interest") + c("interest_income"))
    state = state.with_columns(tax_cost=whole(c("pretax").clip(0) * c("tax")))
    state = state.with_columns(profit=c("pretax") - c("tax_cost"), depreciation_cost=c("wear") + c("amortization"))
    state = state.with_columns(nci_profit=whole(c("profit") * c("nci_share")))
    return state.with_columns(net_income=c("profit") - c("nci_profit")).with_columns(
        earning=c("p_earning") * 0.75 + c("net_income") * 0.25
    )


def _working_capital(state: pl.DataFrame, to_end: int) -> pl.DataFrame:  # noqa: ARG001 - one signature for all stages
    import polars as pl

    c = pl.col
    pace = c("growth") / 4
    state = state.with_columns(
        receivables=whole(c("revenue") * c("dso") / 91 * (1 + 0.04 * c("z3"))),
        inventory=whole(c("cogs") * c("dio") / 91 * (1 + 0.03 * c("z4"))),
        other_current=whole(c("spending") * 0.1),
        payables=whole((c("cogs") + c("sga_cost") * 0.3 + c("rnd") * 0.3) * c("dpo") / 91),
        accrued=whole(c("spending") * 0.25),
        capex=whole((c("p_ppe") * (c("depreciation") + pace.clip(0)) * (1 + 0.2 * c("z6"))).clip(0)),
        loans=whole(c("p_loans") * (1 + pace + 0.006 * c("z3"))),
        deposits=whole(c("p_deposits") * (1 + pace + 0.006 * c("z4"))),
    )
    return state.with_columns(
        d_receivables=c("receivables") - c("p_receivables"),
        d_inventory=c("inventory") - c("p_inventory"),
        d_payables=c("payables") - c("p_payables"),
    )


def _before_financing(state: pl.DataFrame, to_end: int) -> pl.DataFrame:  # noqa: ARG001 - one signature for all stages
    import polars as pl

    c = pl.col
    cfo = (
        c("profit") + c("depreciation_cost") + c("sbc_cost") + c("impairment")
        - c("d_receivables") - c("d_inventory") - (c("other_current") - c("p_other_current"))
        + c("d_payables") + (c("accrued") - c("p_accrued"))
    )  # fmt: skip
    spread = pl.when(c("kind") == "reit").then(c("earning") + c("depreciation_cost")).otherwise(c("earning"))
    cash_floor = pl.when(c("kind") == "biotech").then(4.0).when(c("kind") == "bank").then(3.0).otherwise(c("min_cash"))
    state = state.with_columns(cfo=cfo, dividends=whole((spread * c("payout") * 1.3).clip(0)))
    outflow = c("capex") + (c("loans") - c("p_loans")) - (c("deposits") - c("p_deposits")) + c("dividends")
    return state.with_columns(
        before=c("p_cash") + c("cfo") - outflow,
        floor=pl.when(c("kind") == "shell").then(0).otherwise(whole(c("spending") * cash_floor)),
    )


def _financing(state: pl.DataFrame, to_end: int) -> pl.DataFrame:  # noqa: ARG001 - one signature for all stages
    import polars as pl

    c = pl.col
    short = (c("floor") - c("before")).clip(0)
    spare = (c("before") - 2 * c("floor")).clip(0)
    state = state.with_columns(
        short=short,
        from_securities=pl.min_horizontal(short, "p_investments"),
        spare=spare,
        may_borrow=(c("debt_style") != "none")
        & (c("debt_only") | ((c("net_income") > 0) & (c("p_debt") < 5 * c("base0").clip(1) + c("p_equity")))),
    )
    need = c("short") - c("from_securities")
    state = state.with_columns(
        borrowed=pl.when((need > 0) & c("may_borrow")).then(whole(need * 1.3)).otherwise(0),
        issued=pl.when((need > 0) & ~c("may_borrow"))
        .then(whole(pl.when(c("kind") == "biotech").then(need * 4.0).otherwise(need * 2.0)))
        .otherwise(0),
        repaid=pl.min_horizontal(whole(c("p_debt") * 0.04), whole(c("spare") * 0.4)),
    )
    left = c("spare") - c("repaid")
    state = state.with_columns(
        buyback=pl.when(c("buys_back") & (c("net_income") > 0)).then(whole(left * 0.3)).otherwise(0)
    )
    bought = pl.when(c("invests")).then(whole((c("spare") - c("repaid") - c("buyback")) * 0.6)).otherwise(0)
    return state.with_columns(securities=bought - c("from_securities"))


def _closing(state: pl.DataFrame, to_end: int) -> pl.DataFrame:  # noqa: ARG001 - one signature for all stages
    import polars as pl

    c = pl.col
    state = state.with_columns(
        investments=c("p_investments") + c("securities"),
        cfi=-c("capex") - c("securities") - (c("loans") - c("p_loans")),
        cff=c("borrowed") - c("repaid") + c("issued") - c("buyback") - c("dividends")
        + (c("deposits") - c("p_deposits")),
        ppe=c("p_ppe") + c("capex") - c("wear"),
        goodwill=c("p_goodwill") - c("impairment"),
        intangibles=c("p_intangibles") - c("amortization"),
        debt=c("p_debt") + c("borrowed") - c("repaid"),
        nci=c("p_nci") + c("nci_profit"),
        retained=c("p_retained") + c("net_income") - c("dividends"),
        equity=c("p_equity") + c("net_income") + c("sbc_cost") + c("issued") - c("buyback") - c("dividends"),
    )  # fmt: skip
    return state.with_columns(cash=c("p_cash") + c("cfo") + c("cfi") + c("cff"))


def _value(state: pl.DataFrame, to_end: int) -> pl.DataFrame:  # noqa: ARG001 - one signature for all stages
    """Value the company by its kind, and let issues, buybacks and stock pay change the share count."""
    import polars as pl

    c = pl.col
    liquid = c("cash") + c("investments")
    book = pl.max_horizontal(c("equity") * 1.0, c("ppe") * 0.05, c("trend")) * c("pb")
    value = (
        pl.when(c("kind").is_in(BOOK_KINDS)).then(book)
        .when(c("kind") == "biotech").then(liquid * 0.5 + c("cap_units") * 0.6 * (c("shock") * 3).exp())
        .when(c("kind") == "shell").then(liquid * 1.0)
        .otherwise(c("spending") * 4 * c("ps") * (c("margin") * 4).clip(-0.8, 0.8).exp())
    )  # fmt: skip
    state = state.with_columns(
        fair=pl.max_horizontal(value, c("spending") * 0.2, pl.lit(1.0)), share_before="p_share_index"
    )
    change = ((c("issued") - c("buyback") + c("sbc_cost") * 0.5) / c("fair")).clip(-0.02, 0.1)
    return state.with_columns(share_index=c("p_share_index") * (1 + change))
