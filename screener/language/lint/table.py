"""The rules of lint: one row each; ``screener check``, the docs and the consents read the row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from screener.language.lint import leftovers, logic, quotients, ranking, universe
from screener.language.lint.finding import Context, Finding

Check = Callable[[Context], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Lint:
    """A rule of lint.

    what: one sentence on what is wrong. why: what happens to the list. advice: what to do. check: finds it in the
    screen alone; ``None`` where the engine finds it in the data. Rows that share a check stand together.
    """

    code: str
    name: str
    what: str
    why: str
    advice: str
    check: Check | None = None
    severity: str = "warning"

    @property
    def page(self) -> str:
        """Return where the docs speak of it."""
        return f"docs/lint.md#{self.code.lower()}-{self.name}"


TABLE: tuple[Lint, ...] = (
    Lint("S001", "sign-of-denominator", "A quotient is asked to be small, and its denominator may be negative.",
         "A loss makes a price-earnings ratio negative, which is smaller than any limit: the worst names pass, or rank as the cheapest.",
         "Use the metric of the catalogue (`pe` is undefined for losses), add a rule that the denominator is above zero, or give the definition an `undefined`.",
         quotients.check_quotients),
    Lint("S002", "two-negatives", "A quotient is asked to be large, and both its parts may be negative.",
         "A loss over negative equity looks like a profit: the most indebted loss-makers pass a return on equity that is written out.",
         "Use `roe` or its like, which need positive equity, or demand that one of the parts is above zero.",
         quotients.check_quotients),
    Lint("S003", "worst-let-through", "A rule lets unknown values pass, and its metric is undefined just where a company is at its worst.",
         "`if_unknown: pass` is meant for missing data, but `pe` is unknown for every loss-maker, and `debt_equity` wherever equity is negative.",
         "Leave `if_unknown` out at this rule, or add a rule that keeps those companies out.",
         quotients.check_let_through),
    Lint("S010", "never-passes", "A rule, or an alternative in it, can never pass.",
         "The limits exclude each other, or lie outside of what the metric can be: an empty list, or an `or` with a dead branch.",
         "Mend the limit; the message says which values there are.",
         logic.check_verdicts),
    Lint("S011", "always-passes", "A rule, or a part of it, passes wherever its value is known.",
         "It sorts nobody out, other than the names whose value is unknown. `pe > 0` is such a rule here: `pe` is undefined, not negative, for losses.",
         "Remove it; write `pe is known` where that is what you mean.",
         logic.check_verdicts),
    Lint("S012", "implied", "A rule follows from another one.",
         "It never decides anything. A condition of `universe` that a stricter rule repeats is not told of: it decides who is ranked against whom.",
         "Remove the weaker one.",
         logic.check_pairs),
    Lint("S013", "contradicts", "Two rules can never both pass.",
         "The list is empty on every day.",
         "One of the two limits is wrong.",
         logic.check_pairs),
    Lint("S014", "duplicate-rule", "A rule stands twice.",
         "The second decides nothing.",
         "Remove one.",
         logic.check_pairs),
    Lint("S015", "exactly-equal", "A computed number is asked to be exactly equal, or unequal, to another.",
         "Hardly any ratio is ever exactly 15 %: with `=` nothing passes, with `!=` everything.",
         "Use `>=`, `<=` or `between`. Zero is not told of: a debt of zero is common.",
         logic.check_literals),
    Lint("S016", "no-such-text", "A field is compared with a text that it never has.",
         "`sector = Finance` passes for nobody and `sector not in [Finance]` keeps nobody out: the sector is called Financials.",
         "Use the words of the hint.",
         logic.check_literals),
    Lint("S020", "few-have-it", "A metric of a rule or of the rank is known for under 60 % of the small caps of the data.",
         "Who reports the number decides, rather than who is good. Metrics that are refused by industry, or rank worst or best by definition, are not unknown.",
         "Use a metric that more companies have, say what an unknown one does (`if_unknown`, `if_known`), or accept it."),
    Lint("S021", "unknown-decides", "For more names of the universe a rule is unknown than fails.",
         "The rule sorts by who reports rather than by what is reported. Names for which the metric is undefined or refused, with a reason, do not count as unknown here.",
         "Let unknown names pass with a mark (`if_unknown: flag`), or use a metric that more companies have."),
    Lint("S022", "constant-factor", "A factor of the rank has the same percentile for all names of the universe.",
         "It has a weight and orders nothing.",
         "Remove it, or check why it is unknown, or the same, for all."),
    Lint("S023", "twin-factors", "Two factors of the rank order the universe in nearly the same way (correlation of their percentiles above 0.98).",
         "One thing has the weight of two.",
         "Keep one of them, with the weight of both if that is what you mean."),
    Lint("S024", "nobody-passes", "No name passes a rule, or none belongs to the universe.",
         "The list is empty on the newest day of this data, mostly for a unit (15 for 15 %) or for an input that the data do not have.",
         "Look at the value of the metric with `screener explain`, and at how many have it with `screener metrics NAME --coverage`."),
    Lint("S030", "no-size-limit", "No rule limits the size of the companies, or none from above in a screen of small caps.",
         "Mega caps and shells of a few thousand dollars are ranked against each other.",
         "Put `market_cap between 300M and 3B`, or your own limits, under `universe`.",
         universe.check_size),
    Lint("S031", "no-trading-limit", "No rule asks that the shares trade, in a screen that small companies can enter.",
         "The cheapest and least volatile small caps on paper are those that hardly trade: their prices are old and cannot be had.",
         "Put `avg_dollar_volume_3m >= 500k`, or what fits your position, under `universe`.",
         universe.check_size),
    Lint("S032", "refused-models", "A metric is not defined for companies that the screen does not keep out.",
         "Enterprise value, margins and debt ratios mean nothing for banks and insurers; such names are unknown in rules and missing in ranks, so that they take places in every percentile.",
         "Keep them out by `sector not in [Financials]` or `model not in [bank, insurer]`, or use metrics that they have (`pb`, `roe`).",
         universe.check_models),
    Lint("S040", "weights-do-not-sum", "Weights look like shares of 100 and do not add up, or one of them is left out beside large ones.",
         "Weights count by their ratios: a group that was to have 40 % of the score has less, and one without a weight counts 1.",
         "Mend the weight that is off. Plain ratios such as 2 and 1 are not told of.",
         ranking.check_weights),
    Lint("S041", "weight-of-one", "A weight stands on the only member of a group.",
         "It does nothing: the group's score is that member's.",
         "Leave it out, or put it on the group.",
         ranking.check_weights),
    Lint("S042", "against-its-direction", "A factor is ranked against the direction in which its metric is better.",
         "The most indebted, the most diluted or the largest come first.",
         "Turn the direction; consent with a reason where the contrary is what you look for.",
         ranking.check_directions),
    Lint("S043", "same-factor", "A factor stands twice in the rank; a multiple and its yield are one factor.",
         "It has the weight of two.",
         "Keep one, with more weight if that is what you mean.",
         ranking.check_factors),
    Lint("S050", "unused-definition", "A definition is not used by any rule, factor or column.",
         "A rule that was to use it may have been lost.",
         "Remove it, or use it.",
         leftovers.check_definitions),
    Lint("S051", "same-column", "Two columns show the same.",
         "One of them was meant to show something else.",
         "Remove one.",
         leftovers.check_columns),
    Lint("S052", "unused-consent", "A consent silences nothing.",
         "What was consented to is gone, stands elsewhere, or is not a code. Consents to what the data tell (S020 to S024) are left alone, since data sets differ.",
         "Remove it."),
)  # fmt: skip

BY_CODE: dict[str, Lint] = {row.code: row for row in TABLE}
# What only a data set can tell.
OF_DATA = frozenset({"S020", "S021", "S022", "S023", "S024"})
