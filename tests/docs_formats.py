"""The page of output formats: generated from their table, from the keys of the JSON and from the columns of Parquet."""

from __future__ import annotations

from screener.output.parquet import OWN
from screener.output.result_schema import OBJECTS
from screener.output.watchlists import TRADINGVIEW
from screener.output.writers import FORMATS

INTRO = """# Output formats

`screener run` prints a shortlist with `--format`, and writes it with `-o FILE`, which may repeat. The suffix chooses
the format, or its name does: `-o tradingview=picks.txt`. (What stands before `=` and is no format belongs to the name
of the file.) A file appears under its name when it is whole; the same run writes the same bytes. An old file of
that name is replaced: a workbook with notes of yours wants [`--update`](workbook-update.md).

```console
$ screener run quality-value --format tradingview
$ screener run quality-value -o picks.csv -o picks.parquet -o yahoo=picks.txt --sidecar
```

"""

RULES = """
In all of them, text from the data is one line without control characters (JSON has them escaped, so that a name comes
back as it was) and never runs as a formula, a link or a script. Unknown values are empty or null, never zero.

**Identity of the run.** All but CSV, TSV and the watchlists say what was run: the hashes of the screen and of the data
set, the day, the version. For any file there is `--sidecar`, which writes `picks.csv.run.json` beside
`picks.csv`: the object `run` of the JSON, and the SHA-256 of the file that it belongs to.

**Watchlists** hold tickers alone. A name without a ticker is left out and named on stderr. TradingView's exchanges:
"""

JSON = """
## JSON

The object below, as strict JSON: full units, unrounded, `null` for unknown, dates as `YYYY-MM-DD`. Its schema is
[result.schema.json](result.schema.json), printed by `screener schema --of result`; that of the sidecar is
[sidecar.schema.json](sidecar.schema.json) (`--of sidecar`). A row has the chosen columns, too, under their names in
`run.columns`; a column that bears one of the names below and is something else gets an underscore at its end. A `?`
says that the value may be null, `[]` that it is a list.
"""

PARQUET = """
## Parquet

The chosen columns stand after `score`; their types follow from their units: text, date, true or false, else a double.
The others are always there:
"""

METADATA = """
The metadata of the file has two entries, both JSON: `screener.run`, the object `run` of the JSON, and `screener.units`,
the unit of each column.

```python
import json
import polars as pl

units = json.loads(pl.read_parquet_metadata("picks.parquet")["screener.units"])
```
"""


def formats_page(note: str) -> str:
    """Return docs/formats.md; ``note`` says that it is generated."""
    lines = [note + INTRO.rstrip("\n"), "", "| name | suffix | what | carries | printed |", "|---|---|---|---|---|"]
    for row in FORMATS:
        suffixes = " ".join(f"`{suffix}`" for suffix in row.suffixes) or "by name"
        printed = "no" if row.file_only else "yes"
        lines.append(f"| `{row.name}` | {suffixes} | {row.label} | {row.carries} | {printed} |")
    prefixes = ", ".join(f"{name} is `{prefix}`" for name, prefix in TRADINGVIEW.items())
    lines += [RULES.rstrip("\n"), f"{prefixes}.", JSON.rstrip("\n")]
    for name, keys in OBJECTS.items():
        lines += ["", f"### {name}", "", "| key | type | meaning |", "|---|---|---|"]
        lines += [f"| `{key.name}` | {key.type} | {key.meaning} |" for key in keys]
    lines += [PARQUET.rstrip("\n"), "", "| column | type | unit |", "|---|---|---|"]
    lines += [f"| `{name}` | {kind} | {unit} |" for name, (kind, unit) in OWN.items()]
    return "\n".join(lines) + "\n" + METADATA
