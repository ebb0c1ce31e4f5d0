"""What each group of metrics is for, in one sentence; a score's group is described by its score."""

from __future__ import annotations

from screener.catalogue.metrics import BY_NAME, Group

ABOUT: dict[str, str] = {
    "statement": "Sums and differences of line items that other metrics are built from.",
    "profitability": "What a business earns on its sales, its assets and the capital in it.",
    "quality": "Whether earnings are cash, how steady they are, and what growth and stock pay cost.",
    "leverage": "How much is owed, to what it is compared, and whether interest is earned.",
    "refinancing": "What falls due soon and with what it can be paid; most filers state it once a year.",
    "liquidity": "Whether the bills of the next twelve months can be paid.",
    "efficiency": "How much is sold with the assets, and how long money is tied up.",
    "growth": "How fast sales, earnings and the share count grow, and whether growth gains speed.",
    "valuation": "What the market pays; multiples are shown, their yields are ranked.",
    "payout": "What flows to shareholders, and from them.",
    "size": "How large a company is, and how much of it can be traded.",
    "tax_loss": "Losers of the year that are sold for taxes in December and often bought back in January.",
    "takeover": "What acquirers have been found to look for.",
}


def about(group: Group) -> str:
    """Return what the group is for: its sentence, else the source and note of its score."""
    score = BY_NAME.get(group.score)
    if group.name in ABOUT or score is None:
        return ABOUT.get(group.name, "")
    return ". ".join(part.rstrip(".") for part in (score.source, score.note) if part) + "."
