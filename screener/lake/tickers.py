"""The tickers of a data set that begin with some letters, for completion: quick, and none where it cannot be read."""

from __future__ import annotations

from screener.errors import DataError
from screener.lake.connect import find_data, open_lake
from screener.lake.remote import Url

# Beyond it a list is no help, and a shell takes long to show it.
MOST = 500


def tickers(prefix: str, data: str | None = None) -> list[tuple[str, str]]:
    """Return (ticker, company name) of listings whose ticker begins with ``prefix`` in any case, sorted, at most 500.

    data: as of :func:`screener.lake.connect.find_data`. A data set that is missing, damaged or of another schema has
    no tickers: whoever types a command learns of it when the command runs. Nor has one at an address, which is too far.
    """
    import duckdb

    try:
        place = find_data(data)
        if isinstance(place, Url):
            return []
        with open_lake(place) as lake:
            return lake.con.execute(
                "SELECT l.ticker, arg_max(c.name, coalesce(l.last_date, DATE '9999-12-31')) "
                "FROM listings AS l JOIN companies AS c USING (issuer_id) "
                "WHERE starts_with(l.ticker, ?) GROUP BY l.ticker ORDER BY l.ticker LIMIT ?",
                [prefix.upper().replace(".", "-"), MOST],
            ).fetchall()
    except (DataError, duckdb.Error, OSError):
        return []
