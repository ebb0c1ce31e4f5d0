"""JSON Schemas (draft 7) of screens and of files of metrics, for editors; made from the same tables as the reader."""

from __future__ import annotations

import json
from typing import Any

from screener.catalogue import metrics, names, peers, units
from screener.catalogue.functions import BY_NAME as FUNCTIONS
from screener.catalogue.peers import MIN_GROUP
from screener.catalogue.sectors import MODEL_NAMES
from screener.language.define import CARRIED, DIRECTIONS, NAME, RANKS, ROW_KEYS, SHOWN, UNDEFINED_KEYS, UNITS
from screener.language.extends import ADDED
from screener.language.lint import table as lint
from screener.language.params import PARAM_KEYS, PARAM_NAME, TYPES
from screener.language.rank import DIRECTIONS as RANK_DIRECTIONS
from screener.language.rank import MISSING, PEERS, TIES
from screener.language.resolve import KEYS
from screener.language.rules import AT_LEAST_PATTERN, IF_UNKNOWN, WORDS

DRAFT = "http://json-schema.org/draft-07/schema#"

Schema = dict[str, Any]

_IF_UNKNOWN = {
    "fail": "an unknown verdict fails",
    "pass": "an unknown verdict passes",
    "flag": "an unknown verdict passes, and the name is marked with the reason",
}
_MISSING = {
    "worst": "a missing factor has the percentile 0",
    "neutral": "a missing factor has the percentile 50",
    "drop": "a name with a missing factor has no score and comes last",
    "reweight": "the known factors of the group count for the missing one, which can improve a rank",
}
_TIES = {
    "best": "equal values share the best of their places",
    "average": "equal values share the mean of their places",
    "order": "of equal values the larger company, then the first ticker, is better",
}
_BETTER = {"higher": "more is better", "lower": "less is better", "neutral": "neither is better"}
_RANKS = {"worst": "ranks below every value", "best": "ranks above every value", "none": "counts as missing"}

# What a key is for, as an editor shows it.
KEY_HELP = {
    "name": "The title of the screen; without it, the file's name.",
    "description": "What the screen looks for, in a sentence.",
    "extends": "Another screen that this one stands on: its name, or its file beside this one.",
    "params": "What can be set with --set: names with defaults, or with type, default, limits and label.",
    "watchlist": "Look only at these tickers: a list, or a file beside the screen.",
    "exclude": "Never look at these tickers: a list, or a file beside the screen.",
    "sort": "What the list is sorted by, in place of the rank; a minus begins with the largest.",
    "max_per_sector": "At most this many names of a sector are shown.",
    "max_per": "At most this many names of a group of peers are shown.",
    "ties": "Which place names with equal values have in the rank.",
    "normalise": "Whether the score is turned into a percentile again.",
    "universe": "Conditions that say which companies are looked at and ranked; all must hold.",
    "rules": "Conditions that say which companies qualify; all must hold. A list, or named groups of lists.",
    "rank": "Factors that order the list, or named groups of them; without it, the largest market value first.",
    "columns": "What is shown: expressions, or {heading: expression}.",
    "define": "Metrics of your own: names with formulas, or rows as in the catalogue.",
    "limit": "At most this many names are shown.",
    "missing": "What a missing factor does in the rank.",
    "min_group": f"The smallest peer group that is ranked on its own; {MIN_GROUP} where it is left out.",
    "if_unknown": "What a rule does whose verdict is unknown.",
    "tags": "Words to find the screen by.",
    "notes": "Notes for the reader.",
    "lint": "Warnings of `screener check` that are not to be told of this screen.",
}
ROW_HELP = {
    "formula": "The formula, in the language of screens.",
    "label": "What the metric is called on paper.",
    "unit": "In which unit it is shown; inferred from the formula where it is left out.",
    "direction": "Whether more or less is better.",
    "undefined": "When the metric has no meaning, checked in order before the formula.",
    "refused": "Reporting models for which the metric is not defined.",
    "only": "Reporting models for which alone the metric is defined.",
    "rank_by": "The metric that ranks in place of this one: the yield of a multiple.",
    "aliases": "Other names for it.",
    "source": "Paper or standard, with the year.",
    "note": "What a reader must know.",
}
UNDEFINED_HELP = {
    "when": "The condition under which it has no meaning.",
    "reason": "The reason in a reader's words.",
    "rank": "What a rank does with such a name.",
}
PARAM_HELP = {
    "type": "What kind of value it is; inferred from the default where it is left out.",
    "default": "The value where none is set.",
    "min": "The smallest value that can be set.",
    "max": "The largest value that can be set.",
    "choices": "The texts that can be set.",
    "label": "What it is, in a reader's words.",
}
FACTOR_HELP = {
    "metric": "The expression that is ranked.",
    "weight": "Its weight within its group; 1 where it is left out.",
    "direction": "Whether more or less is better; the metric's own direction where it is left out.",
    "within": "The peers that a name is ranked against.",
    "missing": "What this factor does where it is missing; what the screen says where it is left out.",
    "by": "The factors of the group.",
}


