"""An explanation as text for the terminal and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from screener.catalogue.flags import explained
from screener.output.cells import bar, cell_text, cut, pad, wrap
from screener.output.layout import paint
from screener.output.values import format_value

if TYPE_CHECKING:
    from screener.engine.explain import Explanation, Filing, Judgement, Term

_MARKS = {"pass": ("✓", "green"), "fail": ("✗", "red"), "unknown": ("?", "yellow")}
_DEEPEST = 4


def render_explanation(found: Explanation, *, width: int = 100, color: bool = False) -> str:
    """Return the explanation as lines of at most ``width`` cells: verdicts with parts, factors, filings."""
    run, company = found.result.run, found.company
    lines = [
        paint(cell_text(company.ticker), "bold", color) + "  " + cell_text(f"{company.name} · {company.sector}"),
        f"{run.title}, as of {run.as_of}",
        _place(found),
        f"Newest period: {found.period_end or 'none'}, public since {found.known_from or '–'}",
    ]
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
    lines += _factor_lines(found, width, color)
    lines += _filing_lines(found, width, color)
    return "\n".join(lines) + "\n"


def _place(found: Explanation) -> str:
    if found.passed:
        limit = found.result.screen.limit
        cut_off = f", below the limit of {limit}" if limit and found.rank and found.rank > limit else ""
        score = "" if found.score is None else f", score {found.score:.1f}"
        return f"On the list: rank {found.rank} of {found.result.passed}{score}{cut_off}"
    if not found.in_universe:
        return "Not on the list: outside the universe"
    failed = [judgement for judgement in found.judgements if not judgement.admitted]
    return f"Not on the list: {len(failed)} rule{'s' if len(failed) != 1 else ''} not met"


def _judgement(judgement: Judgement, width: int, color: bool) -> list[str]:
    mark, style = _MARKS[judgement.verdict]
    lines = [f"  {paint(mark, style, color)} {cut(cell_text(judgement.text), width - 4)}"]
    if judgement.reason:
        let_in = " (let in: if_unknown)" if judgement.admitted else ""
        lines.append(cut(f"      unknown: {cell_text(judgement.reason)}{let_in}", width))
    for term in judgement.terms:
        lines += [cut(line, width) for line in _term_lines(term, 1)]
    return lines


def _term_lines(term: Term, depth: int) -> list[str]:
    shown = format_value(term.value, term.unit) if term.value is not None else f"unknown ({term.reason})"
    when = f" ({term.when})" if term.when else ""
    formula = f"  = {term.formula}" if term.formula else ""
    lines = [f"{'    ' * depth}  {pad(cell_text(term.name + when), 26)} {cell_text(shown + formula)}"]
    # Earlier observations show their value alone; the JSON has their parts.
    if depth < _DEEPEST and "earlier" not in term.when:
        for part in term.parts:
            lines += _term_lines(part, depth + 1)
    return lines


def _factor_lines(found: Explanation, width: int, color: bool) -> list[str]:
    if not found.factors:
        return []
    lines = ["", paint("Factors", "bold", color) + " (percentile in the universe or peer group, 100 is best)"]
    room = max(12, min(34, width - 60))
    for factor in found.factors:
        share = None if factor.percentile is None else factor.percentile / 100
        percentile = "–" if factor.percentile is None else f"{factor.percentile:.0f}"
        name = cut(cell_text(f"{factor.group}: {factor.name}" if factor.group else factor.name), room)
        peers = cut(cell_text(str(factor.peers)), 14 if width < 100 else 40)
        value = format_value(factor.value, factor.unit)
        lines.append(
            f"  {pad(name, room)} {pad(value, 9, right=True)} {pad(percentile, 4, right=True)}"
            f" {pad(bar(share, 10), 10)}"
            f"  weight {factor.weight * 100:.0f}%  in {peers}"
        )
    return lines


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
        lines.append(f"  and {len(found.filings) - len(shown):,} facts behind earlier observations, in the JSON")
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
        "rank": found.rank,
        "score": found.score,
        "period_end": found.period_end,
        "known_from": found.known_from,
        "flags": found.flags.split(),
        "evidence": dict(found.evidence),
        "verdicts": [asdict(judgement) for judgement in found.judgements],
        "factors": [asdict(factor) for factor in found.factors],
        "filings": [asdict(filing) for filing in found.filings],
        "sources": [asdict(source) for source in found.sources],
    }
    return json.dumps(content, indent=2, ensure_ascii=False, default=_iso, allow_nan=False) + "\n"


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
