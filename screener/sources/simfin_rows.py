"""SimFin's statement rows made sound: the day on which each became public, share counts, one value per period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.sources.report import EXAMPLES, BuildReport

if TYPE_CHECKING:
    import duckdb

# Where the publication day is unknowable: the 10-K deadline of small companies (90 days), an extension, a margin.
UNKNOWN_DELAY_DAYS = 120

# No company has that many shares; two share counts of one period don't differ that much.
MOST_SHARES = 1e11
SHARE_RATIO = 100
# How far a share count may lie from the company's median to be the right one of a conflicting pair.
NEAR_RATIO = 20

# Total assets of one day that differ by this factor are on two scales (thousands against units).
SCALE_RATIO = 100

BASIC = "simfin:Shares (Basic)"
DILUTED = "simfin:Shares (Diluted)"

FACTS_QUERY = """SELECT issuer_id, tag, CASE WHEN kind = 'avg' THEN 'shares' ELSE currency END AS unit,
    CASE WHEN kind <> 'instant' THEN CAST(report_date + INTERVAL 1 DAY - to_months(months) AS DATE) END AS "start",
    report_date AS "end", value, filed, 'simfin' AS form, NULL AS accession, NULL AS statement
FROM vendor_facts"""


def clean_rows(con: duckdb.DuckDBPyConnection, report: BuildReport, *, strict: bool) -> None:
    """Make the table ``vendor_facts`` from ``vendor_rows`` and ``issuer_of``; count every change in ``report``."""
    _date_rows(con, report, strict=strict)
    _drop_second_tickers(con, report)
    con.execute(
        """CREATE OR REPLACE TEMP TABLE vendor_values AS
        SELECT source, months, issuer_id, ticker, currency, report_date, filed, item.tag, item.kind, item.value
        FROM (SELECT *, unnest(items) AS item FROM dated_rows JOIN issuer_of USING (simfin_id))
        WHERE item.value IS NOT NULL"""
    )
    _drop_shares(con, report)
    _one_value(con, report)


def _date_rows(con: duckdb.DuckDBPyConnection, report: BuildReport, *, strict: bool) -> None:
    """Give each row its ``filed`` day (table ``dated_rows``).

    A publish date before the report date is impossible. The period's other statements came out in the same filing,
    so the latest sound date among them stands in; where there is none, the report date plus a delay does.
    """
    later = "greatest(published, coalesce(restated, published))" if strict else "published"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE dated_rows AS
        WITH sound AS (
            SELECT *, CASE WHEN published >= report_date THEN {later} END AS good FROM vendor_rows
        ), borrowed AS (
            SELECT *, max(good) OVER (PARTITION BY simfin_id, report_date) AS other FROM sound
        )
        SELECT *, coalesce(good, other, report_date + {UNKNOWN_DELAY_DAYS})::DATE AS filed,
            CASE WHEN good IS NOT NULL THEN '' WHEN other IS NOT NULL THEN 'borrowed' ELSE 'assumed' END AS dating
        FROM borrowed"""
    )
    reasons = {
        "borrowed": "publish date missing or before report date: date of the period's other statements",
        "assumed": f"publish date missing or before report date: report date + {UNKNOWN_DELAY_DAYS} days",
    }
    for dating, reason in reasons.items():
        for source, number, examples in con.execute(
            f"""SELECT source, count(*), list(ticker || ' ' || report_date ORDER BY ticker, report_date)[:{EXAMPLES}]
            FROM dated_rows WHERE dating = '{dating}' GROUP BY source ORDER BY source"""
        ).fetchall():
            report.changed(source, "rows", reason, number, examples)
    rows, restated = con.execute(
        "SELECT count(*), count(*) FILTER (WHERE restated > published) FROM vendor_rows"
    ).fetchall()[0]
    dated = "dated at the later of publication and restatement" if strict else "dated at their first publication"
    report.note(f"{restated:,} of {rows:,} SimFin rows were restated after publication; their values are {dated}")


def _drop_second_tickers(con: duckdb.DuckDBPyConnection, report: BuildReport) -> None:
    for source, kept, dropped, examples in con.execute(
        f"""SELECT source, count(issuer_id), count(*) - count(issuer_id),
            list(DISTINCT ticker ORDER BY ticker) FILTER (WHERE issuer_id IS NULL)[:{EXAMPLES}]
        FROM dated_rows LEFT JOIN issuer_of USING (simfin_id) GROUP BY source ORDER BY source"""
    ).fetchall():
        report.kept(source, "rows", kept)
        report.dropped(source, "rows", "second ticker of an issuer: its facts are taken once", dropped, examples or [])


