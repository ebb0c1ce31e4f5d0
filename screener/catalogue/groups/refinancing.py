"""Refinancing risk: what falls due, and whether cash and cash flow can pay it."""

from __future__ import annotations

from screener.catalogue.metric import NOT_BANKS, Metric, Undefined

ROWS: tuple[Metric, ...] = (
    Metric("debt_due_12m", "Debt due within 12 months", "when(total_debt = 0, 0, due_12m)", "usd", "lower", "refinancing", refused=NOT_BANKS),
    Metric("debt_due_24m", "Debt due within 24 months", "when(total_debt = 0, 0, due_24m)", "usd", "lower", "refinancing", refused=NOT_BANKS, note="unknown without a maturity ladder; 0 when total debt is 0"),
    Metric("wall_12m_cash", "Debt due in 12 months to cash", "due_12m / liquid_assets", "multiple", "lower", "refinancing", undefined=(Undefined("liquid_assets <= 0 and due_12m > 0", "no cash against debt due", "worst"), Undefined("liquid_assets <= 0", "no cash")), refused=NOT_BANKS),
    Metric("cash_runway_months", "Cash runway", "min(12 * liquid_assets / (0 - fcf), 120)", "months", "higher", "refinancing", undefined=(Undefined("fcf >= 0", "burns no cash", "best"),), refused=NOT_BANKS),
)
