"""The JSON Schema of the JSON output and of the sidecar, made from one table of their keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from screener.catalogue.units import BY_NAME

DRAFT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    """A key of an object: its name, its type (a row of :data:`TYPES`, or an object, ``[]`` for a list), what it is.

    A ``?`` at the end of the type says that the value may be null.
    """

    name: str
    type: str
    meaning: str


TYPES: dict[str, Schema] = {
    "text": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "bool": {"type": "boolean"},
    "number": {"type": "number"},
    "count": {"type": "integer", "minimum": 0},
    "rank": {"type": "integer", "minimum": 1},
    "integer": {"type": "integer"},
    "share": {"type": "number", "minimum": 0, "maximum": 1},
    "percentile": {"type": "number", "minimum": 0, "maximum": 100},
    "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "unit": {"type": "string", "enum": list(BY_NAME)},
    "kind": {"type": "string", "enum": ["start", "universe", "rule"]},
}

OBJECTS: dict[str, tuple[Key, ...]] = {
    "result": (
        Key("run", "run", "what was run on what, and how many names it found"),
        Key("funnel", "step[]", "the conditions of the screen, in order; the first step is the start"),
        Key("rows", "row[]", "the names of the shortlist, in its order"),
    ),
    "sidecar": (
        Key("file", "text", "name of the file that it stands beside"),
        Key("format", "text", "format of that file, as --format and -o name it"),
        Key("bytes", "count", "length of that file"),
        Key("sha256", "sha256", "SHA-256 of that file"),
        Key("run", "run", "what was run on what, and how many names it found"),
    ),
    "run": (
        Key("screen", "text", "name of the screen"),
        Key("title", "text", "title of the screen; empty where it has none"),
        Key("as_of", "date", "the day of the run: nothing that became public later was seen"),
        Key("data", "text", "path of the data set, or demo"),
        Key("data_date", "date?", "newest day that the run could see"),
        Key("version", "text", "version of screener"),
        Key("hashes", "hashes", "SHA-256 of what was read"),
        Key("demo", "bool", "whether the companies do not exist"),
        Key("notes", "text[]", "what a reader must know"),
        Key("population", "count", "names in the universe"),
        Key("passed", "count", "names that passed every rule, before the limit"),
        Key("shown", "count", "names of the shortlist"),
        Key("columns", "column[]", "the chosen columns, in order"),
    ),
    "hashes": (
        Key("screen", "sha256", "of the screen as it was resolved"),
        Key("data", "sha256", "of the data set"),
    ),
    "column": (
        Key("name", "text", "key of the column in the rows"),
        Key("label", "text", "heading of the column"),
        Key("unit", "unit", "unit of its values"),
    ),
    "step": (
        Key("kind", "kind", "start, condition of the universe, or rule"),
        Key("group", "text", "group of the rule; empty for the start"),
        Key("text", "text", "the condition as written"),
        Key("passed", "count", "names for which it holds; of those that reached it, or of the universe for a rule"),
        Key("failed", "count", "names for which it does not hold"),
        Key("unknown", "count", "names for which it cannot be told"),
        Key("remaining", "count", "names that are left after it and all before it"),
        Key("admitted", "count", "unknowns that are let through (if_unknown: pass, flag)"),
    ),
    "row": (
        Key("rank", "rank", "place by score, from 1"),
        Key("ticker", "text?", "ticker of the primary listing, class after a dash"),
        Key("name", "text", "name of the company"),
        Key("sector", "text?", "sector"),
        Key("score", "number?", "score, 0 to 100, 100 is best; null where nothing ranks the name"),
        Key("issuer_id", "integer", "number of the issuer in the data set: the SEC's CIK where there is one"),
        Key("cik", "integer?", "the SEC's CIK"),
        Key("exchange", "text?", "exchange of the primary listing"),
        Key("period_end", "date?", "last day of the newest quarter that was public"),
        Key("known_from", "date?", "day on which that quarter became public"),
        Key("coverage", "share?", "share of the score whose factors are known; null without factors"),
        Key("flags", "text[]", "what a reader must know of the name, as sentences"),
        Key("factors", "factor[]", "the factors behind the score"),
    ),
    "factor": (
        Key("name", "text", "the factor as written"),
        Key("group", "text", "its group in the rank"),
        Key("value", "number?", "its value, in its unit, unrounded"),
        Key("percentile", "percentile?", "its percentile among the peers, 100 is best"),
        Key("peers", "text?", "the peers it is ranked against"),
        Key("weight", "share", "its share of the score"),
        Key("unit", "unit", "unit of the value"),
    ),
}

# The chosen columns stand in a row beside our own keys, under names that the screen gives.
OPEN: dict[str, Schema] = {
    "row": {
        "type": ["number", "string", "boolean", "null"],
        "description": "a chosen column, under its name in run.columns; a date is text YYYY-MM-DD",
    }
}
TITLES = {
    "result": "The shortlist of a screen, as `screener run --format json` gives it",
    "sidecar": "The file that `screener run --sidecar` writes beside an output",
}


def result_schema() -> Schema:
    """Return the JSON Schema of the JSON output."""
    return _schema("result")


def sidecar_schema() -> Schema:
    """Return the JSON Schema of the file ``NAME.run.json``."""
    return _schema("sidecar")


def _schema(top: str) -> Schema:
    needed = _needed(top)
    return {
        "$schema": DRAFT,
        "title": TITLES[top],
        **_object(top),
        "$defs": {name: _object(name) for name in OBJECTS if name in needed and name != top},
    }


def _needed(name: str) -> set[str]:
    found = {name}
    for key in OBJECTS[name]:
        inner = key.type.removesuffix("[]")
        if inner in OBJECTS:
            found |= _needed(inner)
    return found


def _object(name: str) -> Schema:
    keys = OBJECTS[name]
    return {
        "type": "object",
        "properties": {key.name: _value(key) for key in keys},
        "required": [key.name for key in keys],
        "additionalProperties": OPEN.get(name, False),
    }


def _value(key: Key) -> Schema:
    if key.type.endswith("[]"):
        return {"description": key.meaning, "type": "array", "items": _type(key.type.removesuffix("[]"))}
    if key.type.endswith("?"):
        known = _type(key.type.removesuffix("?"))
        return {"description": key.meaning, **known, "type": [known["type"], "null"]}
    return {"description": key.meaning, **_type(key.type)}


def _type(name: str) -> Schema:
    return dict(TYPES[name]) if name in TYPES else {"$ref": f"#/$defs/{name}"}
