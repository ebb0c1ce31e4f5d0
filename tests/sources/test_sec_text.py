"""Cutting the facts of mapped tags out of a companyfacts member gives what parsing all of it gives, or nothing."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from screener.sources import sec_members
from screener.sources.report import BuildReport
from screener.sources.sec import Trail, read_sec
from screener.sources.sec_text import cut_out
from tests.sources.sec_files import company, fact, member, write_zip

PLACES = {(b"us-gaap", b"Assets"): (0, "Assets"), (b"dei", b"Public"): (1, "Public")}


def tag(name: str, units: str, description: str = '"D"') -> str:
    """One tag as SEC writes it; ``units`` and ``description`` are JSON."""
    return f'"{name}":{{"label":"L","description":{description},"units":{units}}}'


def document(*taxonomies: tuple[str, str], name: str = '"Test Co"') -> bytes:
    """A member; the second of a taxonomy is the JSON of its tags."""
    inner = ",".join(f'"{taxonomy}":{{{tags}}}' for taxonomy, tags in taxonomies)
    return f'{{"cik":7,"entityName":{name},"facts":{{{inner}}}}}'.encode()


ONE, TWO = '{"USD":[{"end":"2023-12-31","val":1}]}', '{"USD":[{"val":1},{"val":2}],"EUR":[{"val":3}]}'


def test_the_units_of_wanted_tags_are_cut_out() -> None:
    """Tags of two taxonomies, with one unit or two, at the beginning, in the middle and at the end."""
    text = document(
        ("dei", tag("Public", ONE) + "," + tag("Other", TWO)), ("us-gaap", tag("X", ONE) + "," + tag("Assets", TWO))
    )
    cut = cut_out(text, PLACES)
    assert cut is not None
    assert (cut.cik, cut.name) == (b"7", b'"Test Co"')
    assert cut.found == [(1, "Public", ONE.encode()), (0, "Assets", TWO.encode())]


def test_a_tag_counts_in_its_own_taxonomy() -> None:
    """The same name in another taxonomy is another tag."""
    cut = cut_out(document(("dei", tag("Assets", ONE)), ("us-gaap", tag("Public", ONE))), PLACES)
    assert cut is not None
    assert cut.found == []


@pytest.mark.parametrize(
    "text",
    [
        r'"says \"units\":{\"USD\":[ and ]}},\"Assets\":{\"label\":"',
        r'"ends with a backslash \\"',
        '"]}},"',
        '"brackets ] } [ {"',
        '"\u00e9\u4e2d"',
        "null",
    ],
)
def test_descriptions_may_say_anything(text: str) -> None:
    """What looks like a mark inside a string is none."""
    tags = tag("X", ONE, text) + "," + tag("Assets", ONE, text)
    cut = cut_out(document(("us-gaap", tags)), PLACES)
    assert cut is not None
    assert cut.found == [(0, "Assets", ONE.encode())]


ASSETS = tag("Assets", ONE)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        document(("us-gaap", ASSETS))[:-1],
        document(("us-gaap", ASSETS)) + b"{}",
        document(("us-gaap", "")),
        document(("us-gaap", ASSETS + "," + ASSETS)),
        document(("us-gaap", ASSETS), ("us-gaap", ASSETS)),
        document(("us-gaap", tag("X", "{}") + "," + ASSETS)),
        document(("us-gaap", tag("X", "null") + "," + ASSETS)),
        document(("us-gaap", tag("X", '{"USD":null}') + "," + ASSETS)),
        document(("us-gaap", tag("X", '{"USD":[{"val":1}],"EUR":null}') + "," + ASSETS)),
        document(("us-gaap", tag("X", '{"USD":[{"val":[1]}]}') + "," + ASSETS)),
        document(("us-gaap", tag("X", '{"USD":[{"accn":"]}},"}]}') + "," + ASSETS)),
        document(("us-gaap", '"X":{"units":' + ONE + "}," + ASSETS)),
        document(("us-gaap", ASSETS), name="null"),
        document(("us-gaap", ASSETS), name='"?"').replace(b"?", b"\xff"),
    ],
)
def test_another_shape_is_left_to_the_parser(text: bytes) -> None:
    """Cut short, followed by more, empty, doubled, nested, or bad UTF-8: nothing is guessed."""
    assert cut_out(text, PLACES) is None


def _read(folder: Path, facts: dict[str, str | bytes]) -> tuple[dict[str, Any], list[dict[str, Any]], bytes]:
    write_zip(folder / "sec" / "companyfacts.zip", facts)
    report, trail = BuildReport(), Trail()
    (folder / "stage").mkdir()
    read_sec(folder / "sec", folder / "stage", report, None, trail)
    records = [asdict(record) for record in trail.records]
    return report.as_dict(), records, (folder / "stage" / "facts.parquet").read_bytes()


def test_parsing_and_cutting_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sound facts, wrong ones, repeated ones, unmapped tags and a broken member: tables, records and report agree."""
    good = fact("2023-12-31", 5, "2024-02-01", start="2023-01-01")
    rows = [good, good, fact("2023-12-31", None, "2024-02-01"), fact("2023", 1, "2024-02-01", form="S-1")]
    tags = {f"us-gaap:{name}:USD": rows for name in ("Revenues", "NobodyMapsThis", "Assets")}
    shares = {"dei:EntityCommonStockSharesOutstanding:shares": [fact("2023-12-31", 9, "2024-02-01")]}
    whole = company(4, tags | shares)
    facts: dict[str, str | bytes] = {
        member(1): company(1, tags | shares),
        member(2): json.dumps(json.loads(company(2, tags, "Andr\u00e9")), separators=(",", ":")),
        member(3): company(3, {"us-gaap:NobodyMapsThis:USD": rows}),
        # A mapped tag that is no JSON: only the parser can say so.
        member(4): whole.replace('"val": 5', '"val": 5five', 1),
    }
    cut = _read(tmp_path / "cut", facts)
    monkeypatch.setattr(sec_members, "cut_out", lambda *_: None)
    parsed = _read(tmp_path / "parsed", facts)
    assert cut == parsed
    assert [record["refused"] is None for record in cut[1]] == [True, True, True, False]
    assert [record["kept"] for record in cut[1]] == [3, 2, 0, 0]


def test_real_members_are_cut(real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every member of the real file is in SEC's shape, and the facts are those that parsing gives."""
    from screener.sources.archive import open_archive
    from screener.sources.sec_facts import fact_ranges, read_companyfacts

    path = real_data / "sec" / "companyfacts.zip"
    with open_archive(path, ".json") as archive:
        assert all(cut_out(archive.content(one), PLACES) is not None for one in archive.members)
    found = []
    for name in ("cut", "parsed"):
        work = tmp_path / name
        work.mkdir()
        issuers = read_companyfacts(path, work, BuildReport())
        found.append((issuers.records, [len(fact_ranges(issuers))]))
        monkeypatch.setattr(sec_members, "cut_out", lambda *_: None)
    assert found[0] == found[1]
