"""Issuers in batches: which ones must be worked on, how they are shared out, and how the tables come together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from screener.lake.files import exactly
from screener.lake.parallel import cut, in_order, workers, write_ranges
from screener.lake.schema import FAR_DATE, Columns, fundamentals
from screener.sources.report import Progress
from screener.standardize.columns import text
from screener.standardize.issuers import ISSUERS_FILE

if TYPE_CHECKING:
    import duckdb

# Shared out among the threads: a batch takes some 3 KB a fact, and planning its queries takes a second.
BATCH_FACTS = 300_000
# Rows of fundamentals have hundreds of columns: so many issuers are sorted at once by each thread.
RANGE_ISSUERS = 250

SPLITS: Columns = (
    ("issuer_id", "BIGINT", "the issuer"),
    ("switch_date", "DATE", "day of the first filing on the new share basis"),
    ("ratio", "DOUBLE", "new shares for an old one; below 1 for a reverse split"),
)
SPLITS_FILE = "splits.parquet"


@dataclass(frozen=True, slots=True)
class Output:
    """A table that standardization writes: its file, the table of a batch that it is made of, its columns and order.

    The order begins with ``issuer_id`` and tells all rows apart.
    """

    file: str
    table: str
    columns: Columns
    order: str


FUNDAMENTALS = Output("fundamentals.parquet", "versions", fundamentals(), "issuer_id, period_end, known_from")
FOUND_SPLITS = Output(SPLITS_FILE, "all_splits", SPLITS, "issuer_id, switch_date, ratio")
OUTPUTS = (FUNDAMENTALS, FOUND_SPLITS)


@dataclass(frozen=True, slots=True)
class Reuse:
    """Rows that are there already: ``find`` gives, by name, the outputs and ``issuers.parquet`` of an earlier build.

    ``issuers`` are those whose facts are the same as then; ``None`` means all.
    """

    find: Callable[[str], Path]
    issuers: frozenset[int] | None


def unchanged(con: duckdb.DuckDBPyConnection, reuse: Reuse) -> set[int]:
    """Return the issuers of ``reuse`` of which nothing else has changed, against the table ``issuers``.

    The last day with a price matters only for which splits lie before it.
    """
    splits, issuers = (text(str(reuse.find(name))) for name in (SPLITS_FILE, ISSUERS_FILE))
    rows = con.execute(
        f"""SELECT n.issuer_id FROM issuers n JOIN read_parquet({issuers}) o USING (issuer_id)
        WHERE (n.model, n.sic, n.fiscal_year_end, n.several_lines, n.mark)
          IS NOT DISTINCT FROM (o.model, o.sic, o.fiscal_year_end, o.several_lines, o.mark)
          AND NOT EXISTS (
            SELECT 1 FROM read_parquet({splits}) s WHERE s.issuer_id = n.issuer_id
              AND (s.switch_date <= coalesce(n.last_price, DATE '{FAR_DATE}'))
                <> (s.switch_date <= coalesce(o.last_price, DATE '{FAR_DATE}')))"""
    ).fetchall()
    found = {row[0] for row in rows}
    return found if reuse.issuers is None else found & reuse.issuers


def same_facts(con: duckdb.DuckDBPyConnection, new: Path, old: Path, known: Collection[int]) -> set[int]:
    """Return the issuers whose facts are the same in two tables of them, in whatever order, besides the ``known``.

    Rows are compared by their number and two sums of 64-bit hashes.
    """
    con.execute(
        "CREATE OR REPLACE TEMP TABLE known_issuers AS SELECT unnest(?::BIGINT[]) AS issuer_id", [sorted(known)]
    )

    def hashed(path: Path) -> str:
        return (
            "SELECT issuer_id, count(*) AS number, sum(hash(f)::HUGEINT) AS total, bit_xor(hash(f)) AS mixed FROM "
            f"read_parquet({text(str(path))}) f ANTI JOIN known_issuers USING (issuer_id) GROUP BY issuer_id"
        )

    rows = con.execute(
        f"SELECT issuer_id FROM ({hashed(new)}) JOIN ({hashed(old)}) USING (issuer_id, number, total, mixed)"
    ).fetchall()
    return {row[0] for row in rows}


def leave_out(con: duckdb.DuckDBPyConnection, facts: Path, kept: set[int], target: Path) -> None:
    """Write the facts of all issuers but ``kept`` to ``target``."""
    con.execute("CREATE OR REPLACE TEMP TABLE kept_issuers AS SELECT unnest(?::BIGINT[]) AS issuer_id", [sorted(kept)])
    con.execute(
        f"COPY (SELECT f.* FROM read_parquet({text(str(facts))}) f ANTI JOIN kept_issuers USING (issuer_id)) "
        f"TO {text(str(target))} (FORMAT parquet)"
    )


def plan(con: duckdb.DuckDBPyConnection, facts: Path, most_issuers: int) -> list[list[int]]:
    """Cut the issuers of ``facts``, in the order of their ids, into batches by their facts."""
    sizes = con.execute(
        f"SELECT issuer_id, count(*) FROM read_parquet({text(str(facts))}) GROUP BY issuer_id ORDER BY issuer_id"
    ).fetchall()
    batches: list[list[int]] = []
    for first, last in cut(sizes, BATCH_FACTS // workers()):
        issuers = [issuer for issuer, _ in sizes if first <= issuer <= last]
        batches.extend(issuers[at : at + most_issuers] for at in range(0, len(issuers), most_issuers))
    return batches


def run(
    batches: Sequence[list[int]],
    prepare: Callable[[duckdb.DuckDBPyConnection], None],
    work_on: Callable[[duckdb.DuckDBPyConnection, list[int]], None],
    work: Path,
    progress: Progress | None,
) -> None:
    """Work on the batches in a few threads; the tables of each become Parquet parts in ``work``."""

    def one(con: duckdb.DuckDBPyConnection, task: tuple[int, list[int]]) -> int:
        number, batch = task
        work_on(con, batch)
        for output in OUTPUTS:
            part = text(str(_part(work, output, number)))
            con.execute(f"COPY (SELECT * FROM {output.table}) TO {part} (FORMAT parquet)")
        return len(batch)

    total = sum(map(len, batches))
    done = 0
    for count in in_order(enumerate(batches), prepare, one, work / "spill"):
        done += count
        if progress:
            progress(f"standardizing {done:,} of {total:,} issuers", done, total)


@dataclass(frozen=True, slots=True)
class Rows:
    """Where the rows of this build are: its batches with their parts in ``work``, and ``kept`` issuers in ``reuse``."""

    work: Path
    batches: Sequence[list[int]]
    kept: set[int]
    reuse: Reuse | None

    def files(self, output: Output) -> list[Path]:
        """Return the files of an output's rows; those of ``reuse`` have more than the kept ones."""
        parts = [_part(self.work, output, number) for number in range(len(self.batches))]
        return [*parts, self.reuse.find(output.file)] if self.reuse else parts