def _drop_shares(con: duckdb.DuckDBPyConnection, report: BuildReport) -> None:
    """Drop impossible share counts, and of a pair that disagrees by :data:`SHARE_RATIO` the one that is wrong.

    Right is what lies near the company's median of undisputed counts; where neither does, both go.
    """
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE bad_shares AS
        WITH counts AS (
            SELECT source, issuer_id, ticker, report_date, tag, value,
                value <= 0 OR value > {MOST_SHARES} AS impossible,
                max(value) FILTER (WHERE tag = '{BASIC}' AND NOT impossible) OVER pair AS basic,
                max(value) FILTER (WHERE tag = '{DILUTED}' AND NOT impossible) OVER pair AS diluted
            FROM vendor_values WHERE tag IN ('{BASIC}', '{DILUTED}')
            WINDOW pair AS (PARTITION BY source, issuer_id, report_date)
        ), judged AS (
            SELECT *, greatest(basic, diluted) >= {SHARE_RATIO} * least(basic, diluted)
                AND basic IS NOT NULL AND diluted IS NOT NULL AS disputed
            FROM counts
        ), compared AS (
            SELECT *, median(value) FILTER (WHERE NOT disputed AND NOT impossible) OVER company AS usual
            FROM judged WINDOW company AS (PARTITION BY issuer_id)
        )
        SELECT source, issuer_id, ticker, report_date, tag, value,
            CASE WHEN impossible THEN 'share count is zero, negative or above 100 billion: dropped'
                ELSE 'share counts of one period differ by a factor of 100: the odd one dropped' END AS reason
        FROM compared
        WHERE impossible OR (disputed AND NOT coalesce(
            value BETWEEN usual / {NEAR_RATIO} AND usual * {NEAR_RATIO}, false))"""
    )
    for source, reason, number, examples in con.execute(
        f"""SELECT source, reason, count(*),
            list(concat_ws(' ', ticker, report_date, tag, value) ORDER BY ticker, report_date, tag)[:{EXAMPLES}]
        FROM bad_shares GROUP BY source, reason ORDER BY source, reason"""
    ).fetchall():
        report.changed(source, "rows", reason, number, examples)
    con.execute(
        """DELETE FROM vendor_values AS v USING bad_shares AS b WHERE v.source = b.source
        AND v.issuer_id = b.issuer_id AND v.report_date = b.report_date AND v.tag = b.tag"""
    )


def _one_value(con: duckdb.DuckDBPyConnection, report: BuildReport) -> None:
    """Keep one value a period (table ``vendor_facts``).

    Balances come in the quarterly and the annual file. The vendor's annual balance sheets count operating leases as
    debt and fixed assets, the quarterly ones follow the face of the statement: so the quarterly row is kept whole,
    its missing values too. Only where its total assets are on another scale is the annual row kept instead.
    """
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE balance_days AS
        SELECT issuer_id, report_date, min(ticker) AS ticker, bool_or(months = 3) AS quarterly,
            coalesce(greatest({_assets(3)}, {_assets(12)}) >= {SCALE_RATIO} * least({_assets(3)}, {_assets(12)}), false)
                AND count(DISTINCT months) = 2 AS off_scale
        FROM vendor_values WHERE kind = 'instant' GROUP BY issuer_id, report_date"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE chosen_values AS
        SELECT v.* FROM vendor_values v LEFT JOIN balance_days d USING (issuer_id, report_date)
        WHERE kind <> 'instant' OR months = CASE WHEN quarterly AND NOT off_scale THEN 3 ELSE 12 END"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE vendor_facts AS SELECT * FROM chosen_values
        QUALIFY row_number() OVER (
            PARTITION BY issuer_id, tag, report_date, months ORDER BY filed DESC, source, value) = 1"""
    )
    counts = [con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in _STEPS]
    report.read("simfin", "facts", counts[0])
    report.kept("simfin", "facts", counts[2])
    report.dropped("simfin", "facts", "balance of the same day in the other file", counts[0] - counts[1])
    report.dropped("simfin", "facts", "the same period twice in one file", counts[1] - counts[2])
    count = con.execute("SELECT count(*) FROM balance_days").fetchall()[0][0]
    report.read("simfin", "balance sheets", count)
    report.kept("simfin", "balance sheets", count)
    for reason, condition in (
        ("only an annual balance sheet: operating leases may count as debt", "NOT quarterly"),
        (f"quarterly total assets off by a factor of {SCALE_RATIO}: annual balance sheet kept", "off_scale"),
    ):
        days = con.execute(
            f"SELECT ticker || ' ' || report_date FROM balance_days WHERE {condition} ORDER BY ALL"
        ).fetchall()
        report.changed("simfin", "balance sheets", reason, len(days), [row[0] for row in days])


_STEPS = ("vendor_values", "chosen_values", "vendor_facts")


def _assets(months: int) -> str:
    return f"max(abs(value)) FILTER (WHERE tag = 'simfin:Total Assets' AND months = {months})"
