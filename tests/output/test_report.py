"""The HTML report without a browser: whole, escaped, self-contained, the same bytes, and readable without a script."""

from __future__ import annotations

import json
import re
import shlex
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest

from screener.engine.histories import MOST_PAGES, History, Newest
from screener.output.cells import clean
from screener.output.report import assets, overview
from screener.output.report.closing import command
from screener.output.report.document import to_html
from screener.output.report.markup import el, json_block, lines, link
from screener.output.report.names import _ladder
from screener.output.report.numbers import axes, ladder, points, quantile
from tests.engine.lakes import AS_OF
from tests.output import reports
from tests.output.reports import HOSTILE, Page

SCREEN = """
name: Mine
universe: [market_cap between 300M and 3B]
rules: [{0}]
"""


@pytest.fixture(params=["demo", "hostile"])
def parsed(request: pytest.FixtureRequest) -> Page:
    """A page of ordinary and one of hostile names."""
    return reports.page(request.param)[1]


def test_every_id_is_unique_and_every_reference_has_its_target(parsed: Page) -> None:
    """Links into the page, labels and descriptions lead to ids that are there once."""
    ids = [attributes["id"] for _, attributes in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    wanted = {str(one["href"])[1:] for one in parsed.all("a") if str(one["href"]).startswith("#")}
    for _, attributes in parsed.elements:
        wanted |= {
            name for key in ("aria-labelledby", "aria-describedby", "for") for name in [attributes.get(key)] if name
        }
    assert wanted <= set(ids)
    assert {"list", "names", "run", "near", "unknown"} <= wanted


def test_nothing_is_fetched(parsed: Page) -> None:
    """No element names another file; links lead into the page or to the SEC alone."""
    for tag, attributes in parsed.elements:
        for name in ("src", "srcset", "action", "data", "poster", "background", "formaction", "ping"):
            assert name not in attributes, (tag, name)
        address = str(attributes.get("href", "#"))
        if tag == "link":
            assert address == "data:,"
        else:
            assert address.startswith(("#", "https://www.sec.gov/")), (tag, address)
    style = assets.read(assets.STYLE)
    assert "url(" not in style
    assert "@import" not in style


def test_no_hostile_text_becomes_an_element(parsed: Page) -> None:
    """There are no elements and no event attributes but our own; scripts are the data, the libraries and ours."""
    ours = {"img", "iframe", "object", "embed", "base", "form", "svg", "template", "video", "audio"}
    assert not ours & {tag for tag, _ in parsed.elements}
    assert not [name for _, attributes in parsed.elements for name in attributes if name.startswith("on")]
    assert [attributes.get("id") for attributes, _ in parsed.scripts] == ["data", None, None, None, None]
    assert [text for _, text in parsed.scripts[1:]] == list(assets.scripts())
    assert len(parsed.all("style")) == 1


def test_hostile_texts_are_read_as_they_are() -> None:
    """A name is shown as it is written, without control and direction characters, and so it is in the data."""
    text, parsed = reports.page("hostile")
    shown = " ".join(parsed.text)
    block = parsed.scripts[0][1]
    names = {point[1] for point in json.loads(block)["points"]}
    for name in HOSTILE:
        assert clean(name) in shown
        assert clean(name) in names
    assert not set("<>&\u2028\u202e") & set(block)
    assert not set("\x1b\x07\u2028\u202e") & set(text)
    assert "javascript:" not in text
    assert "evil.example" not in text


def test_the_policy_lets_only_these_scripts_run(parsed: Page) -> None:
    """The policy stands before every script, forbids all requests and has the hash of each script."""
    (policy,) = (str(one["content"]) for one in parsed.all("meta") if one.get("http-equiv"))
    rules = {words[0]: words[1:] for words in (rule.split() for rule in policy.split(";"))}
    assert rules["default-src"] == ["'none'"]
    hashes = {f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for _, text in parsed.scripts[1:]}
    assert set(rules["script-src"]) == hashes
    assert set(rules) == {"default-src", "script-src", "style-src", "img-src", "base-uri", "form-action"}
    places = [number for number, (tag, one) in enumerate(parsed.elements) if tag == "script" or one.get("http-equiv")]
    assert parsed.elements[places[0]][0] == "meta"


def test_the_libraries_are_what_the_table_says() -> None:
    """Each vendored file has the hash of its row and goes into the page under its licence; no other file is there."""
    text = reports.page("demo")[0]
    for row in assets.LIBRARIES:
        assert sha256(assets.read(f"vendor/{row.file}").encode()).hexdigest() == row.sha256
        assert row.version in row.origin
        assert f" v{row.version} " in assets.read(f"vendor/{row.file}")[:200]
        assert assets.read(f"vendor/{row.licence}") in text
    files = {one.name for one in assets.files(assets.__package__).joinpath("vendor").iterdir()}
    assert files == {name for row in assets.LIBRARIES for name in (row.file, row.licence)}


def test_no_script_ends_its_element() -> None:
    """What would end or suspend a script element is written otherwise."""
    for script in assets.scripts():
        assert not re.search(r"</script|<!--|<script", script, re.IGNORECASE)
    assert assets._ENDS.sub(r"\\x3c", 'a = "</SCRIPT><!--"; b < c') == r'a = "\x3c/SCRIPT>\x3c!--"; b < c'


def test_the_same_report_gives_the_same_bytes() -> None:
    """Two runs of the same screen on the same data are the same page."""
    reports.demo.cache_clear()
    assert to_html(*reports.demo()) == reports.page("demo")[0]


def test_the_page_is_whole_without_a_script() -> None:
    """The list, verdicts, factors, reasons and definitions stand in the HTML; the controls wait for their script."""
    report, _ = reports.demo()
    _, parsed = reports.page("demo")
    said = " ".join(" ".join(parsed.text).split())
    for entry in report.entries:
        assert entry.row.name in said
        for verdict in entry.verdicts:
            assert verdict.text in said
        for reason in entry.reasons:
            assert reason in said
    assert len(parsed.all("article")) == len(report.entries)
    (controls,) = (one for one in parsed.all("div") if one.get("id") == "controls")
    assert "hidden" in controls
    assert "Demo data: these companies do not exist." in said
    assert report.result.run.data_hash in said
    assert all(meaning.name in said for meaning in report.meanings)


def test_every_table_says_what_it_is(parsed: Page) -> None:
    """Tables have a caption and headings with a scope; every chart has words; every field has a label."""
    tables, captions = len(parsed.all("table")), len(parsed.all("caption"))
    assert tables == captions > 10
    assert all(one.get("scope") in ("row", "col") for one in parsed.all("th"))
    charts = [one for one in parsed.all("figure") if "data-chart" in one]
    assert len(charts) > 50
    assert all(one["data-says"] for one in charts)
    (html,) = parsed.all("html")
    assert html["lang"] == "en"
    headings = [int(tag[1]) for tag, _ in parsed.elements if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(headings))


def test_metrics_are_called_as_people_call_them() -> None:
    """Headings, factors, medians and charts have the metric's label, its name under the pointer.

    ``gross_profitability`` and ``net_debt / ebitda`` are other names of metrics; ``Cheap`` is the author's own heading.
    """
    rank = "rank: [gross_profitability, {net_debt / ebitda: 2}]\ncolumns: [net_debt_ebitda, {Cheap: fcf_yield}]\n"
    report, pages = reports.of(SCREEN.format("net_income > 0") + rank, limit=3)
    text = to_html(report, pages)
    parsed = Page(text)
    titles = {one["data-key"]: one.get("title") for one in parsed.all("th") if "data-key" in one}
    assert (titles["c0"], titles["c1"], titles["f0"]) == ("net_debt_ebitda", "fcf_yield", "gross_profitability")
    for said in ("Net debt to EBITDA</th>", "Cheap</th>", "Gross profitability (percentile)</th>"):
        assert said in text
    label = '<span title="gross_profitability">Gross profitability</span>'
    # The medians, the distribution and its numbers, the coverage, and the factors of each of three names.
    assert text.count(label) == 4 + 3
    assert "Gross profitability: median" in text
    assert text.count('<span title="net_debt / ebitda">Net debt to EBITDA</span>') == 4 + 3
    data = json.loads(parsed.scripts[0][1])
    assert [one["name"] for one in data["spreads"]] == ["Gross profitability", "Net debt to EBITDA"]
    assert data["axes"] == ["Gross profitability", "Net debt to EBITDA"]


@pytest.mark.parametrize("name", ["quality-value", "sound-business", "magic-formula"])
def test_the_tiles_add_up(name: str) -> None:
    """The universe is what passed, what was rejected and what could not be judged; near misses are some of these."""
    report, pages = reports.of((reports.SCREENS / f"{name}.yaml").read_text(encoding="utf-8"))
    tiles = re.search(r'<ul class="tiles">(.*?)</ul>', to_html(report, pages), re.DOTALL)
    assert tiles is not None
    whole, passed, unjudged, rejected, near = (
        int(said.replace(",", "")) for said in re.findall(r"<b>([\d,]+)</b>", tiles[1])
    )
    assert whole == passed + unjudged + rejected
    assert near <= rejected
    assert f"of the {rejected:,} rejected" in tiles[1]
    assert f"{len(report.entries)} are on the list" in tiles[1]


def test_unknown_values_say_why() -> None:
    """The mark of an unknown value carries its reason for the pointer, the keyboard and the ear."""
    report, _ = reports.hostile()
    reasons = {" ".join(clean(entry.reasons[0]).split()) for entry in report.entries}
    _, parsed = reports.page("hostile")
    marks = [one for one in parsed.all("span") if "data-why" in one]
    assert {one["title"] for one in marks} == {one["data-why"] for one in marks} == reasons
    assert all(one["tabindex"] == "0" for one in marks)


def test_a_long_list_has_pages_for_the_first_hundred() -> None:
    """Names beyond the hundredth are on the list without a page, and that is said."""
    parsed = Page(to_html(*reports.long(130)))
    assert len(parsed.all("article")) == 100
    assert "100 of 130 names of the list have a page here" in " ".join(parsed.text)
    assert len([one for one in parsed.all("th") if one.get("data-v", "").startswith("T")]) == 130  # type: ignore[union-attr] # no value is empty here


def test_tickers_that_are_no_anchors() -> None:
    """A name without a ticker, with one taken or with odd characters gets an id of its own."""
    report, pages = reports.demo()
    first = report.entries[0].row.ticker
    odd = (None, first, "a b", "list")
    entries = tuple(
        replace(entry, row=replace(entry.row, ticker=odd[k - 1])) if 1 <= k <= 4 else entry
        for k, entry in enumerate(report.entries)
    )
    parsed = Page(to_html(replace(report, entries=entries), pages))
    ids = [str(one["id"]) for one in parsed.all("article")]
    assert ids[0] == first
    assert [one.startswith("name-") for one in ids[:5]] == [False, True, True, True, True]
    assert len(ids) == len(set(ids))


def test_an_empty_list() -> None:
    """A screen that nothing passes still has its funnel, near misses and identity."""
    parsed = Page(to_html(*reports.of(SCREEN.format("roic > 99"))))
    said = " ".join(parsed.text)
    assert "No name passed: of " in said
    report, _ = reports.of(SCREEN.format("roic > 99"))
    assert report.unknown.rows, "some could not be judged"
    assert f"{report.unknown.rejected:,} were rejected, {len(report.unknown.rows):,} could not be judged" in said
    assert "on the list" not in "".join(
        str(one.get("data-says")) for one in parsed.all("figure") if "spread" in str(one)
    )
    assert "their pages" not in said
    assert not parsed.all("article")
    assert "roic > 99" in said


@pytest.mark.parametrize(
    ("rank", "expected"),
    [
        ("", None),
        ("rank: [roic]", None),
        ("rank: [roic, {fcf_yield: 2}, {roe: 3}]", ("Free-cash-flow yield", "Return on equity")),
        ("rank: {A: {by: [roic]}, B: {weight: 3, by: [ebit_yield]}, C: {weight: 2, by: [fcf_yield]}}", ("C", "B")),
        ("rank: {Value: {by: [pe]}, B: {weight: 8, by: [accruals]}, quality: {by: [roic]}}", ("Value", "quality")),
    ],
)  # fmt: skip
def test_the_axes_of_the_scatter(rank: str, expected: tuple[str, str] | None) -> None:
    """Quality against value where the rank has both, else the two heaviest groups, else factors, else a sentence."""
    report, pages = reports.of(SCREEN.format("net_income > 0") + rank)
    found = axes(report)
    assert (None if found is None else (found.across, found.up)) == expected
    parsed = Page(to_html(report, pages))
    assert ("no two parts that could be set against each other" in " ".join(parsed.text)) is (expected is None)


def test_factors_as_axes_are_percentiles_of_the_universe() -> None:
    """The lowest accruals are the best: 100; of n known names the worst has 100 / n."""
    report, _ = reports.of(SCREEN.format("net_income > 0") + "rank: [roic, {accruals: 3}]")
    found = axes(report)
    assert found is not None
    known = [(member.values[1], up) for member, (_, up) in zip(report.universe.members, found.points, strict=True)]
    values = sorted((value, up) for value, up in known if value is not None)
    assert values[0][1] == 100
    assert values[-1][1] == pytest.approx(100 / len(values))


def test_a_list_that_is_not_ranked_has_no_scores() -> None:
    """Without a rank there is no column of dashes; what remains stands under its heading."""
    report, pages = reports.of(SCREEN.format("net_income > 0") + "columns: [roic]", limit=5)
    parsed = Page(to_html(report, pages))
    keys = [one["data-key"] for one in parsed.all("th") if "data-key" in one]
    assert keys == ["rank", "ticker", "name", "sector", "c0", "flags", "period", "known"]
    cells = len(parsed.all("td"))
    assert cells >= 5 * (len(keys) - 1)
    assert not [one for one in parsed.all("td") if "meter" in str(one.get("class"))]


def test_quantiles() -> None:
    """Between two values the quantile is linear: a tenth of the way along 10, 20, 30 lies 12."""
    assert quantile([10, 20, 30], 0.1) == pytest.approx(12)
    assert quantile([10, 20, 30], 0.5) == 20
    assert quantile([7], 0.98) == 7
    assert quantile([], 0.5) is None


def history(**values: tuple[float | None, ...]) -> History:
    """Return a history of three quarters, the middle one of which ends a year after the first."""
    names = ("due_12m", "due_24m", "due_36m", "total_debt", "cash")
    newest = Newest(AS_OF, AS_OF, "", "", "", "", None)
    ends = (AS_OF.replace(year=2022), AS_OF.replace(year=2023), AS_OF.replace(year=2023, month=6))
    return History(newest, ends, {**dict.fromkeys(names, (None,) * 3), **values})


def test_the_ladder() -> None:
    """Sums by year become steps: 10, 30, 30 of 100 are 10, 20, 0 and 70 later; what is unknown ends it."""
    whole = history(due_12m=(0, 0, 10), due_24m=(0, 0, 30), due_36m=(0, 0, 30), total_debt=(0, 0, 100))
    assert ladder(whole) == (("0–12 months", 10), ("12–24 months", 20), ("24–36 months", 0), ("after 36 months", 70))
    short = history(due_12m=(0, 0, 10), due_36m=(0, 0, 30), total_debt=(0, 0, 100))
    assert ladder(short) == (("0–12 months", 10), ("after 12 months", 90))
    assert ladder(history(due_12m=(0, 0, 10))) == (("0–12 months", 10),)
    assert ladder(history(total_debt=(0, 0, 100))) == ()


def test_a_company_without_debt_has_no_ladder() -> None:
    """Steps of nothing at all are no chart: no debt is said in words; debt of unknown dates is not called none."""
    free = history(due_12m=(0, 0, 0), due_24m=(0, 0, 0), total_debt=(0, 0, 0), cash=(1, 2, 3))
    assert "No debt." in str(_ladder("A", free, "A"))
    assert "data-chart" not in str(_ladder("A", free, "A"))
    assert "not known" in str(_ladder("A", history(total_debt=(0, 0, 7)), "A"))
    assert "data-chart" in str(_ladder("A", history(due_12m=(0, 0, 0), total_debt=(0, 0, 7)), "A"))


def test_missing_quarters_break_a_line() -> None:
    """Between quarters a year apart an empty point stands in the middle; those four months apart are neighbours."""
    found = points(history(cash=(1, 2, 3)))
    assert found["cash"] == [1, None, 2, 3]
    assert [str(end) for end in found["ends"]] == ["2022-03-08", "2022-09-06", "2023-03-08", "2023-06-08"]


def test_markup() -> None:
    """Text and attributes are escaped, true stands alone, other addresses are no links, lines stay lines."""
    assert el("p", "a<b", None, 3, title='"&', hidden=True, lang=None) == '<p title="&quot;&amp;" hidden>a&lt;b3</p>'
    assert link("http://x", "text") == "text"
    assert link("https://www.sec.gov.evil/", "text") == "text"
    assert link("#a", "b") == '<a href="#a">b</a>'
    assert lines("a\n\t<b>\r\nc") == "a\n    &lt;b&gt;\nc"
    block = json_block("data", {"a": ["</script>", float("nan"), 1 / 3, AS_OF]})
    assert block == (
        '<script type="application/json" id="data">{"a":["\\u003c/script\\u003e",null,0.333333,"2024-03-08"]}</script>'
    )


def test_the_command_repeats_the_run() -> None:
    """The command names the screen, the day, the data set, what was set and the limit, quoted for a shell."""
    report, _ = reports.hostile()
    words = shlex.split(
        command(replace(report, result=replace(report.result, run=replace(report.result.run, demo=False))))
    )
    assert words == [
        "screener", "run", "quality-value", "--as-of", "2025-06-27", "--data", HOSTILE[0],
        "--limit", "12", "-o", "report.html",
    ]  # fmt: skip


def _luminance(color: str) -> float:
    parts = (int(color[k : k + 2], 16) / 255 for k in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2.2 defines it, 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast() -> None:
    """Texts reach 4.5 on every ground that they stand on, graphics and borders of fields 3, light and dark."""
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    style = assets.read(assets.STYLE)
    colors = {name: pair for name, *pair in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", style)}
    assert len(colors) == 17
    for side in (0, 1):
        for text in ("text", "muted", "link", "good", "bad"):
            for ground in ("page", "surface", "band"):
                assert contrast(colors[text][side], colors[ground][side]) >= 4.5, (text, ground, side)
        assert contrast(colors["text"][side], colors["warn"][side]) >= 4.5
        for drawn in ("in", "rest", "unsure", "s1", "s2", "s3"):
            assert contrast(colors[drawn][side], colors["surface"][side]) >= 3, (drawn, side)


def test_our_files_are_small_and_never_write_html() -> None:
    """Scripts are strict and short, and set text, never HTML."""
    for name in (*assets.SCRIPTS, assets.STYLE):
        text = assets.read(name)
        assert len(text.splitlines()) < 400
        if name.endswith(".js"):
            assert '"use strict";' in text
            assert not re.search(
                r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|localStorage|fetch\(", text
            )


def test_the_page_of_the_docs_says_what_is_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example of docs/report.md runs on the demo data, and its versions and numbers are those of the code."""
    page = (reports.SCREENS.parent / "docs" / "report.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", page, flags=re.DOTALL)
    assert code is not None
    monkeypatch.chdir(tmp_path)
    exec(code[1], {})  # noqa: S102 - our own page
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    for row in assets.LIBRARIES:
        assert f"{row.name} {row.version}" in page
    for part in overview.PARTS:
        assert f"| {part[1]} |" in page
    assert f"first {MOST_PAGES} names" in page
    assert "const MOST = 500;" in assets.read("list.js")
