"""Quality minus junk: profitability, growth and safety as means of z-scores of places."""

from __future__ import annotations

from dataclasses import dataclass

from screener.catalogue.metric import NO_EV, NO_MARKET_VALUE, Metric, Undefined
from screener.catalogue.scores.terms import known

SOURCE = "Asness, Frazzini, Pedersen 2019, Review of Accounting Studies 24"
MIN_PILLARS = 2
MEMBER = "qmj_member"


@dataclass(frozen=True, slots=True)
class Pillar:
    """A part of quality: its metrics, a leading minus where less is better, and how many of them must be known."""

    name: str
    label: str
    variables: tuple[str, ...]
    needed: int


PILLARS: tuple[Pillar, ...] = (
    Pillar("profitability", "profitability", ("gp_assets", "roe", "roa", "cfroa", "gross_margin", "-accruals_cf"), 3),
    Pillar("growth", "growth of profitability", ("gpoa_5y", "roe_5y", "roa_5y", "cfoa_5y", "gmar_5y"), 3),
    Pillar("safety", "safety", ("-beta_252", "-debt_assets", "-ohlson_o", "altman_z", "-evol"), 3),
)  # fmt: skip


def _rows(prefix: str, within: str, among: str) -> tuple[Metric, ...]:
    """Return the rows of one version: ``within`` is ``""`` or a clause such as `` within ff12``."""

    def row(name: str, label: str, formula: str, undefined: tuple[Undefined, ...] = (), note: str = "") -> Metric:
        return Metric(name, label + among, formula, "number", "higher", prefix, undefined=undefined, refused=NO_EV, source=SOURCE, note=note)

    def z(what: str) -> str:
        # Place 1 is the largest: its z-score is turned, so that more stays better.
        sign, name = ("", what[1:]) if what.startswith("-") else ("-", what)
        return f"{sign}zscore(rank({name}){within}){within}"

    found: list[Metric] = []
    for pillar in PILLARS:
        scores = [f"{prefix}_z_{name.lstrip('-')}" for name in pillar.variables]
        found += [
            row(score, f"Quality: z-score of {'less' if name.startswith('-') else 'more'} {name.lstrip('-')}", z(f"{name} * {MEMBER}"))
            for score, name in zip(scores, pillar.variables, strict=True)
        ]
        few = Undefined(f"{known(scores)} < {pillar.needed}", "fewer than half of its parts are known")
        found.append(row(f"{prefix}_{pillar.name}_mean", f"Quality: mean z-score of {pillar.label}", f"mean_known({', '.join(scores)})", (few,)))
        found.append(row(f"{prefix}_{pillar.name}", f"Quality: {pillar.label}", z(f"{prefix}_{pillar.name}_mean")))
    parts = tuple(f"{prefix}_{pillar.name}" for pillar in PILLARS)
    few = Undefined(f"{known(parts)} < {MIN_PILLARS}", "fewer than two of profitability, growth and safety are known")
    found.append(row(f"{prefix}_mean", "Quality minus junk: mean of its parts", f"mean_known({', '.join(parts)})", (few,)))
    found.append(row(prefix, "Quality minus junk", z(f"{prefix}_mean"), (), "compares the names of the universe: 0 is the middle, 1.7 the top; a missing part is left out of the mean"))
    return tuple(found)


ROWS: tuple[Metric, ...] = (
    Metric(MEMBER, "Takes part in quality minus junk", "when(market_cap > 0 and price >= 1, 1, 0)", "flag", "neutral", "qmj", undefined=(NO_MARKET_VALUE, Undefined("market_cap is unknown or price is unknown", "no market value"), Undefined("price < 1", "price under a dollar")), refused=NO_EV, source=SOURCE),
    *_rows("qmj", "", ""),
    Metric("quality_percentile", "Quality: mean percentile of six plain measures", "mean_known(percentile(gp_assets), percentile(roic), percentile(cfroa), percentile(-accruals_cf), percentile(-operating_margin_sd), percentile(-net_debt_ebitda))", "score", "higher", "qmj", undefined=(Undefined("count_known(gp_assets, roic, cfroa, accruals_cf, operating_margin_sd, net_debt_ebitda) < 4", "fewer than four of six measures are known"),), refused=NO_EV),
    Metric("quality_composite", "Quality: percentile of quality minus junk, else of plain measures", "coalesce(percentile(qmj), quality_percentile)", "score", "higher", "qmj", refused=NO_EV, note="the plain measures where quality minus junk is unknown"),
)  # fmt: skip
ROWS_FF12: tuple[Metric, ...] = _rows("qmj_ff12", " within ff12", ", in its Fama-French 12 industry")
