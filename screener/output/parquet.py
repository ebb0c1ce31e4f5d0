"""A result as Parquet: typed columns, and the run's identity in the metadata of the file."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from screener.engine.result import Result, kind_of
from screener.output import shape
from screener.output.cells import clean

if TYPE_CHECKING:
    import pyarrow as pa

# Keys of the metadata; both are JSON: the object ``run`` of the JSON output, and the unit of each column.
RUN, UNITS = "screener.run", "screener.units"

# The columns that are there whatever the screen shows: Arrow type and unit.
OWN: dict[str, tuple[str, str]] = {
    "rank": ("int64", "count"),
    "ticker": ("string", "text"),
    "name": ("string", "text"),
    "sector": ("string", "text"),
    "score": ("double", "score"),
    "issuer_id": ("int64", "number"),
    "cik": ("int64", "number"),
    "exchange": ("string", "text"),
    "period_end": ("date32", "date"),
    "known_from": ("date32", "date"),
    "coverage": ("double", "ratio"),
    "flags": ("list", "text"),
}
# The Arrow type of each kind of a chosen column.
_OF_KIND = {"text": "string", "date": "date32", "bool": "bool", "number": "double"}


def to_parquet(result: Result) -> bytes:
    """Return one row a name: the columns of the CSV, and those of :data:`OWN`, as Parquet with zstd compression.

    A column's type follows from its unit: text, date, true or false, else a double; unknown and non-finite values are
    null. The same result gives the same bytes.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns, units = _columns(result)
    table = pa.table(columns)
    about = {RUN: _json(shape.run_object(result)), UNITS: _json(units)}
    buffer = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(about), buffer, compression="zstd")
    return buffer.getvalue()


def _columns(result: Result) -> tuple[dict[str, pa.Array], dict[str, str]]:
    """Return the columns by name, and the unit of each: fixed columns, chosen columns, then the rest of ours."""
    chosen = {key: (place, column.unit) for key, place, column in shape.keyed(result) if key not in OWN}
    names = [name for name in OWN if name not in _AFTER] + list(chosen) + list(_AFTER)
    columns: dict[str, pa.Array] = {}
    units: dict[str, str] = {}
    for name in names:
        if name in chosen:
            place, units[name] = chosen[name]
            values: Sequence[Any] = [row.values[place] for row in result.rows]
            kind = _OF_KIND[kind_of(values, units[name])]
        else:
            kind, units[name] = OWN[name]
            values = [shape.coverage(row) if name == "coverage" else getattr(row, name) for row in result.rows]
        columns[name] = _array(values, kind)
    return columns, units


_AFTER = (*shape.IDENTITY_KEYS, "coverage", "flags")


def _array(values: Sequence[Any], kind: str) -> pa.Array:
    import pyarrow as pa

    if kind == "list":
        return pa.array([[clean(text) for text in texts] for texts in values], pa.list_(pa.string()))
    if kind == "string":
        return pa.array([None if value is None else clean(str(value)) for value in values], pa.string())
    if kind == "double":
        return pa.array([_finite(value) for value in values], pa.float64())
    return pa.array(values, {"int64": pa.int64(), "date32": pa.date32(), "bool": pa.bool_()}[kind])


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True)
