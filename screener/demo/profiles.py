"""What the invented companies are like, one row a kind of business: sector mix, margins, capital and debt."""

# One row, one line: a table is read across.
# ruff: noqa: E501

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of business and the means of the distributions its companies are drawn from.

    kind: which statements it files (``standard``, ``bank``, ``insurer``, ``reit``, ``utility``, ``biotech``, ``shell``).
    weight: per cent of all companies. gm, rd, sbc: share of revenue (of the spending rate for ``biotech``).
    opm, opm_sd: operating margin, mean and spread between companies. growth: revenue growth a year.
    ppe, goodwill, debt: multiple of yearly revenue, before the zeros that ``debt_free`` asks for.
    dso, dio, dpo: days of receivables, inventory and payables. value: price to gross profit beyond the earnings
    (``standard``), or price to book (``bank``, ``insurer``, ``reit``, ``utility``). payer: share that pays dividends.
    """

    name: str
    kind: str
    weight: float
    sics: tuple[int, ...]
    nouns: tuple[str, ...]
    gm: float
    opm: float
    opm_sd: float
    rd: float
    growth: float
    ppe: float
    dso: int
    dio: int
    dpo: int
    goodwill: float
    debt: float
    debt_free: float
    value: float
    sbc: float
    payer: float


# Weights follow the sector weights of the Russell 2000 (iShares holdings, 2024 to 2026, rounded); the share of
# losses by sector and the debt-free share follow what index providers publish about it.
PROFILES: tuple[Profile, ...] = (
    Profile("biotech", "biotech", 10.0, (2834, 2835, 2836, 8731), ("Therapeutics", "Biosciences", "Pharma", "Genomics"), 0.0, 0.0, 0.2, 0.74, 0.06, 0.3, 0, 0, 40, 0.0, 0.5, 0.65, 0.0, 0.13, 0.0),
    Profile("medical devices", "standard", 4.2, (3841, 3842, 3845), ("Medical", "Surgical", "Diagnostics"), 0.61, -0.05, 0.15, 0.12, 0.09, 0.2, 55, 110, 45, 0.5, 0.4, 0.35, 1.9, 0.06, 0.05),
    Profile("health services", "standard", 2.3, (8011, 8062, 8071, 8082), ("Health Partners", "Clinics", "Care"), 0.32, 0.05, 0.08, 0.0, 0.06, 0.25, 42, 6, 35, 0.35, 0.45, 0.15, 0.6, 0.02, 0.1),
    Profile("bank", "bank", 9.5, (6021, 6022, 6035, 6036), ("Bancorp", "Bancshares", "Savings Financial"), 0.94, 0.28, 0.12, 0.0, 0.05, 0.6, 0, 0, 0, 0.25, 1.0, 0.1, 1.1, 0.01, 0.9),
    Profile("insurer", "insurer", 2.5, (6311, 6331), ("Insurance Group", "Assurance"), 0.36, 0.08, 0.09, 0.0, 0.06, 0.05, 0, 0, 0, 0.05, 0.25, 0.2, 1.2, 0.01, 0.6),
    Profile("financial services", "standard", 3.2, (6141, 6211, 6282), ("Capital", "Advisors", "Credit"), 0.6, 0.13, 0.14, 0.0, 0.06, 0.1, 40, 0, 30, 0.3, 0.8, 0.2, 1.0, 0.05, 0.45),
    Profile("capital goods", "standard", 10.0, (3490, 3540, 3561, 3569, 3590, 3620), ("Machinery", "Controls", "Industries", "Tooling"), 0.31, 0.055, 0.085, 0.02, 0.05, 0.25, 58, 85, 45, 0.3, 0.5, 0.12, 0.55, 0.015, 0.45),
    Profile("business services", "standard", 3.6, (7359, 7363, 8711, 8742), ("Services", "Staffing", "Engineering"), 0.29, 0.055, 0.07, 0.0, 0.06, 0.15, 60, 2, 30, 0.35, 0.4, 0.18, 0.6, 0.02, 0.35),
    Profile("transport", "standard", 2.4, (4213, 4412, 4512), ("Freight", "Lines", "Logistics"), 0.24, 0.06, 0.08, 0.0, 0.04, 1.0, 38, 4, 25, 0.1, 0.8, 0.08, 0.4, 0.01, 0.45),
    Profile("software", "standard", 8.0, (7371, 7372, 7373), ("Software", "Systems", "Cloud", "Data"), 0.7, -0.06, 0.14, 0.21, 0.12, 0.08, 62, 0, 25, 0.5, 0.3, 0.45, 2.4, 0.13, 0.04),
    Profile("hardware", "standard", 3.4, (3577, 3663, 3672, 3825), ("Electronics", "Networks", "Instruments"), 0.37, 0.02, 0.1, 0.1, 0.05, 0.15, 62, 105, 50, 0.25, 0.25, 0.4, 0.9, 0.04, 0.15),
    Profile("semiconductors", "standard", 2.6, (3674,), ("Semiconductor", "Photonics", "Silicon"), 0.48, 0.02, 0.14, 0.19, 0.09, 0.3, 52, 125, 45, 0.2, 0.25, 0.45, 1.5, 0.07, 0.1),
    Profile("retail", "standard", 4.4, (5311, 5651, 5700, 5731), ("Stores", "Outfitters", "Retail"), 0.36, 0.03, 0.055, 0.0, 0.03, 0.22, 6, 95, 42, 0.06, 0.25, 0.3, 0.3, 0.01, 0.4),
    Profile("restaurants and hotels", "standard", 2.6, (5812, 7011, 7997), ("Kitchens", "Resorts", "Hospitality"), 0.28, 0.05, 0.07, 0.0, 0.06, 0.7, 8, 7, 20, 0.15, 0.6, 0.15, 0.7, 0.015, 0.25),
    Profile("consumer durables", "standard", 4.0, (2300, 2511, 3714, 3944), ("Home", "Apparel", "Motor Parts", "Leisure"), 0.3, 0.045, 0.075, 0.02, 0.03, 0.2, 45, 90, 45, 0.2, 0.4, 0.18, 0.45, 0.012, 0.45),
    Profile("property trust", "reit", 5.0, (6798,), ("Realty Trust", "Properties", "Storage Trust"), 0.68, 0.29, 0.09, 0.0, 0.05, 7.5, 12, 0, 25, 0.0, 3.0, 0.02, 1.25, 0.01, 0.95),
    Profile("property services", "standard", 1.0, (6512, 6531, 6552), ("Land", "Realty Services"), 0.34, 0.06, 0.12, 0.0, 0.04, 0.6, 35, 0, 30, 0.2, 0.8, 0.2, 0.8, 0.02, 0.25),
    Profile("oil and gas", "standard", 6.0, (1311, 1381, 1389), ("Petroleum", "Resources", "Drilling"), 0.42, 0.12, 0.14, 0.0, 0.05, 1.5, 48, 10, 55, 0.03, 0.7, 0.1, 0.8, 0.012, 0.45),
    Profile("materials", "standard", 5.0, (1040, 2621, 2821, 2860, 3312), ("Chemicals", "Metals", "Materials", "Minerals"), 0.26, 0.065, 0.09, 0.01, 0.04, 0.6, 46, 80, 42, 0.15, 0.5, 0.12, 0.55, 0.01, 0.5),
    Profile("food and staples", "standard", 3.0, (2030, 2086, 5411, 5141), ("Foods", "Beverage", "Provisions"), 0.29, 0.04, 0.06, 0.005, 0.04, 0.28, 26, 55, 32, 0.25, 0.4, 0.12, 0.6, 0.01, 0.4),
    Profile("media and telecom", "standard", 3.0, (2711, 4813, 4841, 7812), ("Media", "Telecom", "Broadcasting"), 0.45, 0.055, 0.12, 0.02, 0.02, 0.5, 55, 3, 35, 0.6, 0.8, 0.1, 0.6, 0.02, 0.25),
    Profile("utility", "utility", 3.0, (4911, 4924, 4941), ("Electric", "Gas & Water", "Power"), 0.6, 0.2, 0.04, 0.0, 0.05, 3.3, 42, 12, 45, 0.05, 1.5, 0.0, 1.6, 0.004, 0.95),
    Profile("shell", "shell", 0.9, (6770,), ("Acquisition Vehicle", "Merger Partners"), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0, 0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0),
)  # fmt: skip

BY_NAME: dict[str, Profile] = {profile.name: profile for profile in PROFILES}
