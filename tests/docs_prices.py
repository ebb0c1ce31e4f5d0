"""The section on prices of docs/data.md, with the table of providers."""

from __future__ import annotations

from screener.sync.providers import PROVIDERS

_SECTION = """## Prices

`screener data prices` fetches daily prices for the tickers of a data set, or takes those of your own files, keeps them
below it in `sources/prices`, and builds again from the fundamentals of the last build. `screener data sync` uses what
is kept there. Your own key, account or download is what entitles you; look at the terms.

```text
screener data prices --list
screener data prices --provider stooq --from ~/Downloads/d_us_txt.zip
TIINGO_API_KEY=... screener data prices --provider tiingo
```

PROVIDERS
One basis for all of them. Stored closes are adjusted for the splits up to their last day and not for dividends (but for
Stooq's), `adj_close` for both, and volume is on the basis of the closes. Splits that a provider states are used; only
in files without them, raw closes next to adjusted ones are told by the ratio by which both part.

- *What was fetched* is one Parquet file. A later run asks for each ticker what came after its last day, and ten days
  that are there already: if a close or an adjusted close of these has changed, or a split comes after them, the ticker
  is fetched whole again. Today has no close yet, and is left out.
- Ctrl-C and a provider's limit keep what came; the same command goes on from there. A ticker that the provider does not
  know, and one without a new day for a month, is asked for once a month. `--since` bounds the first day, `--tickers`
  the tickers. Another provider replaces ticker by ticker; what it does not have stays.
- *A file or folder of your own* is not copied: every build reads it where it lies, and again when it has changed. When
  it is gone, the prices that were read from it last are used, and a line says so.
- Keys are read from the environment, sent to their provider alone, and are in no message, file or data set. Your
  contact for the SEC is sent to nobody else.
- *Who has no price* is told after a build and by `screener data info`: companies that report, with no price or none in
  the ten days to the newest session, by their total assets (their market value is what is missing).
- *Without any prices* the data set works: screens on statements alone run; what rests on the market value is unknown,
  and a universe that needs it says which condition left nobody.

"""


def prices_section() -> str:
    """Return the section."""
    rows = ["| name | what | needs | closes | `adj_close` | history | terms |", "|---|---|---|---|---|---|---|"]
    rows += [
        f"| `{row.name}` | {row.label} | `{row.needs}` | {row.closes} | {row.adjusted} | {row.history} | {row.terms} |"
        for row in PROVIDERS
    ]
    return _SECTION.replace("PROVIDERS", "\n".join([*rows, ""]))
