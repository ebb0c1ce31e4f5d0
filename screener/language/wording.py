"""A syntax tree back to words: what a part of an expression is called where only the part is spoken of."""

from __future__ import annotations

from screener.language.ast import (
    Between,
    Binary,
    Call,
    Compare,
    Date,
    Expr,
    In,
    IsKnown,
    Logic,
    Name,
    Not,
    Number,
    Period,
    Text,
    Unary,
)

# How tightly a form binds; what binds less than its place asks for stands in parentheses.
_POWER: dict[str, int] = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6, "unary": 7, "^": 8}
_COMPARISON, _ATOM = 4, 9


def wording(expr: Expr) -> str:
    """Return ``expr`` in the screen language, names as the author wrote them; parsed again it is the same."""
    return _words(expr)[0]


def _words(expr: Expr) -> tuple[str, int]:
    match expr:
        case Number():
            return expr.text or f"{expr.value:g}", _ATOM
        case Text():
            return '"' + expr.value.replace('"', '""') + '"', _ATOM
        case Date():
            return expr.value.isoformat(), _ATOM
        case Period():
            return f"{expr.count}{expr.unit}", _ATOM
        case Name():
            return expr.written or expr.name, _ATOM
        case Call():
            within = f" within {expr.within}" if expr.within else ""
            return f"{expr.function}({', '.join(map(wording, expr.args))}){within}", _ATOM
        case Unary():
            return f"-{_inside(expr.operand, _POWER['unary'])}", _POWER["unary"]
        case Binary():
            power = _POWER[expr.op]
            # A power groups to the right, all else to the left.
            left, right = (power + 1, power) if expr.op == "^" else (power, power + 1)
            return f"{_inside(expr.left, left)} {expr.op} {_inside(expr.right, right)}", power
        case _:
            return _condition(expr)


def _condition(expr: Expr) -> tuple[str, int]:
    def side(part: Expr) -> str:
        return _inside(part, _COMPARISON + 1)

    match expr:
        case Compare():
            return f"{side(expr.left)} {expr.op} {side(expr.right)}", _COMPARISON
        case Between():
            return f"{side(expr.operand)} between {side(expr.low)} and {side(expr.high)}", _COMPARISON
        case In():
            choices = ", ".join(map(wording, expr.choices))
            return f"{side(expr.operand)} {'not in' if expr.negated else 'in'} [{choices}]", _COMPARISON
        case IsKnown():
            return f"{side(expr.operand)} is {'unknown' if expr.negated else 'known'}", _COMPARISON
        case Not():
            return f"not {_inside(expr.operand, _POWER['not'])}", _POWER["not"]
        case Logic():
            power = _POWER[expr.op]
            return f" {expr.op} ".join(_inside(part, power + 1) for part in expr.operands), power
        case _:
            raise AssertionError(f"{type(expr).__name__} has no words")


def _inside(expr: Expr, least: int) -> str:
    words, power = _words(expr)
    return words if power >= least else f"({words})"
