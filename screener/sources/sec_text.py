"""A companyfacts member in the shape in which SEC writes it: the facts of wanted tags cut out of its text, unparsed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_NAME = rb'"([\w-]++)":\s*+\{'
_UNIT = rb'"[^"\\]++":\s*+\['
# From the name of a tag to its first list of facts. SEC writes no blanks; some who pass the files on do.
_TAG = (
    rb'"([\w-]++)":\s*+\{"label":\s*+(?:null|%(s)s),\s*+"description":\s*+(?:null|%(s)s),\s*+"units":\s*+(?=\{%(u)s)'
    % {b"s": _STRING, b"u": _UNIT}
)
_HEAD = re.compile(
    rb'\s*+\{"cik":\s*+("?\d++"?),\s*+"entityName":\s*+(%s),\s*+"facts":\s*+\{%s%s' % (_STRING, _NAME, _TAG), re.DOTALL
)
# After a list of facts: another unit; or another tag, here or in the next taxonomy; or the end.
_NEXT = re.compile(rb",\s*+%s|\}\}(?:\},\s*+%s|,\s*+)%s" % (_UNIT, _NAME, _TAG), re.DOTALL)
_END = re.compile(rb"\}{5}\s*+\Z")

Places = Mapping[tuple[bytes, bytes], tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Cut:
    """What was cut out of a member.

    cik, name: JSON texts. found: number of the taxonomy, our tag, and the JSON text of the tag's units.
    """

    cik: bytes
    name: bytes
    found: list[tuple[int, str, bytes]]


def cut_out(text: bytes, places: Places) -> Cut | None:
    """Cut the units of the tags of ``places`` (taxonomy and tag, to number and our tag) out of a member's text.

    ``None`` when the member is not in SEC's shape, or may not be: the text must be parsed to be understood.
    No list of facts has a bracket inside, so the next one ends it, and what may follow it can't stand inside a string,
    where quotes are escaped. What is cut out may still be no JSON; what lies between is not looked at.
    """
    at = _HEAD.match(text)
    if at is None or not _utf8(text):
        return None
    cik, name, taxonomy, tag = at.groups()
    start = end = at.end()
    seen = {taxonomy}
    found: dict[tuple[bytes, bytes], tuple[int, str, bytes]] = {}
    find, following = text.find, _NEXT.match
    while True:
        # A search for one character runs at many times the speed of any other.
        end = find(b"]", end) + 1
        at = following(text, end) if end else None
        if at and not at[2]:
            continue
        if not at and not (end and _END.match(text, end)):
            return None
        if place := places.get((taxonomy, tag)):
            if (taxonomy, tag) in found:
                return None
            found[taxonomy, tag] = (*place, text[start : end + 1])
        if not at:
            return Cut(cik, name, list(found.values()))
        if at[1]:
            taxonomy = at[1]
            if taxonomy in seen:
                return None
            seen.add(taxonomy)
        tag, start = at[2], at.end()
        end = start


def _utf8(text: bytes) -> bool:
    if text.isascii():
        return True
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
