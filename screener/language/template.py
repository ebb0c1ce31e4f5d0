"""A new screen from nothing: every key of the language with what it is for, the usual ones filled in."""

from __future__ import annotations

from screener.language.resolve import KEYS
from screener.language.schema import KEY_HELP

# What a new screen begins with, by key; keys that are not here are only spoken of.
FILLED = {
    "universe": """
  - market_cap between 300M and 3B                # full US dollars: 300M is 300 million
  - price >= 2 and avg_dollar_volume_3m >= 500k
  - sector not in [Financials, Real Estate]       # debt and margins mean something else there
  - not is_shell""",
    "rules": """
  Profitable:
    - net_income > 0                              # of the last twelve months, as known on the day
    - count(net_income > 0, 5y) >= 3              # in three of five years
  Modest debt:
    - net_debt_ebitda <= 2.5
    - {rule: interest_coverage >= 4, if_unknown: flag}""",
    "rank": """
  Quality: {weight: 50, by: [roic, gross_profitability]}
  Value:   {weight: 50, within: sector, by: [ebit_yield, fcf_yield]}""",
    "columns": " [market_cap, roic, net_debt_ebitda, ebit_yield, fcf_yield]",
    "limit": " 40",
}
# The other keys as they could stand there, behind a comment sign.
EXAMPLES = {
    "extends": " quality-value",
    "params": """
  max_debt: {default: 2.5, min: 0, max: 10}     # used as $max_debt, set by --set max_debt=3""",
    "watchlist": " [ABCD, EFGH]",
    "exclude": " [IJKL]",
    "sort": " [sector, -market_cap]",
    "max_per_sector": " 5",
    "max_per": " {industry: 3}",
    "ties": " best",
    "normalise": " false",
    "lint": " {ignore: [S030]}",
    "define": """
  cash_margin: fcf / revenue""",
    "missing": " worst",
    "min_group": " 10",
    "if_unknown": " flag",
    "tags": " [small caps, value]",
    "notes": " What I want to see before I trust it.",
}
INTRO = """\
# `screener run {name}` runs this screen, with --watch whenever it is saved, and `screener check {name}` shows
# every problem. What a screen can name: `screener metrics`, `screener metrics --search debt`.
"""
MORE = """\
# More keys. To use one, take away the '# ' before the key.
"""


def template(called: str, title: str) -> str:
    """Return the text of a new screen that passes ``screener check``; ``called`` is what runs it."""
    filled = {
        "name": f" {title}",
        "description": " Profitable small caps with modest debt, the cheapest first.",
        **FILLED,
    }
    parts = [INTRO.format(name=called)]
    parts += [f"# {KEY_HELP[key]}\n{key}:{filled[key]}\n" for key in KEYS if key in filled]
    more = [_spoken_of(key) for key in KEYS if key not in filled]
    return "\n".join([*parts, "\n".join([MORE, *more])])


def _spoken_of(key: str) -> str:
    lines = [f"## {KEY_HELP[key]}", *(f"# {line}" for line in f"{key}:{EXAMPLES.get(key, '')}".splitlines())]
    return "".join(f"{line}\n" for line in lines)
