"""An explanation as text for the terminal and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from screener.catalogue.flags import explained
from screener.output.cells import bar, cell_text, cut, pad, width_of, wrap
from screener.output.distances import measured, needed
from screener.output.layout import paint
from screener.output.text import strict_json
from screener.output.values import format_value

if TYPE_CHECKING:
    from screener.engine.evidence import Filing
    from screener.engine.explain import Explanation, Judgement, Term
    from screener.engine.factors import Standing

_MARKS = {"pass": ("✓", "green"), "fail": ("✗", "red"), "unknown": ("?", "yellow")}
_DEEPEST = 4


def render_explanation(found: Explanation, *, width: int = 100, color: bool = False) -> str:
    """Return the explanation as lines of at most ``width`` cells: verdicts with parts, factors, filings."""
    run, company = found.result.run, found.company
    said = [
        f"{run.title}, as of {run.as_of}",
        _place(found),
        f"Newest period: {found.period_end or 'none'}, public since {found.known_from or '–'}",
    ]
    lines = _wrapped(cell_text(company.ticker), cell_text(f"{company.name} · {company.sector}"), width, color)
    lines += [line for text in said for line in wrap(cell_text(text), width, rest="  ")]
    if found.flags:
        meanings = "; ".join(meaning for _, meaning in explained(found.flags))
        lines += wrap(f"Data: {meanings}", width)
    if found.evidence:
        states = ", ".join(f"{name} {state.replace('_', ' ')}" for name, state in found.evidence)
        lines += wrap(f"Evidence: {states}", width)
    if run.demo:
        lines.append("Demo data: this company does not exist.")
    group = None
    for judgement in found.judgements:
        if judgement.group != group:
            group = judgement.group
            lines += ["", paint(cell_text(group[:1].upper() + group[1:]), "bold", color)]
        lines += _judgement(judgement, width, color)
    lines += _change_lines(found, width, color)
    lines += _factor_lines(found, width, color)
    lines += _filing_lines(found, width, color)
    return "\n".join(lines) + "\n"


def _place(found: Explanation) -> str:
    place = found.place
    where = "" if place is None else f"; place {place.place} of {place.universe} in the universe"
    if found.passed:
        cut_off = _cut_off(found)
        score = "" if found.score is None else f", score {found.score:.1f}"
        return f"On the list: rank {found.rank} of {found.result.passed}{score}{cut_off}{where}"
    if not found.in_universe:
        return "Not on the list: outside the universe"
    failed = len(found.missed)
    return f"Not on the list: {failed} rule{'s' if failed != 1 else ''} not met{where}"


def _cut_off(found: Explanation) -> str:
    screen, rank = found.result.screen, found.rank
    if screen.max_per:
        shown = any(row.issuer_id == found.company.issuer_id for row in found.result.rows)
        return "" if shown else ", but not shown: better names fill its group or the list"
    return f", below the limit of {screen.limit}" if screen.limit and rank and rank > screen.limit else ""


def changes(found: Explanation) -> list[str]:
    """Return, in sentences, what would have to change for the name to enter the list or to leave it."""
    if found.passed:
        return [*_tightest(found), *_cutoff(found)]
    said = []
    for judgement in found.missed:
        if judgement.verdict == "unknown":
            said.append(f"{judgement.text}: has to be known first: {judgement.reason}")
        elif judgement.change:
            said.append("; and ".join(needed(one) for one in judgement.change))
        else:
            said.append(f"{judgement.text}: has to hold; nothing here can be measured")
    if found.place is not None:
        would = f"It would then be rank {found.place.rank} of {found.place.passing + 1}"
        score = "" if found.place.score is None else f", with its score of {found.place.score:.1f}"
        said += [f"{would}{score}", *_cutoff(found)]
    return said


def _tightest(found: Explanation) -> list[str]:
    if found.tightest is None or found.tightest.distance is None:
        return []
    return [f"Least room: {found.tightest.text}: {measured(found.tightest.distance)}"]


def _cutoff(found: Explanation) -> list[str]:
    cutoff, place = found.cutoff, found.place
    if cutoff is None or place is None or cutoff.last_score is None:
        return []
    said = f"The list ends at rank {cutoff.limit} with a score of {cutoff.last_score:.1f}"
    if cutoff.gap is None:
        return [said]
    if place.rank <= cutoff.limit:
        return [f"{said}; the first below it has {cutoff.next_score:.1f}, {cutoff.gap:.1f} less than this name"]
    return [f"{said}, {-cutoff.gap:.1f} more than this name"]


def _change_lines(found: Explanation, width: int, color: bool) -> list[str]:
    said = changes(found)
    heading = "To leave the list" if found.passed else "To enter the list"
    lines = [line for text in said for line in wrap(cell_text(text), width, first="  ", rest="      ")]
    return ["", paint(heading, "bold", color), *lines] if lines else []


def _judgement(judgement: Judgement, width: int, color: bool) -> list[str]:
    mark, style = _MARKS[judgement.verdict]
    first, *rest = wrap(cell_text(judgement.text), width, first=f"  {mark} ", rest="      ")
    lines = [f"  {paint(mark, style, color)}{first[len(mark) + 2 :]}", *rest]
    if judgement.reason:
        let_in = " (let in: if_unknown)" if judgement.admitted else ""
        lines += wrap(f"unknown: {cell_text(judgement.reason)}{let_in}", width, first="      ", rest="        ")
    if judgement.distance is not None:
        of = "" if judgement.text.startswith(judgement.distance.what) else f"{judgement.distance.what}: "
        lines += wrap(cell_text(of + measured(judgement.distance)), width, first="      ", rest="        ")
    for term in judgement.terms:
        lines += _term_lines(term, 1, width)
    return lines + _input_lines(judgement, width)


def _input_lines(judgement: Judgement, width: int) -> list[str]:
    """Return a line for each period that the rule rests on: what was taken from it, since when it is public, flags."""
    periods: dict[tuple[str, str, str], dict[str, None]] = {}
    for found in judgement.inputs:
        if found.period_end is not None:
            key = str(found.period_end), str(found.filed), found.flags
            periods.setdefault(key, {})[found.name] = None
    lines = []
    for (period_end, filed, flags), names in periods.items():
        flagged = f" [{flags}]" if flags else ""
        said = f"from {period_end}, public {filed}: {', '.join(names)}{flagged}"
        lines += wrap(cell_text(said), width, first="      ", rest="        ")
    return lines


def _term_lines(term: Term, depth: int, width: int) -> list[str]:
    shown = format_value(term.value, term.unit) if term.value is not None else f"unknown ({term.reason})"
    when = f" ({term.when})" if term.when else ""
    formula = f"  = {term.formula}" if term.formula else ""
    name, indent = cell_text(term.name + when), "    " * depth + "  "
    # The formula is cut where it is too long, the value never.
    if len(indent) + 27 + width_of(cell_text(shown)) <= width:
        lines = [cut(f"{indent}{pad(name, 26)} {cell_text(shown + formula)}", width)]
    else:
        lines = wrap(f"{name} {cell_text(shown)}", width, first="  " * (depth + 1), rest="  " * (depth + 2))
    # Earlier observations show their value alone; the JSON has their parts.
    if depth < _DEEPEST and "earlier" not in term.when:
        for part in term.parts:
            lines += _term_lines(part, depth + 1, width)
    return lines


def _factor_lines(found: Explanation, width: int, color: bool) -> list[str]:
    if not found.factors:
        return []
    room = max(12, min(34, width - 60))
    made = [_factor(factor, room) for factor in found.factors]
    barred = all(width_of(f"{head} {' ' * 10}  {weighed}  {among}") <= width for head, _, weighed, among in made)
    lines = ["", *_wrapped("Factors", "(percentile in the universe or peer group, 100 is best)", width, color)]
    for head, drawn, weighed, among in made:
        if barred:
            lines.append(f"{head} {drawn}  {weighed}  {among}")
        else:
            lines += wrap(f"{weighed} {among}", width, first=head + "  ", rest="      ")
    return lines


def _factor(factor: Standing, room: int) -> tuple[str, str, str, str]:
    """Return the parts of a factor's line: name with value and percentile, bar, weight with points, peers."""
    share = None if factor.percentile is None else factor.percentile / 100
    percentile = "–" if factor.percentile is None else f"{factor.percentile:.0f}"
    points = "–" if factor.contribution is None else f"{factor.contribution:.1f}"
    name = cut(cell_text(f"{factor.group}: {factor.name}" if factor.group else factor.name), room)
    value = format_value(factor.value, factor.unit)
    head = f"  {pad(name, room)} {value.rjust(9)} {pad(percentile, 4, right=True)}"
    return head, pad(bar(share, 10), 10), f"× {factor.weight * 100:.0f}% = {points}", f"in {cell_text(peers(factor))}"


