"""Carlisle's acquirer's multiple: what an acquirer would pay for a dollar of operating earnings."""

from __future__ import annotations

from screener.catalogue.metric import NO_EV, NO_EV_VALUE, Metric, Undefined

ROWS: tuple[Metric, ...] = (
    Metric("acquirers_multiple", "Acquirer's multiple", "ev / ebit", "multiple", "lower", "carlisle", undefined=(Undefined("security_type = 'adr'", "a foreign company's receipt"), NO_EV_VALUE, Undefined("ebit <= 0", "EBIT is zero or negative", "worst")), refused=(*NO_EV, "reit"), rank_by="ebit_ev", aliases=("acquirer_multiple", "acquirers"), source="Carlisle 2014, Deep Value", note="EV to EBIT without financials and foreign receipts; operating earnings are those reported, special items included"),
)  # fmt: skip
