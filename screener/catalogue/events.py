"""Filings that mean something by themselves: one row a kind of event, with the forms and 8-K items that tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

# Before EDGAR there is no list of filings: a list that lacks nothing reaches back to its first day.
EDGAR_BEGAN = date(1993, 1, 1)


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event.

    forms: those that tell it, exactly as given (amendments are other forms). items: of an 8-K, one of which must be
    reported. subject: the form is in the lists of all who take part; it counts where the issuer is its subject, which
    the file number (``005-``) tells. stated: it counts where facts of a balance sheet come from that very filing.
    """

    name: str
    label: str
    forms: tuple[str, ...]
    meaning: str
    source: str
    items: tuple[str, ...] = ()
    subject: bool = False
    stated: bool = False


EVENTS: tuple[EventKind, ...] = (
    EventKind("auditor_change", "Change of auditor", ("8-K",), "the auditor resigned, was dismissed or was engaged", "8-K item 4.01", ("4.01",)),
    EventKind("non_reliance", "Statements not to be relied on", ("8-K",), "earlier financial statements are wrong and will be restated", "8-K item 4.02", ("4.02",)),
    EventKind("late_filing", "Report late", ("NT 10-K", "NT 10-Q"), "a report will not be filed in time", "Form 12b-25"),
    EventKind("amended_report", "Annual report amended, with statements", ("10-K/A", "10-KT/A"), "the annual report was filed again with financial statements; amendments without them are no event", "Exchange Act rule 12b-15", stated=True),
    EventKind("acquisition_completed", "Acquisition or disposal completed", ("8-K",), "significant assets were bought or sold; the item does not say which", "8-K item 2.01", ("2.01",)),
    EventKind("rights_modified", "Rights of holders changed", ("8-K",), "rights of shareholders were changed materially; rights plans (poison pills) are announced so", "8-K item 3.03", ("3.03",)),
    EventKind("activist_13d", "New holder with intent", ("SC 13D", "SCHEDULE 13D"), "a holder of more than 5 % reports for the first time, and may seek influence", "Exchange Act rule 13d-1(a)", subject=True),
    EventKind("tender_offer", "Tender offer by a third party", ("SC TO-T",), "somebody else offers to buy the shares", "Exchange Act rule 14d-3", subject=True),
    EventKind("merger_proxy", "Vote on a merger", ("DEFM14A", "PREM14A", "DEFM14C", "PREM14C"), "shareholders vote on, or are informed of, a merger; a buyer that issues shares asks its own, too", "Exchange Act rules 14a-6, 14c-5"),
    EventKind("going_private", "Going private", ("SC 13E3",), "an insider or affiliate takes the company private", "Exchange Act rule 13e-3", subject=True),
    EventKind("delisting_notice", "Notice of delisting", ("8-K",), "the listing rules are not met, or the listing moves", "8-K item 3.01", ("3.01",)),
    EventKind("material_impairment", "Material impairment", ("8-K",), "an asset is written down materially", "8-K item 2.06", ("2.06",)),
    EventKind("bankruptcy", "Bankruptcy or receivership", ("8-K",), "a court was asked for protection, or appointed a receiver", "8-K item 1.03", ("1.03",)),
    EventKind("debt_acceleration", "Debt falls due early", ("8-K",), "a default or another event makes debt due", "8-K item 2.04", ("2.04",)),
    EventKind("control_change", "Change of control", ("8-K",), "control of the company went to another", "8-K item 5.01", ("5.01",)),
    EventKind("management_change", "Directors or officers change", ("8-K",), "a director or principal officer came, went or was paid anew", "8-K item 5.02", ("5.02",)),
)  # fmt: skip

BY_NAME: dict[str, EventKind] = {row.name: row for row in EVENTS}

# What the fields count: see the rows of fields.py over the alias ``e``.
RED_FLAGS = ("auditor_change", "non_reliance", "late_filing", "amended_report")
BIDS = ("tender_offer", "merger_proxy")
DEALS = "acquisition_completed"
RED_FLAG_MONTHS = 24
MONTHS = 12


def window_start(months: int) -> str:
    """Return SQL of the first day of the ``months`` that end with the day ``d.as_of``."""
    return f"CAST(d.as_of - INTERVAL {months} MONTH AS DATE) + 1"


def covered(months: int) -> str:
    """Return the SQL test, over ``c`` and ``d``, that the issuer's list of filings reaches back that far."""
    return f"c.filings_since <= {window_start(months)}"


def count_sql(column: str, months: int) -> str:
    """Return SQL of a count over ``months``: zero where the list has none, NULL where it does not reach back."""
    return f"CASE WHEN {covered(months)} THEN CAST(coalesce({column}, 0) AS DOUBLE) END"


def seen_sql(column: str, months: int = MONTHS) -> str:
    """Return SQL of whether there was one: true as soon as one is listed, false where the whole list has none."""
    return f"CASE WHEN coalesce({column}, false) THEN true WHEN {covered(months)} THEN false END"
