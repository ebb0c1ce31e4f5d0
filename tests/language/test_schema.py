"""The JSON Schemas: valid themselves, true of every good screen, and as strict as a schema can be."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from screener.catalogue import fields, items, metrics, units
from screener.language import schema
from screener.language.define import ROW_KEYS, UNDEFINED_KEYS
from screener.language.metric_files import load_metrics
from screener.language.rank import FACTOR_KEYS, GROUP_KEYS, PEERS
from screener.language.resolve import KEYS, check_screen

ROOT = Path(__file__).resolve().parents[2]
BAD = Path(__file__).parent / "bad"
PAGE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
FILES_OF_METRICS = re.findall(r"^```yml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
SCREENS = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "screens").glob("*.yaml"))}

SCREEN = jsonschema.Draft7Validator(schema.screen_schema())
METRICS = jsonschema.Draft7Validator(schema.metrics_schema())

# Wrong screens whose mistakes are inside expressions or in the YAML itself: no schema sees them.
BEYOND = {"history", "names", "units", "latin1", "two_documents", "history_new", "watchlist_outside", "watchlist_files",
          "extends_nowhere", "extends_outside", "extends_circle", "extends_circle_b", "extends_itself",
          "plus_alone"}  # fmt: skip


def wrong_places(validator: Any, text: str) -> list[str]:
    """Return the paths of what the schema does not accept."""
    return ["/".join(map(str, error.absolute_path)) for error in validator.iter_errors(yaml.safe_load(text))]


@pytest.mark.parametrize("found", [schema.screen_schema(), schema.metrics_schema()], ids=["screen", "metrics"])
def test_draft_seven(found: dict[str, Any]) -> None:
    """Both are schemas of draft 7, say so, and are JSON."""
    jsonschema.Draft7Validator.check_schema(found)
    assert found["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize("text", [*SCREENS.values(), *EXAMPLES])
def test_good_screens(text: str) -> None:
    """Every saved screen and every example of the language page is accepted."""
    assert wrong_places(SCREEN, text) == []


@pytest.mark.parametrize("path", sorted(BAD.glob("yaml_*.yaml")), ids=lambda path: path.stem)
def test_wrong_yaml_is_beyond_a_schema(path: Path) -> None:
    """What is no YAML, or YAML that a screen may not be, is the reader's to refuse."""
    assert check_screen(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(BAD.glob("*.yaml")) if path.stem not in BEYOND and not path.stem.startswith("yaml_")],
    ids=lambda path: path.stem,
)
def test_wrong_screens(path: Path) -> None:
    """Every wrong screen whose mistake is a key, a choice or a kind of value is refused."""
    assert wrong_places(SCREEN, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("rules: [roic > 5%]\nlimits: 5", ""),
        ("rules: [roic > 5%]\nlimit: 0", "limit"),
        ("rules: [roic > 5%]\nlimit: many", "limit"),
        ("rules: [roic > 5%]\nmin_group: 2.5", "min_group"),
        ("rules: [roic > 5%]\nmissing: best", "missing"),
        ("rules: [roic > 5%]\nif_unknown: flagged", "if_unknown"),
        ("rules: [5]", "rules"),
        ("rules: []", "rules"),
        ("rules: {Debt: }", "rules"),
        ("rules: {Debt: [{rule: roic > 5%, if_unknow: flag}]}", "rules"),
        ("rules: {rule: roic > 5%, if_unknown: maybe}", "rules"),
        ("rank: {Value: {weight: 50}, Quality: {by: []}}", "rank"),
        ("rank: {Value: {weight: 0, by: [pe]}}", "rank"),
        ("rank: [{metric: pe, direction: up}]", "rank"),
        ("rank: [{metric: pe, within: sektor}]", "rank"),
        ("rank: [{by: [pe], metric: roe}]", "rank"),
        ("rank: [[pe]]", "rank"),
        ("rules: [roic > 5%]\ncolumns: [{Return: [roic]}]", "columns/0"),
        ("rules: [roic > 5%]\ndefine: {roic: ebit}", "define"),
        ("rules: [roic > 5%]\ndefine: {pe_ratio: ebit}", "define"),
        ("rules: [roic > 5%]\ndefine: {Big Name: ebit}", "define"),
        ("rules: [roic > 5%]\ndefine: {avg: ebit}", "define"),
        ("rules: [roic > 5%]\ndefine: {mine: {label: Mine}}", "define/mine"),
        ("rules: [roic > 5%]\ndefine: {mine: {formula: cfo, unit: dollars}}", "define/mine"),
        ("rules: [roic > 5%]\ndefine: {mine: {formula: cfo, undefined: [{when: cfo < 0}]}}", "define/mine"),
    ],
)
def test_wrong_values(text: str, place: str) -> None:
    """A schema finds each of these where it stands, and so does the reader."""
    assert any(found.startswith(place) for found in wrong_places(SCREEN, text))
    assert check_screen(text)


def test_files_of_metrics(tmp_path: Path) -> None:
    """The page's file of metrics is accepted by reader and schema; wrong rows are not."""
    (good,) = FILES_OF_METRICS
    (tmp_path / "good.yaml").write_text(good, encoding="utf-8")
    assert load_metrics([tmp_path / "good.yaml"]).definitions()
    assert wrong_places(METRICS, good) == []
    wrong = (BAD.parent / "bad_metrics" / "rows.yaml").read_text(encoding="utf-8")
    assert {"pe_new", "units", "cases", "noform", "listed"} <= set(wrong_places(METRICS, wrong))
    assert wrong_places(METRICS, (BAD.parent / "bad_metrics" / "list.yaml").read_text(encoding="utf-8"))


def test_every_key_is_there_and_explained() -> None:
    """Keys of screens, rows, cases, groups and factors are those of the reader, each with a sentence."""
    found = schema.screen_schema()
    parts = found["definitions"]
    row = parts["row"]["properties"]
    case = row["undefined"]["allOf"][0]["else"]["properties"]
    for keys, properties in (
        (KEYS, found["properties"]),
        (ROW_KEYS, row),
        (UNDEFINED_KEYS, case),
        (FACTOR_KEYS, parts["factor"]["properties"]),
        (GROUP_KEYS, parts["group"]["properties"]),
    ):
        assert set(keys) == set(properties)
        assert all(properties[key]["description"].endswith(".") for key in keys)


def test_every_name_is_offered() -> None:
    """Metrics, line items and fields are offered where a plain name can stand, with what they are."""
    offered = {entry["const"]: entry["description"] for entry in schema.screen_schema()["definitions"]["name"]["anyOf"]}
    assert set(offered) == {*metrics.BY_NAME, *items.BY_NAME, *fields.BY_NAME}
    assert metrics.BY_NAME["roic"].formula in offered["roic"]
    peers = {entry["const"] for entry in schema.screen_schema()["definitions"]["within"]["oneOf"]}
    assert peers == set(PEERS)
    shown = {
        entry["const"]
        for entry in schema.screen_schema()["definitions"]["row"]["properties"]["unit"]["allOf"][0]["oneOf"]
    }
    assert shown == {unit.name for unit in units.UNITS} - {"text", "date"}
