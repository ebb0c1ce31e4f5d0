"""The report that the tests of the workbook write and read back."""

from __future__ import annotations

import pytest

from screener.engine.report import Report
from screener.engine.result import Result
from tests.output.workbook.reports import report_of


@pytest.fixture
def report(result: Result) -> Report:
    """Return ten hostile names with verdicts, factors, near misses and meanings."""
    return report_of(result)
