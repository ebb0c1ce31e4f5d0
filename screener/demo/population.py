"""Draws the companies: one row each with everything that stays the same over their lives."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Any

from screener.demo.names import company_name, ticker
from screener.demo.profiles import BY_NAME, PROFILES, Profile
from screener.demo.traps import FIRST_ISSUER, TRAPS

if TYPE_CHECKING:
    import polars as pl

MEDIAN_CAP = 800e6
CAP_SPREAD = 1.15
CAP_RANGE = (30e6, 12e9)
# Equity over quarterly revenue at the start, by the capital structure set up in simulate.opening().
EQUITY_TO_REVENUE = {"bank": 9.5, "insurer": 3.0, "reit": 15.0, "utility": 7.0}
STATES = ("DE", "DE", "DE", "NV", "NY", "TX", "MD", "CA")
EXCHANGES = (("NASDAQ", 0.6), ("NYSE", 0.92), ("NYSE American", 0.97), ("OTC", 1.0))
DEBT_STYLES = (("split", 0.5), ("current-total", 0.65), ("combined", 0.85), ("noncurrent", 1.0))


def pick(rng: Random, table: tuple[tuple[str, float], ...]) -> str:
    """Return a name of ``table``, whose second column is the cumulative probability."""
    draw = rng.random()
    return next(name for name, limit in table if draw <= limit)


def draw(companies: int, seed: int) -> pl.DataFrame:
    """Return ``companies`` rows; the first are the companies that carry the traps.

    Money is in units of ``g`` USD, chosen so that a quarter's revenue has three or four digits.
    """
    import polars as pl

    rng = Random(seed)  # noqa: S311 - a seeded draw, nothing secret
    taken: set[str] = {trap.name for trap in TRAPS}
    weights = [profile.weight for profile in PROFILES]
    rows = []
    for number in range(1, companies + 1):
        trap = TRAPS[number - 1] if number <= len(TRAPS) else None
        profile = BY_NAME[trap.profile] if trap else rng.choices(PROFILES, weights)[0]
        row = _company(rng, profile, trap.setting if trap else {}, calm=trap is not None)
        row["n"] = number
        row["issuer_id"] = FIRST_ISSUER + number
        row["ticker"] = trap.ticker if trap else ticker(number)
        row["name"] = (trap.name if trap else "") or company_name(rng, rng.choice(profile.nouns), taken)
        rows.append(row)
    return pl.DataFrame(rows, infer_schema_length=None, schema_overrides={"n": pl.Int64})


def _company(rng: Random, profile: Profile, setting: dict[str, Any], *, calm: bool) -> dict[str, Any]:
    row = _constants(rng, profile, calm=calm) | _statement(rng, profile) | _habits(rng, profile)
    row.update(setting)
    row["debt_style"] = "none" if row["debt_years"] == 0 else row["debt_style"]
    row["current_share"] = 0.0 if row["debt_style"] == "noncurrent" else row["current_share"]
    row["sga"] = max(row["gm"] - row["rd"] - row["opm"], 0.02)
    if row["ps"] is None:
        row["ps"] = (14 * max(row["opm"] * 0.75, 0.0) + profile.value * row["gm"]) * math.exp(rng.gauss(0, 0.4))
    _size(row)
    return row


def _constants(rng: Random, profile: Profile, *, calm: bool) -> dict[str, Any]:
    cap = MEDIAN_CAP * math.exp(rng.gauss(0, CAP_SPREAD * (0.5 if calm else 1.0)))
    return {
        "kind": profile.kind,
        "profile": profile.name,
        "sic": rng.choice(profile.sics),
        "country": rng.choice(STATES),
        "exchange": pick(rng, EXCHANGES),
        "fye": 12 if rng.random() < 0.8 else rng.choice((1, 3, 6, 6, 9, 9)),
        "old_fye": None,
        "weekly": False,
        "silent_months": 0,
        "gone_months": 0,
        "history_quarters": 0,
        "form": "10-K",
        "currency": "USD",
        "second": "",
        "split_ratio": 1.0,
        "split_months": 0,
        "no_prices": False,
        "cap": min(max(cap, CAP_RANGE[0]), CAP_RANGE[1]),
    }


def _statement(rng: Random, profile: Profile) -> dict[str, Any]:
    opm = rng.gauss(profile.opm, profile.opm_sd)
    gm = min(max(rng.gauss(profile.gm, 0.07 if profile.kind == "standard" else 0.03), 0.08), 0.92)
    debt_free = rng.random() < profile.debt_free
    return {
        "gm": gm,
        "opm": min(max(opm, -0.6), gm - profile.rd - 0.03),
        "opm_noise": profile.opm_sd * rng.uniform(0.05, 0.35),
        "opm_drift": 0.0,
        "rd": profile.rd * rng.uniform(0.8, 1.2),
        "growth": rng.gauss(profile.growth, 0.06),
        "revenue_noise": rng.uniform(0.01, 0.05),
        "season": rng.choice((0.0, 0.02, 0.04, 0.08)) if profile.kind == "standard" else 0.0,
        "ppe_years": profile.ppe * rng.uniform(0.5, 1.5),
        "depreciation": 0.008 if profile.kind in {"reit", "utility"} else 0.03,
        "dso": profile.dso * rng.uniform(0.7, 1.3),
        "dio": profile.dio * rng.uniform(0.6, 1.4),
        "dpo": profile.dpo * rng.uniform(0.7, 1.3),
        "goodwill_years": profile.goodwill * rng.choice((0.0, 0.5, 1.0, 2.0)),
        "debt_years": 0.0 if debt_free else profile.debt * math.exp(rng.gauss(-0.1, 0.6)),
        "rate": rng.uniform(0.045, 0.095),
        "current_share": rng.uniform(0.03, 0.2),
        "sbc": profile.sbc * rng.uniform(0.5, 1.5),
        "tax": rng.uniform(0.2, 0.27) if profile.kind != "reit" else 0.01,
        "ps": None,
        "pb": profile.value * math.exp(rng.gauss(0, 0.3)),
        "min_cash": rng.uniform(0.15, 0.6),
        "opening_equity": 0.0,
        "has_revenue": profile.kind != "shell" and not (profile.kind == "biotech" and rng.random() < 0.6),
    }


def _habits(rng: Random, profile: Profile) -> dict[str, Any]:
    payer = rng.random() < profile.payer
    return {
        "payout": rng.uniform(0.15, 0.6) if payer else 0.0,
        "buys_back": rng.random() < 0.4,
        "invests": profile.kind in {"bank", "insurer", "biotech"} or rng.random() < 0.3,
        "nci_share": rng.uniform(0.02, 0.15) if rng.random() < 0.05 else 0.0,
        "debt_only": False,
        "has_ladder": rng.random() < 0.6,
        "ladder_shape": rng.choice((0.1, 0.2, 0.3)),
        "debt_style": pick(rng, DEBT_STYLES) if profile.kind not in {"reit", "bank", "insurer"} else "combined",
        "revenue_style": "contract" if rng.random() < 0.6 else "total",
        "cost_style": rng.choice(("cost", "goods")),
        "interest_style": "migrating" if rng.random() < 0.3 else "steady",
        "tags_gross_profit": rng.random() < 0.6,
        "tags_liabilities": rng.random() < 0.85,
        "one_eps_tag": rng.random() < 0.2,
        "no_cash_tag": False,
        "no_interest_tag": False,
        "cover_style": "cover",
        "target_price": math.exp(rng.gauss(2.9, 0.8)),
        "volatility": rng.uniform(0.25, 0.5) * (1.6 if profile.kind == "biotech" else 1.0),
        "turnover": math.exp(rng.gauss(-5.2, 0.6)),
        "lag": rng.randint(30, 41),
        "diluted": rng.uniform(0.005, 0.05),
    }


def _size(row: dict[str, Any]) -> None:
    """Set the quarterly revenue (spending, where there is no revenue) that fits the market value, and the unit."""
    kind = row["kind"]
    if kind in EQUITY_TO_REVENUE:
        quarterly = row["cap"] / row["pb"] / EQUITY_TO_REVENUE[kind]
    elif kind == "biotech":
        quarterly = min(max(row["cap"] * 0.03, 2e6), 90e6)
    elif kind == "shell":
        quarterly = 0.4e6
    else:
        quarterly = row["cap"] / row["ps"] / 4
    digits = 2.0 if kind == "bank" else 2.5
    row["g"] = 10 ** min(max(math.ceil(math.log10(quarterly) - digits - 1), 3), 6)
    row["base"] = quarterly / row["g"]
    row["cap_units"] = row["cap"] / row["g"]