def assemble(stage: Path, rows: Rows, output: Output, finish: Callable[[str], str] = str) -> None:
    """Write an output into ``stage``: from the parts of the batches and, for kept issuers, from the earlier build.

    ``finish`` makes the query that is written of the query of the rows.
    """
    work, batches, kept, reuse = rows.work, rows.batches, rows.kept, rows.reuse
    spans = [(batch[0], batch[-1]) for batch in batches]
    everyone = sorted(kept.union(*batches))
    ranges = [(everyone[at], everyone[at : at + RANGE_ISSUERS][-1]) for at in range(0, len(everyone), RANGE_ISSUERS)]
    selects = []
    for first, last in ranges:
        between = f"WHERE issuer_id BETWEEN {first} AND {last}"
        sources = [
            f"{exactly(_rows(_part(work, output, n)), output.columns)} {between}"
            for n, span in enumerate(spans)
            if span[0] <= last and span[1] >= first
        ]
        listed = ", ".join(str(issuer) for issuer in sorted(kept) if first <= issuer <= last)
        if reuse and listed:
            sources.append(f"{_rows(reuse.find(output.file))} {between} AND issuer_id IN ({listed})")
        selects.append(finish(" UNION ALL ".join(sources)))
    write_ranges(selects, stage / output.file, output.columns, output.order, work / "spill")


def _rows(path: Path) -> str:
    return f"SELECT * FROM read_parquet({text(str(path))})"


def _part(work: Path, output: Output, number: int) -> Path:
    return work / f"{number:05d}-{output.file}"
