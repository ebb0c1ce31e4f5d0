"""How large a screen becomes when it is computed: the values that it reads for a name, and how far back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.catalogue import functions
from screener.language.ast import Call, Date, Expr, Name, Number, Period, Text, children
from screener.language.definitions import find

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screener.language.reading import Reading
    from screener.language.screen import Definition, Screen

# Three times what a screen with every metric of the catalogue as a column needs.
MAX_VALUES = 20_000
# A comparison with peers counts for so many: it has windows for each of its groups.
PEERS = 20
# Filings in machine-readable form begin in 2009.
MAX_BACK = 80
QUARTERS = {"y": 4, "q": 1}


def refuse_size(reading: Reading, screen: Screen) -> None:
    """Note a problem at the first expression with which ``screen`` reads too many values, or too far back."""
    size = _Size(screen.definitions)
    parts = [(rule.expr, rule.span) for rule in (*screen.universe, *screen.rules)]
    parts += [(factor.expr, factor.span) for factor in screen.factors()]
    parts += [(column.expr, column.span) for column in screen.columns]
    for expr, span in parts:
        complaint = size.add(expr)
        if complaint is not None:
            reading.problem(span, *complaint, code="size")
            return


class _Size:
    """Counts what compiling expressions one after the other visits; a name is compiled once for each moment."""

    def __init__(self, definitions: Mapping[str, Definition]) -> None:
        self.definitions = definitions
        self.values = 0
        self.seen: set[tuple[str, int, bool]] = set()

    def add(self, expr: Expr) -> tuple[str, str] | None:
        """Return message and hint as soon as the limits are left."""
        pending: list[tuple[Expr, int, bool]] = [(expr, 0, False)]
        while pending:
            node, lag, quarter = pending.pop()
            if isinstance(node, Number | Text | Date | Period):
                continue
            self.values += 1
            if self.values > MAX_VALUES:
                hint = "use shorter periods, fewer rules, or fewer definitions that need each other"
                return f"up to here this screen computes more than {MAX_VALUES:,} values for each name", hint
            if lag > MAX_BACK:
                message = f"this needs quarters that lie more than {MAX_BACK // 4} years back"
                return message, "periods of formulas that build on each other add up: use shorter ones"
            if isinstance(node, Call):
                self.values += PEERS * (functions.BY_NAME[node.function].kind == "peers")
                pending.extend(_parts(node, lag, quarter))
            elif not isinstance(node, Name):
                pending.extend((child, lag, quarter) for child in children(node))
            elif (node.name, lag, quarter) not in self.seen:
                self.seen.add((node.name, lag, quarter))
                metric = find(node.name, self.definitions)
                pending.extend((part, lag, quarter) for part in (metric.expressions() if metric else ()))
        return None


def _parts(call: Call, lag: int, quarter: bool) -> list[tuple[Expr, int, bool]]:
    """Return the arguments of a call with the moments at which they are taken."""
    first, *rest = call.args
    quarter = quarter or call.function == "quarter"
    period = rest[0] if rest and isinstance(rest[0], Period) else None
    if period is None:
        earlier = [(first, lag + 4, quarter)] if call.function == "avg" and not rest else []
        return [*((arg, lag, quarter) for arg in call.args), *earlier]
    step = QUARTERS[period.unit]
    if call.function in {"lag", "growth", "cagr"}:
        now = [] if call.function == "lag" else [(first, lag, quarter)]
        return [*now, (first, lag + step * period.count, quarter)]
    return [(first, lag + step * k, quarter) for k in range(period.count)]
