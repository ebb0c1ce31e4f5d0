"""The page docs/why.md: what the commands that ask why say, on the shipped demo."""

from __future__ import annotations

from pathlib import Path

DEMO = Path(__file__).resolve().parents[1] / "data" / "demo"
SCREEN = "quality-value"
WIDTH = 110

INTRO = """# Why a name is in or out

Five questions about one screen and one day. All read the run's own query, with more columns; `--as-of`, `--data` and
`--format table|csv|json|markdown` are as for `screener run`.

| command | Python | answers |
|---|---|---|
| `screener explain SCREEN TICKER` | `screener.explain(screen, ticker)` | why is this name in or out? |
| `screener funnel SCREEN` | `screener.funnel(screen)` | what does each rule cost, and which say the same? |
| `screener near SCREEN` | `screener.near(screen)` | who misses by one rule? |
| `screener unknown SCREEN` | `screener.unknown(screen)` | who could not be judged, for want of what? |
| `screener holds TICKER` | `screener.holds(ticker)` | which saved screens hold this name? |

`funnel`, `near`, `unknown` and `holds` have `.frame`, a polars frame; values there are in full units, and per cents are
fractions.

## Distances

A comparison of numbers or dates has a *distance*: the value less the threshold, turned so that it is positive where the
rule passes (room) and negative where it fails (short by). It is in the unit of the value: percentage points (pp) for
ratios, days for dates. The per cent is that of the threshold, without its sign: -4 % against `<= -5%` is 1 pp or 20 %
short. Against zero, and for dates, there is no per cent. A value on the threshold itself has a distance of zero: it
passes `<=` and `>=`, and fails `<` and `>`.

- `a and b`, `between`, and chains: one that passes is as near to failing as the nearest of its comparisons; one that
  fails is as far as the farthest of those that fail, for all of them have to change.
- `a or b`: one that fails passes with its nearest comparison; one that passes fails only with the farthest.
- Nearest is meant in units where both compare the same quantity, else in per cent.
- `not` turns the comparison; a definition of the screen's own is looked into.
- Nothing is said where a value is unknown, where a rule compares texts or asks what is known, where other operands are
  unknown and would leave the rule undecided, of an equality that holds, and of a count with missing observations that
  its bounds decide.

"""

EXPLAIN = """## explain

Each rule with its verdict and distance, the values inside it, and where these are from: period, the day since which
they are public, and the [flags](data.md#flags) of that row. Each factor with its percentile, weight and points (they
add up to the score), and the peers that it was ranked among: how many, and which group was too small if a wider one
stands in. Below them the facts of the filings.

*To enter the list*: every rule that keeps the name out, with the value at which it passes. What is said is sufficient:
with these values the name passes. The rank named is that of its factors as they are. *To leave the list*: the rule
with the least room in per cent, and, where a `limit` cuts, the score at which it does. Scores are taken over the
universe, so nobody's changes when one more name passes.

"""

FUNNEL = """## funnel

*In order* counts the names that all conditions above let through. *Alone* counts every rule over the whole universe.
*Kept out* are the names that fail the rule, and those for which it is unknown, unless `if_unknown` lets them in; *only
this* are those that nothing else keeps out: so many more would pass without the rule. Two rules that fail the same
names say the same: the table below counts the names that fail both, on its diagonal those that fail one.

A condition of the universe is counted in order alone: who is out of the universe is not looked at any further.

"""

NEAR = """## near

Names of the universe that fail exactly one rule, by their distance in per cent of the threshold. An unknown rule is no
miss; where one keeps the name out besides, it is named. The rank is the one that the name would have if it passed.

A rule without a per cent comes after those with one: a loss of 5 million dollars is no nearer to zero than a growth of
-2 %, and no common measure would be fair. Such rules follow in the order of the list, and after them those without any
distance: a company cannot be nearly in another sector. Who misses the universe is not among them, since nobody outside
it is ranked; `screener explain` says what it lacks.

"""

UNKNOWN = """## unknown

Names of the universe that no rule rejects, but that at least one keeps out because it is unknown: with the input that
is missing. They are not on the list and were not refused either. A name counts once for each of its reasons below.

"""

HOLDS = """## holds

All saved screens over one open data set: the rank of the name and of how many, `below limit` where the list ends before
it, else the first condition that it fails, or, where it fails none, the first that is unknown.

"""


def why_page() -> str:
    """Return docs/why.md, with examples from the shipped demo."""
    from screener import api
    from screener.output.explain import render_explanation
    from screener.output.funnel import funnel_output
    from screener.output.holds import holds_output
    from screener.output.near import near_output, unknown_output

    near = api.near(SCREEN, data=DEMO, limit=8)
    miss = str(near.rows[0].ticker)
    explained = render_explanation(api.explain(SCREEN, miss, data=DEMO), width=WIDTH)
    holds = holds_output(api.holds(miss, SCREENS, data=DEMO), "table", width=WIDTH)
    parts = [
        (EXPLAIN, f"explain {SCREEN} {miss}", explained),
        (FUNNEL, f"funnel {SCREEN}", funnel_output(api.funnel(SCREEN, data=DEMO), "table", width=WIDTH)),
        (NEAR, f"near {SCREEN} --limit 8", near_output(near, "table", width=WIDTH)),
        (UNKNOWN, f"unknown {SCREEN}", unknown_output(api.unknown(SCREEN, data=DEMO), "table", width=WIDTH)),
        (HOLDS, f"holds {miss}", holds),
    ]
    shown = [f"{text}```console\n$ screener {command}\n{output.rstrip()}\n```\n" for text, command, output in parts]
    return INTRO + "\n".join(shown)


SCREENS = sorted((DEMO.parents[1] / "screens").glob("*.yaml"))
