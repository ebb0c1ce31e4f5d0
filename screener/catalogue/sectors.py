"""The industry tables over SIC codes: Fama-French 12 and 49, a GICS-like sector approximation, and reporting models.

The ranges of a row are inclusive, four digits, separated by spaces; a row is tried in the order of its table and
the first match wins (the Fama-French tables have no overlaps, the GICS-like rules do).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

UNCLASSIFIED = "Unclassified"
OTHER = "Other"


@dataclass(frozen=True, slots=True)
class Sectors:
    """Where a company belongs: GICS-like sector and industry group, Fama-French codes (None without a SIC code)."""

    sector: str
    industry: str
    ff12: str | None
    ff49: str | None


# Ken French, Siccodes12; everything else is Other.
FF12: tuple[tuple[str, str], ...] = (
    ("NoDur", "0100-0999 2000-2399 2700-2749 2770-2799 3100-3199 3940-3989"),
    ("Durbl", "2500-2519 2590-2599 3630-3659 3710-3711 3714 3716 3750-3751 3792 3900-3939 3990-3999"),
    (
        "Manuf",
        "2520-2589 2600-2699 2750-2769 3000-3099 3200-3569 3580-3629 3700-3709 3712-3713 3715 3717-3749 3752-3791 "
        "3793-3799 3830-3839 3860-3899",
    ),
    ("Enrgy", "1200-1399 2900-2999"),
    ("Chems", "2800-2829 2840-2899"),
    ("BusEq", "3570-3579 3660-3692 3694-3699 3810-3829 7370-7379"),
    ("Telcm", "4800-4899"),
    ("Utils", "4900-4949"),
    ("Shops", "5000-5999 7200-7299 7600-7699"),
    ("Hlth", "2830-2839 3693 3840-3859 8000-8099"),
    ("Money", "6000-6999"),
)

# Ken French, Siccodes49, adjacent ranges merged; everything else is Other.
FF49: tuple[tuple[str, str, str], ...] = (
    ("Agric", "Agriculture", "0100-0299 0700-0799 0910-0919 2048"),
    ("Food", "Food Products", "2000-2046 2050-2063 2070-2079 2090-2092 2095 2098-2099"),
    ("Soda", "Candy & Soda", "2064-2068 2086-2087 2096-2097"),
    ("Beer", "Beer & Liquor", "2080 2082-2085"),
    ("Smoke", "Tobacco Products", "2100-2199"),
    ("Toys", "Recreation", "0920-0999 3650-3652 3732 3930-3931 3940-3949"),
    ("Fun", "Entertainment", "7800-7833 7840-7841 7900 7910-7911 7920-7933 7940-7949 7980 7990-7999"),
    ("Books", "Printing and Publishing", "2700-2749 2770-2771 2780-2799"),
    (
        "Hshld",
        "Consumer Goods",
        "2047 2391-2392 2510-2519 2590-2599 2840-2844 3160-3161 3170-3172 3190-3199 3229-3231 3260 3262-3263 3269 "
        "3630-3639 3750-3751 3800 3860-3861 3870-3873 3910-3911 3914-3915 3960-3962 3991 3995",
    ),
    ("Clths", "Apparel", "2300-2390 3020-3021 3100-3111 3130-3131 3140-3151 3963-3965"),
    ("Hlth", "Healthcare", "8000-8099"),
    ("MedEq", "Medical Equipment", "3693 3840-3851"),
    ("Drugs", "Pharmaceutical Products", "2830-2831 2833-2836"),
    ("Chems", "Chemicals", "2800-2829 2850-2879 2890-2899"),
    ("Rubbr", "Rubber and Plastic Products", "3031 3041 3050-3053 3060-3099"),
    ("Txtls", "Textiles", "2200-2284 2290-2295 2297-2299 2393-2395 2397-2399"),
    (
        "BldMt",
        "Construction Materials",
        "0800-0899 2400-2439 2450-2459 2490-2499 2660-2661 2950-2952 3200 3210-3211 3240-3241 3250-3259 3261 3264 "
        "3270-3275 3280-3281 3290-3293 3295-3299 3420-3433 3440-3442 3446 3448-3452 3490-3499 3996",
    ),
    ("Cnstr", "Construction", "1500-1511 1520-1549 1600-1799"),
    ("Steel", "Steel Works Etc", "3300 3310-3317 3320-3325 3330-3341 3350-3357 3360-3379 3390-3399"),
    ("FabPr", "Fabricated Products", "3400 3443-3444 3460-3479"),
    ("Mach", "Machinery", "3510-3536 3538 3540-3569 3580-3582 3585-3586 3589-3599"),
    ("ElcEq", "Electrical Equipment", "3600 3610-3613 3620-3621 3623-3629 3640-3646 3648-3649 3660 3690-3692 3699"),
    ("Autos", "Automobiles and Trucks", "2296 2396 3010-3011 3537 3647 3694 3700 3710-3711 3713-3716 3790-3792 3799"),
    ("Aero", "Aircraft", "3720-3721 3723-3725 3728-3729"),
    ("Ships", "Shipbuilding, Railroad Equipment", "3730-3731 3740-3743"),
    ("Guns", "Defense", "3480-3489 3760-3769 3795"),
    ("Gold", "Precious Metals", "1040-1049"),
    ("Mines", "Non-Metallic and Industrial Metal Mining", "1000-1039 1050-1119 1400-1499"),
    ("Coal", "Coal", "1200-1299"),
    ("Oil", "Petroleum and Natural Gas", "1300 1310-1339 1370-1382 1389 2900-2912 2990-2999"),
    ("Util", "Utilities", "4900 4910-4911 4920-4925 4930-4932 4939-4942"),
    ("Telcm", "Communication", "4800 4810-4813 4820-4822 4830-4841 4880-4892 4899"),
    (
        "PerSv",
        "Personal Services",
        "7020-7021 7030-7033 7200 7210-7212 7214-7217 7219-7221 7230-7231 7240-7241 7250-7251 7260-7299 7395 7500 "
        "7510-7515 7520-7549 7600 7620 7622-7623 7629-7631 7640-7641 7690-7699 8100-8499 8600-8699 8800-8899",
    ),
    (
        "BusSv",
        "Business Services",
        "2750-2759 3993 4220-4229 7218 7300 7310-7342 7349-7353 7359-7369 7374 7376-7385 7389-7394 7396-7397 7399 "
        "7519 8700 8710-8713 8720-8721 8730-8734 8740-8748 8900-8911 8920-8999",
    ),
    ("Hardw", "Computers", "3570-3579 3680-3689 3695"),
    ("Softw", "Computer Software", "7370-7373 7375"),
    ("Chips", "Electronic Equipment", "3622 3661-3666 3669-3679 3810 3812"),
    ("LabEq", "Measuring and Control Equipment", "3811 3820-3827 3829-3839"),
    ("Paper", "Business Supplies", "2520-2549 2600-2639 2670-2699 2760-2761 3950-3955"),
    ("Boxes", "Shipping Containers", "2440-2449 2640-2659 3220-3221 3410-3412"),
    (
        "Trans",
        "Transportation",
        "4000-4013 4040-4049 4100 4110-4121 4130-4131 4140-4142 4150-4151 4170-4173 4190-4200 4210-4219 4230-4231 "
        "4240-4249 4400-4700 4710-4712 4720-4749 4780 4782-4785 4789",
    ),
    (
        "Whlsl",
        "Wholesale",
        "5000 5010-5015 5020-5023 5030-5060 5063-5065 5070-5078 5080-5088 5090-5094 5099-5100 5110-5113 5120-5122 "
        "5130-5172 5180-5182 5190-5199",
    ),
    (
        "Rtail",
        "Retail",
        "5200 5210-5231 5250-5251 5260-5261 5270-5271 5300 5310-5311 5320 5330-5331 5334 5340-5349 5390-5400 "
        "5410-5412 5420-5469 5490-5500 5510-5579 5590-5700 5710-5722 5730-5736 5750-5799 5900 5910-5912 5920-5932 "
        "5940-5990 5992-5995 5999",
    ),
    ("Meals", "Restaurants, Hotels, Motels", "5800-5829 5890-5899 7000 7010-7019 7040-7049 7213"),
    ("Banks", "Banking", "6000 6010-6036 6040-6062 6080-6082 6090-6100 6110-6113 6120-6179 6190-6199"),
    ("Insur", "Insurance", "6300 6310-6331 6350-6351 6360-6361 6370-6379 6390-6411"),
    ("RlEst", "Real Estate", "6500 6510 6512-6515 6517-6532 6540-6541 6550-6553 6590-6599 6610-6611"),
    ("Fin", "Trading", "6200-6299 6700 6710-6726 6730-6733 6740-6779 6790-6795 6798-6799"),
    ("Other", "Almost Nothing", "4950-4961 4970-4971 4990-4991"),
)

# An approximation of names only: GICS is assigned by business, not by SIC code.
GICS_LIKE: tuple[tuple[str, str, str], ...] = (
    ("Health Care", "Pharmaceuticals, Biotechnology & Life Sciences", "2833-2836 8731-8734 3826"),
    ("Health Care", "Health Care Equipment & Services", "3841-3851 5047 5122 6324 8000-8099 3693"),
    ("Energy", "Energy", "1220-1221 1200-1299 1300-1399 2900-2911 2990-2999 3533"),
    ("Industrials", "Transportation", "4400-4412"),
    ("Energy", "Energy", "4600-4619 4922 5171-5172 6792"),
    ("Materials", "Materials", "0800-0899 1000-1099 1400-1499 2400-2439 2600-2673 2674-2699 2800-2829"),
    ("Consumer Staples", "Household & Personal Products", "2840-2844"),
    ("Materials", "Materials", "2850-2899 2950-2952 3080-3089 3200-3229 3240-3299"),
    ("Industrials", "Capital Goods", "3230-3231"),
    ("Materials", "Materials", "3300-3399 3411-3412 5050-5052 5160-5169"),
    ("Utilities", "Utilities", "4900-4949"),
    ("Industrials", "Commercial & Professional Services", "4950-4959"),
    ("Utilities", "Utilities", "4960-4969 4991"),
    ("Real Estate", "Equity REITs", "6798"),
    ("Real Estate", "Real Estate Management & Development", "6500-6553 6513"),
    ("Financials", "Shell / SPAC", "6770"),
    ("Industrials", "Commercial & Professional Services", "6794-6795"),
    ("Financials", "Financial Services", "6799"),
    ("Financials", "Banks", "6000-6099 6120-6129 6712"),
    ("Financials", "Financial Services", "6100-6119 6130-6199 6200-6299"),
    ("Financials", "Insurance", "6300-6399 6400-6411"),
    ("Financials", "Financial Services", "6700-6799"),
    ("Information Technology", "Technology Hardware & Equipment", "3570-3579 3661-3669 3670-3673"),
    ("Information Technology", "Semiconductors & Semiconductor Equipment", "3674"),
    ("Information Technology", "Technology Hardware & Equipment", "3675-3679"),
    ("Information Technology", "Semiconductors & Semiconductor Equipment", "3559"),
    ("Industrials", "Capital Goods", "3812 3810-3811"),
    ("Information Technology", "Technology Hardware & Equipment", "3820-3829 3861 5045 5065"),
    ("Communication Services", "Media & Entertainment", "7370"),
    ("Information Technology", "Software & Services", "7371-7373 7374 7375-7379"),
    ("Communication Services", "Media & Entertainment", "2710-2741"),
    ("Communication Services", "Telecommunication Services", "4800-4829"),
    ("Communication Services", "Media & Entertainment", "4830-4849"),
    ("Communication Services", "Telecommunication Services", "4880-4899"),
    ("Communication Services", "Media & Entertainment", "7310-7319 7810-7849 7900-7929"),
    ("Consumer Staples", "Food, Beverage & Tobacco", "0100-0299 0700-0799 0900-0919 2000-2199"),
    ("Consumer Staples", "Consumer Staples Distribution & Retail", "5140-5149"),
    ("Consumer Staples", "Food, Beverage & Tobacco", "5150-5159 5180-5182"),
    ("Consumer Staples", "Consumer Staples Distribution & Retail", "5331 5399-5499 5912"),
    ("Consumer Discretionary", "Consumer Durables & Apparel", "1520-1531 2200-2399 2450-2459 2510-2519"),
    ("Consumer Discretionary", "Automobiles & Components", "3000-3011"),
    ("Consumer Discretionary", "Consumer Durables & Apparel", "3020-3021 3100-3199 3630-3639 3650-3652"),
    ("Consumer Discretionary", "Automobiles & Components", "3711"),
    ("Industrials", "Capital Goods", "3713 3715"),
    ("Consumer Discretionary", "Automobiles & Components", "3714-3716 3750-3751"),
    ("Consumer Discretionary", "Consumer Durables & Apparel", "3732"),
    ("Consumer Discretionary", "Automobiles & Components", "3790-3792"),
    ("Consumer Discretionary", "Consumer Durables & Apparel", "3870-3873 3900-3949 3960-3989"),
    (
        "Consumer Discretionary",
        "Consumer Discretionary Distribution & Retail",
        "5010-5015 5020-5023 5090-5094 5130-5139",
    ),
    ("Consumer Discretionary", "Consumer Services", "5810-5819"),
    ("Consumer Discretionary", "Consumer Discretionary Distribution & Retail", "5200-5999"),
    ("Consumer Discretionary", "Consumer Services", "7000-7299 7930-7999 8200-8399"),
    ("Industrials", "Transportation", "7500-7509 7510-7519"),
    ("Consumer Discretionary", "Consumer Services", "7520-7549 7600-7699 8400-8699"),
    ("Industrials", "Capital Goods", "1540-1799 2440-2449 2490-2499"),
    ("Industrials", "Commercial & Professional Services", "2520-2599 2750-2799"),
    ("Industrials", "Capital Goods", "3050-3079 3400-3569 3580-3629 3640-3649 3680-3699 3720-3799"),
    ("Consumer Discretionary", "Automobiles & Components", "3700-3719"),
    ("Industrials", "Capital Goods", "3830-3839"),
    ("Industrials", "Commercial & Professional Services", "3950-3959"),
    ("Industrials", "Capital Goods", "3990-3999"),
    ("Industrials", "Transportation", "4000-4789"),
    ("Industrials", "Capital Goods", "5000-5199"),
    (
        "Industrials",
        "Commercial & Professional Services",
        "7320-7369 7380-7389 8100-8199 8700-8730 8740-8748 8880-8999",
    ),
)

# How a company's statements are laid out; ``standard`` where no row matches.
MODELS: tuple[tuple[str, str], ...] = (
    ("shell", "6770 9995"),
    ("fund", "6726"),
    ("bank", "6020-6036 6712 6120-6129"),
    ("insurer", "6310-6399"),
    ("broker", "6200-6299"),
    ("reit", "6798"),
    ("utility", "4900-4949"),
)
# Every model: the last two are told by the filings alone.
MODEL_NAMES: tuple[str, ...] = ("standard", *(name for name, _ in MODELS), "pre_revenue", "ifrs")


@cache
def spans(ranges: str) -> tuple[tuple[int, int], ...]:
    """Return the inclusive (low, high) pairs of a row's ``ranges``."""
    found = []
    for part in ranges.split():
        low, _, high = part.partition("-")
        found.append((int(low), int(high or low)))
    return tuple(found)


def _holds(ranges: str, sic: int) -> bool:
    return any(low <= sic <= high for low, high in spans(ranges))


@cache
def classify(sic: int | None) -> Sectors:
    """Return sector, industry group and Fama-French codes of a SIC code; unknown codes are Unclassified, or Other."""
    if sic is None or sic <= 0:
        return Sectors(UNCLASSIFIED, UNCLASSIFIED, None, None)
    sector, industry = next(
        ((sector, industry) for sector, industry, ranges in GICS_LIKE if _holds(ranges, sic)),
        (UNCLASSIFIED, UNCLASSIFIED),
    )
    ff12 = next((code for code, ranges in FF12 if _holds(ranges, sic)), OTHER)
    ff49 = next((code for code, _, ranges in FF49 if _holds(ranges, sic)), OTHER)
    return Sectors(sector, industry, ff12, ff49)


@cache
def model(sic: int | None) -> str:
    """Return the reporting model of a SIC code: standard, bank, insurer, broker, reit, utility, fund or shell."""
    if sic is None:
        return "standard"
    return next((name for name, ranges in MODELS if _holds(ranges, sic)), "standard")


def is_shell(sic: int | None) -> bool:
    """Return whether the SIC code says blank cheque or shell company."""
    return model(sic) == "shell"
