"""The JSON Schema (draft 7) of a mapping, for editors; made from the same tables as its reader."""

from __future__ import annotations

from typing import Any

from screener.catalogue.items import BY_NAME
from screener.catalogue.vendor_items import vendor_items
from screener.mapping.keys import TOP, WITHIN
from screener.mapping.values import POWERS
from screener.sources.table_mapping import ABSENT, COMPANY, ENCODINGS, FORMS, MONTHS

Schema = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"
_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_TEXTS: Schema = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
_SCALE: Schema = {"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "string", "examples": list(POWERS)}]}
_MONTHS: Schema = {"enum": [*MONTHS, *map(str, MONTHS)]}
_LAG: Schema = {
    "anyOf": [{"type": "integer", "minimum": 0, "maximum": 1000}, {"type": "string", "pattern": "^[0-9]+$"}]
}


def mapping_schema() -> Schema:
    """Return the JSON Schema of a mapping: it accepts what ``data build --mapping`` accepts, and some wrong ones."""
    keys = {key.name: {"description": key.help, "examples": [key.example], **_values()[key.name]} for key in TOP}
    own = {name: schema for name, schema in keys.items() if name != "tables"}
    table = {"type": "object", "properties": own, "additionalProperties": False}
    keys["tables"] |= {"type": "object", "minProperties": 1, "additionalProperties": table}
    return {
        "$schema": DRAFT,
        "title": "A mapping of a vendor's tables",
        "description": "Which of their columns is which line item, company, period and publish date.",
        "type": "object",
        "properties": keys,
        "additionalProperties": False,
    }


def _within(place: str, values: dict[str, Schema], *required: str) -> Schema:
    """Return an object with the keys of a place."""
    said = {key.name: key.help for key in WITHIN if key.within == place}
    found = {"type": "object", "additionalProperties": False}
    found["properties"] = {name: {"description": said[name], **schema} for name, schema in values.items()}
    return found | ({"required": list(required)} if required else {})


def _values() -> dict[str, Schema]:
    """Return what each key of a table may be."""
    months = _within(
        "months", {"column": _TEXT, "values": {"type": "object", "additionalProperties": _MONTHS}}, "column", "values"
    )
    return {
        "vendor": _TEXT,
        "notes": _TEXTS,
        "tables": {},
        "absent": {"enum": list(ABSENT)},
        "form": {"oneOf": [{"const": name, "description": what} for name, what in FORMS.items()]},
        "company": _within("company", dict.fromkeys(COMPANY, _TEXT)),
        "period": _within(
            "period", {"end": _TEXT, "months": {"anyOf": [_MONTHS, months]}, "fiscal_quarter": _TEXT}, "end", "months"
        ),
        "published": {"anyOf": [{"type": "string"}, _within("published", {"column": _TEXT, "lag": _LAG})]},
        "restated": _TEXT,
        "currency": {
            "anyOf": [{"type": "string", "pattern": "^[A-Z]{3}$"}, _within("currency", {"column": _TEXT}, "column")]
        },
        "scale": {"anyOf": [_SCALE, _within("scale", {"money": _SCALE, "shares": _SCALE})]},
        "where": {"type": "object", "additionalProperties": _TEXTS},
        "item": _TEXT,
        "value": _TEXT,
        "items": _items(),
        "year_to_date": _items(),
        "blank_is_zero": _TEXTS,
        "dates": {"type": "string"},
        "encoding": {"enum": list(ENCODINGS)},
    }


def _items() -> Schema:
    column: Schema = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]}
    one = {"anyOf": [*column["anyOf"], _within("items", {"column": column, "scale": _SCALE}, "column")]}
    listed = {
        name: {"description": "; ".join(filter(None, (item.label, _sign(name)))), **one}
        for name, item in vendor_items().items()
    }
    return {"type": "object", "properties": listed, "additionalProperties": False}


def _sign(name: str) -> str:
    line = BY_NAME.get(name)
    return "positive where it is a cost or a payment" if line is not None and line.sign == "mag" else ""
