"""Share counts of vendors' tables that cannot be: no shares, too many, or two of one period that do not agree."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from screener.catalogue.vendor_items import vendor_items
from screener.lake.files import quoted
from screener.sources.report import EXAMPLES, BuildReport
from screener.sources.simfin_rows import MOST_SHARES, NEAR_RATIO, SHARE_RATIO
from screener.sources.table_mapping import TableFile

if TYPE_CHECKING:
    import duckdb

PAIR = ("shares_basic", "shares_diluted")


def bad_shares(
    con: duckdb.DuckDBPyConnection, files: Sequence[tuple[TableFile, Path]], work: Path, report: BuildReport
) -> Path:
    """Return a Parquet file with the keys of the share counts that are left out; count them in ``report``.

    Of a pair that disagrees, right is what lies near the company's median of the undisputed counts known by then.
    """
    target = work / "bad-shares.parquet"
    con.execute(
        f"""COPY (
        WITH judged AS (
            SELECT *, value <= 0 OR value > {MOST_SHARES} AS impossible,
                max(value) FILTER (item = '{PAIR[0]}' AND NOT impossible) OVER pair AS basic,
                max(value) FILTER (item = '{PAIR[1]}' AND NOT impossible) OVER pair AS diluted
            FROM ({_counts(files)}) WINDOW pair AS (PARTITION BY file, issuer_id, "end", months, filed)
        ), disputed AS (
            SELECT *, item IN {PAIR} AND coalesce(greatest(basic, diluted) >= {SHARE_RATIO} * least(basic, diluted)
                AND basic IS NOT NULL AND diluted IS NOT NULL, false) AS disputed FROM judged
        ), compared AS (
            SELECT *, median(value) FILTER (NOT disputed AND NOT impossible) OVER (
                PARTITION BY issuer_id ORDER BY filed RANGE UNBOUNDED PRECEDING) AS usual
            FROM disputed
        )
        SELECT file, issuer_id, key, "end", months, filed, item, value,
            CASE WHEN impossible THEN 'share count is zero, negative or above 100 billion: dropped'
                ELSE 'share counts of one period differ by a factor of {SHARE_RATIO}: the odd one dropped' END AS reason
        FROM compared
        WHERE impossible OR (disputed AND NOT coalesce(
            value BETWEEN usual / {NEAR_RATIO} AND usual * {NEAR_RATIO}, false))
        ) TO {quoted(target)} (FORMAT parquet)"""
    )
    for number, reason, count, examples in con.execute(
        f"""SELECT file, reason, count(*), list(example ORDER BY example)[:{EXAMPLES}] FROM (
            SELECT file, reason, concat_ws(' ', key, "end", item, value) AS example
            FROM read_parquet({quoted(target)})) GROUP BY ALL ORDER BY ALL"""
    ).fetchall():
        report.changed(files[number][0].path.name, "rows", reason, count, examples)
    return target


def _counts(files: Sequence[tuple[TableFile, Path]]) -> str:
    known = vendor_items()
    found = [
        f'SELECT {number} AS file, issuer_id, key, "end", months, filed, {quoted(item.name)} AS item, '
        f"x{place} AS value FROM read_parquet({quoted(rows)}) WHERE x{place} IS NOT NULL"
        for number, (file, rows) in enumerate(files)
        for place, item in enumerate(file.table.items)
        if known[item.name].unit == "shares"
    ]
    nothing = (
        "SELECT 0 AS file, 0::BIGINT AS issuer_id, '' AS key, NULL::DATE AS \"end\", 0 AS months, NULL::DATE AS filed, "
        "'' AS item, 0.0 AS value WHERE false"
    )
    return " UNION ALL ".join([*found, nothing])
