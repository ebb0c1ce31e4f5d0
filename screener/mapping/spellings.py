"""How vendors call what a mapping names, in small letters without signs: companies, dates, periods, line items."""

from __future__ import annotations

import re
from functools import cache

from screener.catalogue.items import ITEMS
from screener.catalogue.names import known_as
from screener.catalogue.vendor_items import vendor_items

# What a column may be called that tells the company; the first of a list that is there is taken.
COMPANY: dict[str, tuple[str, ...]] = {
    "id": ("permaticker", "gvkey", "simfinid", "companyid", "securityid", "entityid", "permno", "figi", "isin",
    "cusip"),
    "cik": ("cik", "ciknumber", "cikstr", "cikcode"),
    "ticker": ("ticker", "symbol", "tic", "tickersymbol", "stock", "code", "tradingsymbol"),
    "name": ("companyname", "name", "conm", "entityname", "company", "issuer", "registrantname"),
    "sector": ("sector", "gicssector", "gicssectorname"),
    "industry": ("industry", "gicsindustry", "industryname"),
    "sic": ("sic", "siccode", "sich"),
    "exchange": ("exchange", "exchangecode", "exchangename", "primaryexchange"),
    "country": ("country", "countrycode", "countryiso"),
}  # fmt: skip
END = (
    "periodend", "periodenddate", "fiscaldateending", "fiscalperiodend", "fiscalenddate", "reportperiod", "datadate",
    "enddate", "periodofreport", "balancedate", "statementdate", "reportdate", "quarterend", "asofdate", "perioddate",
    "period", "end", "date", "calendardate",
)  # fmt: skip
PUBLISHED = (
    "publishdate", "published", "publisheddate", "publicationdate", "filingdate", "fillingdate", "fileddate",
    "datefiled",
    "filed", "filedat", "accepteddate", "acceptancedate", "acceptancedatetime", "datekey", "rdq", "announcementdate",
    "announcedate", "anndate", "earningsdate", "reporteddate", "availabledate", "knowndate", "publicdate",
    "releasedate",
)  # fmt: skip
CURRENCY = ("currency", "reportedcurrency", "currencycode", "curcd", "curcdq", "reportingcurrency", "currencysymbol")
QUARTER = ("fqtr", "fiscalquarter", "fiscalqtr", "quarter", "fiscalperiod")
MONTHS = (
    "dimension", "frequency", "freq", "periodtype", "fiscalperiod", "period", "timeframe", "periodicity", "reporttype",
    "term",
)  # fmt: skip
ITEM = (
    "item",
    "lineitem",
    "indicator",
    "concept",
    "tag",
    "field",
    "metric",
    "account",
    "element",
    "variable",
    "itemname",
)
VALUE = ("value", "amount", "val", "figure", "datavalue")

# Values of a column that tells the period, in small letters.
PERIODS: dict[str, int] = {
    **dict.fromkeys(("q", "q1", "q2", "q3", "q4", "quarter", "quarterly", "3m", "3", "arq", "1q", "2q", "3q", "4q"), 3),
    **dict.fromkeys(("fy", "a", "y", "annual", "annually", "year", "yearly", "12m", "12", "ary"), 12),
    **dict.fromkeys(("6m", "h1", "semiannual", "6"), 6),
    **dict.fromkeys(("9m", "9"), 9),
}