def screen_schema() -> Schema:
    """Return the JSON Schema of a screen: it accepts every screen that ``screener check`` accepts, and some wrong ones.

    What stands inside an expression is not looked at.
    """
    properties = {key: {"description": KEY_HELP[key], **schema} for key, schema in _screen_keys().items()}
    return {
        "$schema": DRAFT,
        "title": "A screen",
        "description": "Which companies are looked at, which of them qualify, and in which order they are shown.",
        "type": "object",
        "properties": {key: properties[key] for key in KEYS},
        # What adds to the screen that is extended.
        "patternProperties": {rf"^\+{key}$": properties[key] for key in ADDED},
        "additionalProperties": False,
        "anyOf": [{"required": [key]} for key in ("universe", "rules", "rank", "watchlist", "extends")],
        "definitions": _definitions() | _screen_definitions(),
    }


def metrics_schema() -> Schema:
    """Return the JSON Schema of a file of metrics: names with formulas or rows."""
    return {
        "$schema": DRAFT,
        "title": "Metrics of your own",
        "description": "Names with formulas, or rows as in the catalogue.",
        **_rows(),
        "minProperties": 1,
        "definitions": _definitions(),
    }


def schema_text(schema: Schema) -> str:
    """Return a schema as the text of a file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _choice(allowed: tuple[str, ...], meanings: dict[str, str]) -> Schema:
    return {"oneOf": [{"const": word, "description": meanings[word]} for word in allowed]}


def _object(properties: dict[str, Schema], required: tuple[str, ...] = (), **more: Any) -> Schema:
    found = {"type": "object", "properties": properties, "additionalProperties": False, **more}
    return found | {"required": list(required)} if required else found


def _list_of(item: Schema) -> Schema:
    """Return a list, or a single entry that stands for a list of one."""
    # Not anyOf: of a wrong entry, an editor marks the entry and not the whole list.
    return {"if": {"type": "array"}, "then": {"items": item, "minItems": 1}, "else": item}


def _helped(properties: dict[str, Schema], texts: dict[str, str]) -> dict[str, Schema]:
    return {key: {"description": texts[key], "allOf": [schema]} for key, schema in properties.items()}


def _screen_keys() -> dict[str, Schema]:
    return {
        "name": _ref("text"),
        "description": _ref("text"),
        "universe": _ref("conditions"),
        "extends": {"type": "string", "minLength": 1},
        "params": {
            "type": "object",
            "propertyNames": {"pattern": f"^{PARAM_NAME.pattern}$"},
            "additionalProperties": {"anyOf": [_ref("text"), _ref("parameter")]},
        },
        "watchlist": _ref("tickers"),
        "exclude": _ref("tickers"),
        "sort": _list_of(_ref("expression")),
        "max_per_sector": _ref("whole"),
        "max_per": _object({row.name: _ref("whole") for row in peers.PEERS}),
        "ties": _choice(TIES, _TIES),
        "normalise": {"enum": [True, False, "true", "false"]},
        "rules": {
            "if": {"type": "object", "not": _ref("entry_of_rules")},
            "then": _ref("groups_of_rules"),
            "else": _ref("conditions"),
        },
        "rank": {"if": {"type": "object"}, "then": _ref("named_members"), "else": _ref("factors")},
        "columns": _list_of({"anyOf": [_ref("name"), _ref("expression"), _ref("headed")]}),
        "define": _rows(),
        "limit": _ref("whole"),
        "missing": _choice(MISSING, _MISSING),
        "min_group": _ref("whole"),
        "if_unknown": _choice(IF_UNKNOWN, _IF_UNKNOWN),
        "tags": {"anyOf": [_ref("text"), {"type": "array", "items": _ref("text")}]},
        "notes": _ref("text"),
        "lint": _object({"ignore": _list_of({"anyOf": [*_codes(), {"type": "string", "pattern": "^[Ss][0-9]{3}$"}]})}),
    }


def _codes() -> list[Schema]:
    return [{"const": row.code, "description": f"{row.name}: {row.what}"} for row in lint.TABLE]


def _definitions() -> dict[str, Schema]:
    """Return what screens and files of metrics share."""
    return {
        # Texts stay as they are written, also where YAML would see a number.
        "text": {"type": ["string", "number", "boolean", "null"]},
        "expression": {"type": ["string", "number"], "minLength": 1},
        "condition": {
            "type": "string",
            "minLength": 1,
            "examples": ["net_debt_ebitda <= 2.5", "avg(roic, 5y, 3) >= 8%"],
        },
        "row": _row(),
        "metric": {"anyOf": [*_consts("metric"), {"type": "string", "pattern": f"^{NAME.pattern}$"}]},
    }


def _screen_definitions() -> dict[str, Schema]:
    weight, within = _ref("weight"), _choice(PEERS, {**_peers(), peers.EVERYONE: "all names of the universe"})
    direction = _choice(RANK_DIRECTIONS, _BETTER)
    long_factor = {"metric": _ref("expression"), "weight": weight, "direction": direction, "within": within,
                   "missing": _choice(MISSING, _MISSING)}  # fmt: skip
    group = {"weight": weight, "within": within, "by": _ref("factors")}
    rule = {"rule": _ref("condition"), "if_unknown": _choice(IF_UNKNOWN, _IF_UNKNOWN)}
    grouped = _helped(group, FACTOR_HELP)
    return {
        "whole": {
            "anyOf": [
                {"type": "integer", "minimum": 1},
                {"type": "string", "pattern": r"^([0-9][0-9_]*|\$[a-z][a-z0-9_]*)$"},
            ]
        },
        "weight": {"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "string", "pattern": "^[0-9.$]"}]},
        "name": {"anyOf": _consts("metric", "item", "field")},
        "number_name": {"anyOf": _consts("metric", "item", "field", value="number")},
        "conditions": _list_of({"anyOf": [_ref("condition"), _ref("rule"), _ref("group_of_rules")]}),
        "entry_of_rules": _entry(("rule", *WORDS)),
        "group_of_rules": _object(
            {
                **dict.fromkeys(WORDS, _ref("conditions")),
                "name": _ref("text"),
                "if_unknown": _choice(IF_UNKNOWN, _IF_UNKNOWN),
            },
            patternProperties={AT_LEAST_PATTERN: _ref("conditions")},
            allOf=[_entry(WORDS)],
        ),
        "tickers": _list_of({"type": ["string", "number", "boolean"]}),
        "parameter": _parameter(),
        "rule": _object(rule, ("rule",)),
        "groups_of_rules": {
            "type": "object",
            "additionalProperties": _ref("conditions"),
            "not": _ref("entry_of_rules"),
        },
        "headed": {"type": "object", "additionalProperties": _ref("expression"), "minProperties": 1},
        "within": within,
        "group": _object(grouped, ("by",)),
        "factor": _object(_helped(long_factor, FACTOR_HELP), ("metric",)),
        "short_factor": _object(_helped({key: long_factor[key] for key in list(long_factor)[1:]}, FACTOR_HELP)),
        "factors": _list_of(
            {
                "anyOf": [
                    _ref("number_name"),
                    _ref("expression"),
                    _ref("group"),
                    _ref("factor"),
                    _ref("named_members_of_a_group"),
                ]
            }
        ),
        "named_members": {
            "type": "object",
            "additionalProperties": {
                "anyOf": [
                    weight,
                    {"type": "array", "items": _ref("factors"), "minItems": 1},
                    _ref("group"),
                    _ref("short_factor"),
                ]
            },
        },
        "named_members_of_a_group": {
            "allOf": [_ref("named_members")],
            "not": {"anyOf": [{"required": ["by"]}, {"required": ["metric"]}]},
        },
    }


def _entry(keys: tuple[str, ...]) -> Schema:
    """Return what holds of an object with one of these keys, or with one such as ``at least 3 of``."""
    some = {"not": {"propertyNames": {"not": {"pattern": AT_LEAST_PATTERN}}}}
    return {"anyOf": [*({"required": [key]} for key in keys), some]}


def _parameter() -> Schema:
    properties: dict[str, Schema] = {
        "type": _choice(tuple(TYPES), TYPES),
        "default": _ref("text"),
        "min": _ref("text"),
        "max": _ref("text"),
        "choices": {"type": "array", "items": _ref("text"), "minItems": 1},
        "label": _ref("text"),
    }
    return _object(_helped({key: properties[key] for key in PARAM_KEYS}, PARAM_HELP), ("default",))


def _rows() -> Schema:
    """Return a mapping of names that are still free to formulas and rows."""
    taken = sorted({*names.every_name(), *FUNCTIONS, *names.RESERVED, *SHOWN, *CARRIED})
    return {
        "type": "object",
        "propertyNames": {"pattern": f"^{NAME.pattern}$", "not": {"enum": taken}},
        "additionalProperties": {"anyOf": [_ref("expression"), _ref("row")]},
    }


def _row() -> Schema:
    undefined = {
        "when": _ref("condition"),
        "reason": {"type": "string", "minLength": 1},
        "rank": _choice(RANKS, _RANKS),
    }
    case = _object(_helped({key: undefined[key] for key in UNDEFINED_KEYS}, UNDEFINED_HELP), ("when", "reason"))
    name = {"type": "string", "pattern": f"^{NAME.pattern}$"}
    properties: dict[str, Schema] = {
        "formula": _ref("expression"),
        "label": _ref("text"),
        "unit": _choice(UNITS, {unit.name: f"{unit.label}, as {unit.example}" for unit in units.UNITS}),
        "direction": _choice(DIRECTIONS, _BETTER),
        "undefined": _list_of(case),
        "refused": _list_of({"enum": list(MODEL_NAMES)}),
        "only": _list_of({"enum": list(MODEL_NAMES)}),
        "rank_by": _ref("metric"),
        "aliases": _list_of(name),
        "source": _ref("text"),
        "note": _ref("text"),
    }
    return _object(_helped({key: properties[key] for key in ROW_KEYS}, ROW_HELP), ("formula",))


def _peers() -> dict[str, str]:
    return {row.name: row.label for row in peers.PEERS}


def _consts(*kinds: str, value: str = "") -> list[Schema]:
    """Return the names of the catalogue that are of these kinds, each with what an editor says of it."""
    found = []
    for entry in names.entries():
        if entry.kind in kinds and value in {"", entry.value}:
            row = metrics.BY_NAME.get(entry.name)
            said = [
                entry.label,
                f"= {row.formula}" if row else "",
                units.BY_NAME[entry.unit].label,
                row.note if row else "",
            ]
            found.append({"const": entry.name, "description": "; ".join(filter(None, said))})
    return found
