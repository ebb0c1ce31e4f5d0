"""The reporting model of an issuer on each day, from the tags of its last five filings, its industry as referee."""

from __future__ import annotations

from screener.catalogue.items import BY_NAME
from screener.catalogue.vendor_items import FORM
from screener.standardize.columns import texts, vendor_tag
from screener.standardize.versions import REVENUE_TAGS

# What a filing shows: any of the tags, with a value other than zero.
SIGNS: dict[str, tuple[str, ...]] = {
    "net_interest": ("InterestIncomeExpenseNet",),
    "noninterest": ("NoninterestIncome",),
    "deposits": ("Deposits",),
    "provision": BY_NAME["provision_credit_losses"].tags,
    "premiums": BY_NAME["premiums_earned"].tags,
    "policies": BY_NAME["policy_liabilities"].tags,
    "net_of_interest": ("RevenuesNetOfInterestExpense", "RevenuesExcludingInterestAndDividends"),
    "regulated": ("RegulatedAndUnregulatedOperatingRevenue",),
    "classified": ("AssetsCurrent", "ifrs:CurrentAssets", "simfin:Total Current Assets"),
    "costs": ("CostOfRevenue", "CostOfGoodsAndServicesSold", "GrossProfit", "ifrs:CostOfSales"),
    "ifrs": ("ifrs:Assets",),
    "gaap": ("Assets",),
}
FILINGS = 5
# A vendor's facts have its form, and its form is their taxonomy.
VENDOR_FORMS = ("simfin", FORM)
# Of revenue or of assets: a bank lives on interest, a mortgage REIT on interest too, a REIT owns property.
INTEREST_SHARE, MORTGAGE_SHARE, PROPERTY_SHARE = 0.3, 0.5, 0.4
# Below this a company that does research sells nothing yet.
PRE_REVENUE = 1_000_000
RECENT_DAYS = 400


def _research() -> tuple[str, ...]:
    item = BY_NAME["research_development"]
    return (*item.tags, *(f"ifrs:{tag}" for tag in item.ifrs), vendor_tag(item))


def _sales() -> tuple[str, ...]:
    item = BY_NAME["revenue"]
    return tuple(dict.fromkeys((*REVENUE_TAGS, *item.fill, *item.parts, *(f"ifrs:{tag}" for tag in item.ifrs))))


# One row a periodic filing day: what it shows, and the shares that it allows to be computed from one period.
_SHOWN = f"""
shown AS (
  SELECT eid, filed, {", ".join(f"bool_or(tag IN {texts(tags)}) AS {name}" for name, tags in SIGNS.items())},
    bool_or(tag IN {texts(_research())} AND value > 0) AS research,
    coalesce(max(CASE WHEN tag IN {texts(_sales())} AND filed - "end" <= {RECENT_DAYS} THEN value END), 0) AS sales
  FROM mentions WHERE form_rank = 1 AND value <> 0 GROUP BY eid, filed),
amounts AS (
  SELECT eid, filed, start, "end",
    max(CASE WHEN tag IN {texts(REVENUE_TAGS)} THEN value END) AS revenue,
    max(CASE WHEN tag = 'InterestIncomeExpenseNet' THEN value END) AS net_interest,
    max(CASE WHEN tag = 'NoninterestIncome' THEN value END) AS noninterest,
    max(CASE WHEN tag = 'InterestAndDividendIncomeOperating' THEN value END) AS interest,
    max(CASE WHEN tag = 'RealEstateInvestmentPropertyNet' THEN value END) AS property,
    max(CASE WHEN tag IN ('Assets', 'ifrs:Assets') THEN value END) AS assets
  FROM mentions WHERE form_rank = 1 GROUP BY eid, filed, start, "end"),
shares AS (
  SELECT eid, filed,
    bool_or(net_interest > {INTEREST_SHARE} * greatest(revenue, net_interest + noninterest)) AS lives_on_interest,
    bool_or(interest > {MORTGAGE_SHARE} * revenue) AS mortgage,
    bool_or(property > {PROPERTY_SHARE} * assets) AS landlord
  FROM amounts GROUP BY eid, filed)"""

_WINDOWED = (*SIGNS, "research", "lives_on_interest", "mortgage", "landlord")


def _model() -> str:
    """Return the SQL of the model: the tags say what it may be, the industry (``hint``) which of several it is."""
    two = "(net_interest::INT + noninterest::INT + deposits::INT + provision::INT) >= 2"
    bank = f"({two} AND (deposits OR lives_on_interest))"
    insurer = "(premiums AND policies)"
    # A classified balance sheet with a cost of sales outside the financial industries: a captive, not a bank.
    industrial = "((classified OR costs) AND NOT coalesce(sic BETWEEN 6000 AND 6799, hint <> 'standard'))"
    return f"""CASE
      WHEN hint = 'fund' THEN 'fund'
      WHEN hint = 'shell' AND sales < {PRE_REVENUE} THEN 'shell'
      WHEN hint = 'broker' AND net_of_interest THEN 'broker'
      WHEN hint = 'insurer' AND {insurer} THEN 'insurer'
      WHEN hint = 'reit' THEN CASE WHEN mortgage AND NOT landlord THEN 'bank' ELSE 'reit' END
      WHEN {bank} AND NOT {industrial} THEN 'bank'
      WHEN {insurer} AND NOT {industrial} THEN 'insurer'
      WHEN hint = 'utility' THEN 'utility'
      WHEN landlord THEN 'reit'
      WHEN regulated THEN 'utility'
      WHEN hint IN ('bank', 'insurer') AND NOT (classified OR costs) THEN hint
      WHEN hint IN ('insurer', 'broker') AND taxonomy <> 'gaap' THEN hint
      WHEN research AND sales < {PRE_REVENUE} THEN 'pre_revenue'
      WHEN taxonomy = 'ifrs' THEN 'ifrs'
      ELSE 'standard' END"""


def models() -> str:
    """Return SQL that makes ``model_known``: entity, filing day, taxonomy and reporting model as known from that day.

    Reads ``mentions``, ``entities`` and ``issuers`` (the model of the industry code as ``model``, and ``sic``).
    """
    seen = ", ".join(f"coalesce(bool_or({name}) OVER five, false) AS {name}" for name in _WINDOWED)
    return f"""
CREATE OR REPLACE TEMP TABLE model_known AS
WITH {_SHOWN},
vendor AS (
  SELECT eid, min(filed) AS born, any_value(form) AS form FROM entity_filings
  WHERE form IN {texts(VENDOR_FORMS)} GROUP BY eid),
windowed AS (
  SELECT s.eid, s.filed, s.ifrs AS ifrs_now, s.gaap AS gaap_now, max(s.sales) OVER five AS sales, {seen}
  FROM shown s LEFT JOIN shares USING (eid, filed)
  WINDOW five AS (PARTITION BY eid ORDER BY filed ROWS {FILINGS - 1} PRECEDING)),
named AS (
  SELECT w.*, coalesce(i.model, 'standard') AS hint, i.sic,
    CASE WHEN v.born <= w.filed THEN v.form WHEN gaap_now OR NOT ifrs THEN 'gaap'
         WHEN ifrs_now OR NOT gaap THEN 'ifrs' ELSE 'gaap' END AS taxonomy
  FROM windowed w JOIN entities e USING (eid) JOIN issuers i USING (issuer_id) LEFT JOIN vendor v USING (eid))
SELECT eid, filed, taxonomy, {_model()} AS model FROM named;
"""