# Items as vendors call them, beside our names, labels and synonyms and the tags of XBRL.
ITEM_NAMES: dict[str, str] = {
    "totalrevenue": "revenue", "totalrevenues": "revenue", "netsales": "revenue", "netrevenue": "revenue",
    "totalnetrevenue": "revenue", "turnover": "revenue",
    "costofgoodssold": "cost_of_revenue", "cogs": "cost_of_revenue", "costofsales": "cost_of_revenue",
    "costofgoodsandservicessold": "cost_of_revenue", "totalcostofrevenue": "cost_of_revenue",
    "grossincome": "gross_profit",
    "sellinggeneralandadministrativeexpenses": "sga", "sellinggeneraladministrative": "sga", "sgaexpenses": "sga",
    "sellinggeneralandadministrative": "sga", "sgaexpense": "sga", "researchdevelopment": "research_development",
    "researchanddevelopmentexpenses": "research_development", "rdexpense": "research_development",
    "totaloperatingexpenses": "operating_expenses", "operatingexpense": "operating_expenses",
    "opex": "operating_expenses",
    "costandexpenses": "total_costs", "ebit": "operating_income", "incomefromoperations": "operating_income",
    "operatingincomeloss": "operating_income", "incomebeforetax": "pretax_income", "profitbeforetax": "pretax_income",
    "earningsbeforetax": "pretax_income", "pretaxprofit": "pretax_income", "incometaxes": "income_tax",
    "incometaxexpense": "income_tax", "taxprovision": "income_tax", "provisionforincometaxes": "income_tax",
    "netincomeloss": "net_income", "netearnings": "net_income", "profitloss": "net_income_incl_nci",
    "netincomecommonstockholders": "net_income_to_common", "netincomeapplicabletocommonshares": "net_income_to_common",
    "netincomeavailabletocommon": "net_income_to_common", "epsbasic": "eps_basic", "basiceps": "eps_basic",
    "epsdiluted": "eps_diluted", "dilutedeps": "eps_diluted", "dps": "dividends_per_share",
    "weightedaverageshsout": "shares_basic", "weightedaverageshares": "shares_basic", "basicshares": "shares_basic",
    "weightedaveragesharesbasic": "shares_basic", "weightedaverageshsoutdil": "shares_diluted",
    "weightedaveragesharesdiluted": "shares_diluted", "dilutedshares": "shares_diluted",
    "commonstocksharesoutstanding": "shares_outstanding", "sharesout": "shares_outstanding",
    "outstandingshares": "shares_outstanding", "cashandcashequivalents": "cash", "cashandequivalents": "cash",
    "cashequivalents": "cash", "cashcashequivalents": "cash",
    "cashandshortterminvestments": "cash_and_short_term_investments",
    "cashcashequivalentsandshortterminvestments": "cash_and_short_term_investments",
    "shortterminvestment": "short_term_investments", "marketablesecurities": "short_term_investments",
    "netreceivables": "receivables", "accountsreceivable": "receivables", "accountreceivables": "receivables",
    "totalinventory": "inventory", "totalcurrentassets": "current_assets", "currentassetstotal": "current_assets",
    "ppe": "ppe_net", "netppe": "ppe_net", "propertyplantequipmentnet": "ppe_net", "propertyplantequipment": "ppe_net",
    "propertyplantandequipmentnet": "ppe_net", "propertyplantandequipment": "ppe_net",
    "intangibleassets": "intangibles",
    "accountpayables": "accounts_payable", "totalcurrentliabilities": "current_liabilities",
    "shorttermdebt": "debt_current", "currentdebt": "debt_current", "longtermdebttotal": "long_term_debt",
    "noncurrentdebt": "long_term_debt", "totalliab": "total_liabilities", "totalstockholdersequity": "equity",
    "totalshareholdersequity": "equity", "totalshareholderequity": "equity", "stockholderequity": "equity",
    "shareholderequity": "equity", "commonstockequity": "equity", "noncontrollinginterest": "minority_interest",
    "minorityinterests": "minority_interest", "preferredstock": "preferred", "preferredequity": "preferred",
    "netcashfromoperatingactivities": "cfo", "netcashprovidedbyoperatingactivities": "cfo", "cashfromoperations": "cfo",
    "totalcashfromoperatingactivities": "cfo", "cashflowfromoperations": "cfo",
    "cashflowfromoperatingactivities": "cfo",
    "netcashfrominvestingactivities": "cfi", "netcashusedforinvestingactivites": "cfi", "cashflowfrominvesting": "cfi",
    "investingcashflow": "cfi", "totalcashflowsfrominvestingactivities": "cfi",
    "netcashfromfinancingactivities": "cff", "netcashusedprovidedbyfinancingactivities": "cff",
    "financingcashflow": "cff",
    "cashflowfromfinancing": "cff", "totalcashfromfinancingactivities": "cff", "netchangeincash": "net_change_cash",
    "changeincash": "net_change_cash", "depreciationandamortization": "da", "depreciationamortization": "da",
    "depreciationdepletionandamortization": "da", "stockcompensation": "sbc", "sharebasedcompensation": "sbc",
    "capitalexpenditure": "capex", "capitalexpenditures": "capex", "purchaseofpropertyplantandequipment": "capex",
    "acquisitionsnet": "net_acquisitions", "dividendspaid": "dividends_paid", "dividendpayout": "dividends_paid",
    "paymentsofdividends": "dividends_paid", "commonstockrepurchased": "buybacks", "repurchaseofstock": "buybacks",
    "sharerepurchases": "buybacks", "commonstockissued": "stock_issued", "debtrepayment": "debt_repaid",
    "interestpaid": "interest_paid", "incometaxespaid": "taxes_paid",
}  # fmt: skip


def squashed(name: str) -> str:
    """Return a name in small letters and digits alone: ``Total Revenue``, ``total_revenue`` are ``totalrevenue``."""
    return re.sub(r"[^a-z0-9]+", "", name.casefold())


@cache
def _known() -> dict[str, tuple[str, bool]]:
    """Return the items by their squashed names, and whether the name is beyond doubt."""
    found: dict[str, tuple[str, bool]] = {}
    table = vendor_items()
    for item in ITEMS:
        if item.name in table:
            for tag in reversed((*item.tags, *item.ifrs)):
                found[squashed(tag)] = (item.name, tag == item.tags[0])
    found |= {name: (item, True) for name, item in ITEM_NAMES.items()}
    for row in table.values():
        found[squashed(row.label)] = (row.name, True)
        found[squashed(row.name)] = (row.name, True)
    return found


def item_of(column: str) -> tuple[str, bool] | None:
    """Return the line item that a column is called after, and whether that is beyond doubt; ``None`` for no item."""
    plain = squashed(column)
    found = _known().get(plain)
    # Assets, total; totalNetIncome.
    total = _known().get(f"total{plain.removesuffix('total')}") or _known().get(plain.removeprefix("total"))
    if found is None and total is not None:
        return total[0], False
    if found is None:
        meant = known_as(column)
        found = (meant, False) if meant in vendor_items() and meant is not None else None
    return found