def _wrapped(first: str, more: str, width: int, color: bool) -> list[str]:
    """Return a heading in bold and what is said beside it, in lines of at most ``width`` cells."""
    top, *rest = wrap(more, width, first=f"{first}  ")
    return [paint(first, "bold", color) + top[len(first) :], *rest]


def peers(factor: Standing) -> str:
    """Return the group that a percentile was taken in, its size, and the smaller one that it stands in for."""
    group = "the universe" if factor.within == "universe" else f"{factor.within} {factor.peers}"
    instead = f", {factor.asked} too small" if factor.fell_back else ""
    return f"{group} ({factor.size:,}{instead})"


def _filing_lines(found: Explanation, width: int, color: bool) -> list[str]:
    # Earlier observations show their value alone; the JSON has their facts.
    shown = [filing for filing in found.filings if "earlier" not in filing.when]
    sources = [source for source in found.sources if "earlier" not in source.when]
    if not sources:
        return []
    lines = ["", paint("Reported facts behind the line items", "bold", color)]
    for source in sources:
        when = f" ({source.when})" if source.when else ""
        said = f"{source.method}: {source.formula}" if source.formula else source.method
        lines += wrap("; ".join((said, *source.notes)), width, first=f"  {source.item}{when}  ", rest="      ")
        for filing in shown:
            if (filing.item, filing.when) == (source.item, source.when):
                lines += _fact_lines(filing, width)
    if len(shown) < len(found.filings):
        more = f"and {len(found.filings) - len(shown):,} facts behind earlier observations, in the JSON"
        lines += wrap(more, width, first="  ", rest="    ")
    addresses = sorted({(str(filing.filed), filing.url) for filing in shown if filing.url})
    return lines + [f"  {filed}  {url}" for filed, url in addresses]


