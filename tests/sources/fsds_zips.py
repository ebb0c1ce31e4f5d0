"""Small zips in the form of SEC's Financial Statement Data Sets: the columns of 2010, and those of a day of 2025."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.sources.sec_files import write_zip

Rows = Sequence[Mapping[str, object]]

OLD = {
    "sub": "adsh cik name sic countryba stprba countryinc stprinc ein former changed afs wksi fye form period fy fp "
    "filed accepted prevrpt detail instance nciks aciks",
    "num": "adsh tag version ddate qtrs uom segments coreg value footnote",
    "pre": "adsh report line stmt inpth rfile tag version plabel negating",
    "tag": "tag version custom abstract datatype iord crdr tlabel doc",
}
NEW = {
    "sub": "adsh cik name sic fye form period filed accepted fy fp",
    "num": "adsh tag version ddate qtrs coreg uom value segments footnote",
    "pre": "adsh tag version report line stmt negating inpth rfile plabel",
}
ADSH = "0000000001-10-000001"


def filing(adsh: str = ADSH, **cells: object) -> dict[str, object]:
    """Return a row of sub: a 10-Q for March 2010 of company 1, a chip maker in Delaware, unless told otherwise."""
    return {
        "adsh": adsh, "cik": 1, "name": 'THE "X" CO', "sic": 3674, "countryinc": "US", "stprinc": "DE", "fye": "1231",
        "form": "10-Q", "period": "20100331", "filed": "20100507", "accepted": "2010-05-07 13:14:00.0", **cells,
    }  # fmt: skip


def value(tag: str, amount: object, ddate: str = "20100331", qtrs: object = 0, **cells: object) -> dict[str, object]:
    """Return a row of num: a US GAAP tag in dollars of the filing above, unless told otherwise."""
    return {
        "adsh": ADSH, "tag": tag, "version": "us-gaap/2009", "ddate": ddate, "qtrs": qtrs, "uom": "USD",
        "value": amount, **cells,
    }  # fmt: skip


def line(tag: str, stmt: str, **cells: object) -> dict[str, object]:
    """Return a row of pre: a tag on the face of a statement."""
    return {
        "adsh": ADSH, "report": 2, "line": 1, "stmt": stmt, "inpth": 0, "rfile": "R", "tag": tag,
        "version": "us-gaap/2009", "plabel": "Caf\u00e9 \"quoted", "negating": 0, **cells,
    }  # fmt: skip


def text(columns: str, rows: Rows, end: str = "\n") -> str:
    """Return a member: a header and the rows, separated by tabs and never quoted."""
    names = columns.split()
    cells = [[str(row.get(name, "")) for name in names] for row in rows]
    return "".join("\t".join(row) + end for row in [names, *cells])


def members(sub: Rows, num: Rows, pre: Rows, *, new: bool = False) -> dict[str, str | bytes]:
    """Return the members of a data set in the form of 2010 or (``new``) of a day of 2025."""
    columns, end = (NEW, "\r\n") if new else (OLD, "\n")
    return {f"{name}.txt": text(columns[name], rows, end) for name, rows in (("sub", sub), ("num", num), ("pre", pre))}


def data_set(path: Path, sub: Rows, num: Rows, pre: Rows = (), *, new: bool = False) -> Path:
    """Write the data set as a zip file."""
    return write_zip(path, members(sub, num, pre, new=new))
