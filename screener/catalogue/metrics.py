"""The metrics: every group's rows, with a formula in the screen language over line items, fields and each other."""

from __future__ import annotations

from screener.catalogue.groups import (
    efficiency,
    growth,
    leverage,
    liquidity,
    payout,
    profitability,
    quality,
    refinancing,
    size,
    statement,
    takeover,
    tax_loss,
    valuation,
)
from screener.catalogue.metric import Group, Metric, Undefined
from screener.catalogue.scores import (
    altman,
    beneish,
    carlisle,
    conservative,
    graham,
    greenblatt,
    mohanram,
    montier,
    ohlson,
    piotroski,
    qmj,
)

__all__ = ["ALIASES", "BY_NAME", "GROUPS", "METRICS", "Group", "Metric", "Undefined"]

GROUPS: tuple[Group, ...] = (
    Group("statement", "Derived line items", statement.ROWS,
          about="Sums and differences of line items that other metrics are built from."),
    Group("profitability", "Profitability", profitability.ROWS,
          about="What a business earns on its sales, its assets and the capital in it."),
    Group("quality", "Quality and stability", quality.ROWS,
          about="Whether earnings are cash, how steady they are, and what growth and stock pay cost."),
    Group("leverage", "Leverage and solvency", leverage.ROWS,
          about="How much is owed, to what it is compared, and whether interest is earned."),
    Group("refinancing", "Refinancing risk", refinancing.ROWS,
          about="What falls due soon and with what it can be paid; most filers state it once a year."),
    Group("liquidity", "Liquidity", liquidity.ROWS,
          about="Whether the bills of the next twelve months can be paid."),
    Group("efficiency", "Efficiency", efficiency.ROWS,
          about="How much is sold with the assets, and how long money is tied up."),
    Group("growth", "Growth and acceleration", growth.ROWS,
          about="How fast sales, earnings and the share count grow, and whether growth gains speed."),
    Group("valuation", "Valuation", valuation.ROWS,
          about="What the market pays; multiples are shown, their yields are ranked."),
    Group("payout", "Shareholder yield", payout.ROWS,
          about="What flows to shareholders, and from them."),
    Group("size", "Size and float", size.ROWS,
          about="How large a company is, and how much of it can be traded."),
    Group("tax_loss", "Tax-loss selling and January", tax_loss.ROWS,
          about="Losers of the year that are sold for taxes in December and often bought back in January."),
    Group("takeover", "Takeover targets", takeover.ROWS,
          about="What acquirers have been found to look for."),
    Group("piotroski", "Piotroski F-score", piotroski.ROWS, score="piotroski_f"),
    Group("altman", "Altman Z-scores", altman.ROWS, score="altman_z2"),
    Group("beneish", "Beneish M-score", beneish.ROWS, score="beneish_m"),
    Group("ohlson", "Ohlson O-score", ohlson.ROWS, score="ohlson_o"),
    Group("montier", "Montier C-score", montier.ROWS, score="montier_c"),
    Group("mohanram", "Mohanram G-score", mohanram.ROWS, score="mohanram_g"),
    Group("qmj", "Quality minus junk", qmj.ROWS, score="qmj"),
    Group("qmj_ff12", "Quality minus junk within industries", qmj.ROWS_FF12, score="qmj_ff12"),
    Group("magic", "Magic formula", greenblatt.ROWS, score="magic_formula"),
    Group("carlisle", "Acquirer's multiple", carlisle.ROWS, score="acquirers_multiple"),
    Group("conservative", "Conservative formula and payout ranks", conservative.ROWS, score="conservative_formula"),
    Group("graham", "Graham's number and checklist", graham.ROWS, score="graham_defensive"),
)  # fmt: skip

METRICS: tuple[Metric, ...] = tuple(row for group in GROUPS for row in group.rows)
BY_NAME: dict[str, Metric] = {metric.name: metric for metric in METRICS}
ALIASES: dict[str, str] = {alias: metric.name for metric in METRICS for alias in metric.aliases}