def _fact_lines(filing: Filing, width: int) -> list[str]:
    span = f"{filing.start} to {filing.end}" if filing.start else f"at {filing.end}"
    value = f"{filing.value:,.2f}" if filing.unit.endswith("/shares") else f"{filing.value:,.0f}"
    accession = f" {filing.accession}" if filing.accession else ""
    said = f"{value} {filing.unit}, {span}, {filing.form} filed {filing.filed}{accession}, {filing.tag}"
    return wrap(said, width, first="    ", rest="        ")


def explanation_json(found: Explanation) -> str:
    """Return the explanation as strict JSON: run, company, verdicts, factors, the filings and how they were used."""
    content: dict[str, Any] = {
        "run": found.result.run.as_dict(),
        "company": asdict(found.company),
        "in_universe": found.in_universe,
        "passed": found.passed,
        "counts": {"population": found.result.population, "passed": found.result.passed},
        "rank": found.rank,
        "score": found.score,
        "period_end": found.period_end,
        "known_from": found.known_from,
        "flags": found.flags.split(),
        "evidence": dict(found.evidence),
        "place": asdict(found.place) if found.place else None,
        "cutoff": asdict(found.cutoff) if found.cutoff else None,
        "tightest": found.tightest.text if found.tightest else None,
        "changes": changes(found),
        "verdicts": [asdict(judgement) for judgement in found.judgements],
        "factors": [asdict(factor) for factor in found.factors],
        "filings": [asdict(filing) for filing in found.filings],
        "sources": [asdict(source) for source in found.sources],
    }
    return strict_json(content)
