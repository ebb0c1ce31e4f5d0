"""The YAML of a mapping to rows: every table with its columns, where each stands, and all that is wrong at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from screener.catalogue import items as catalogue
from screener.catalogue.metrics import BY_NAME as METRICS
from screener.catalogue.names import known_as, suggest
from screener.catalogue.vendor_items import VendorItem, vendor_items
from screener.language.ast import Span
from screener.language.document import Mapping, Node, Scalar, Source, read_document
from screener.mapping import keys, values
from screener.sources.table_mapping import ABSENT, COMPANY, ENCODINGS, FORMS, KEYS, MONTHS, SCALED, Item, Months, Table

# Longer lags are typing errors.
LONGEST_LAG = 1_000
_PUBLISHED = (
    "write `published: COLUMN`, the day of the filing or announcement; without such a column `published: {lag: 90}` "
    "counts rows as public 90 days after their period ends. Otherwise a run as of a day would see what nobody knew"
)


@dataclass(frozen=True, slots=True)
class Use:
    """A column that a table of the mapping needs: what for (an item's name, ``where``, ``published`` ...) and where.

    needed: without it the table can't be read at all.
    """

    column: str
    what: str
    span: Span
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A table of the mapping with the columns that it uses, and what happens where a file lacks one of them."""

    table: Table
    uses: tuple[Use, ...]
    span: Span
    absent: str = "error"


@dataclass(frozen=True, slots=True)
class Raw:
    """A mapping as its file says: nothing has been compared with a vendor's file yet."""

    vendor: str
    notes: tuple[str, ...]
    tables: tuple[Named, ...]


def read_mapping(source: Source) -> Raw | None:
    """Return what a mapping says, ``None`` when it is no YAML; problems are noted in ``source``."""
    root = read_document(source)
    if root is None:
        return None
    top = values.keys(source, root, keys.names(), "a mapping")
    vendor = values.text(source, top.get("vendor"), "vendor")
    notes = values.texts(source, top.get("notes"), "a note")
    shared = {key: node for key, node in top.items() if key not in ("vendor", "notes", "tables")}
    if "tables" not in top:
        return Raw(vendor, notes, (_Reader(source, "", shared, root.span).table(),))
    found = []
    for name, node in values.entries(source, top["tables"], "tables"):
        own = values.keys(source, node, [key for key in keys.names() if key != "tables"], f"table {name.text}")
        found.append(_Reader(source, name.text, shared | own, name.span).table())
    if not found and isinstance(top["tables"], Mapping):
        source.problem(top["tables"].span, "there is no table", "write: tables: {annual: {...}}")
    return Raw(vendor, notes, tuple(found))


class _Reader:
    """Reads the keys of one table; ``span`` is where what it lacks is told."""

    def __init__(self, source: Source, name: str, nodes: dict[str, Node], span: Span) -> None:
        self.source = source
        self.nodes = nodes
        self.name = name
        self.span = replace(span, length=1)
        self.uses: list[Use] = []

    def table(self) -> Named:
        form = values.choice(self.source, self.nodes.get("form"), FORMS, "form of a table", "wide")
        absent = values.choice(self.source, self.nodes.get("absent"), ABSENT, "word for absent columns", "error")
        table = Table(
            self.name,
            form,
            self.company(),
            encoding=values.choice(self.source, self.nodes.get("encoding"), ENCODINGS, "encoding", ""),
            where=self.where(),
        )
        if form != "companies":
            table = self.facts(table)
        return Named(table, tuple(self.uses), self.span, absent)

    def use(self, node: Node | None, what: str, *, needed: bool = False) -> str:
        """Return a column's name and remember where it stands."""
        column = values.text(self.source, node, what)
        if column and node is not None:
            self.uses.append(Use(column, what, node.span, needed))
        return column

    def lacks(self, message: str, hint: str) -> None:
        named = f"table {self.name}: {message}" if self.name else message
        self.source.problem(self.span, named, hint, code="missing-key")

    def company(self) -> dict[str, str]:
        found = values.keys(self.source, self.nodes.get("company"), COMPANY, "company")
        columns = {name: self.use(found[name], f"company.{name}") for name in COMPANY if name in found}
        if not any(columns.get(key) for key in KEYS):
            self.lacks("nothing tells the company of a row", "write `company: {ticker: COLUMN}`, or cik or id")
        return {name: column for name, column in columns.items() if column}

    def where(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        found = []
        for column, node in values.entries(self.source, self.nodes.get("where"), "where"):
            self.uses.append(Use(column.text, "where", column.span))
            if wanted := values.texts(self.source, node, "a value"):
                found.append((column.text, wanted))
        return tuple(found)

    def facts(self, table: Table) -> Table:
        period = values.keys(self.source, self.nodes.get("period"), keys.names("period"), "period")
        end = self.use(period.get("end"), "period.end", needed=True)
        if not end:
            self.lacks("nothing tells the period of a row", "write `period: {end: COLUMN, months: 3}`")
        published, lag = self.published()
        code, code_column = self.currency()
        table = replace(
            table,
            end=end,
            months=self.months(period.get("months"), told=bool(end)),
            quarter=self.use(period.get("fiscal_quarter"), "period.fiscal_quarter"),
            published=published,
            lag=lag,
            restated=self.use(self.nodes.get("restated"), "restated"),
            currency=code,
            currency_column=code_column,
            dates=self.dates(),
        )
        if table.form == "long":
            table = replace(
                table,
                item=self.use(self.nodes.get("item"), "item", needed=True),
                value=self.use(self.nodes.get("value"), "value", needed=True),
            )
            if not table.item or not table.value:
                self.lacks("a long table has a column of names and one of values", "write `item:` and `value:`")
        items = self.items(table)
        return replace(table, items=items, zeros=self.zeros(items))

    def months(self, node: Node | None, *, told: bool) -> Months:
        if node is None:
            if told:
                hint = "write `months: 3`, `months: 12`, or `months: {column: COLUMN, values: {Q: 3, FY: 12}}`"
                self.lacks("nothing tells how many months a row covers", hint)
            return Months()
        if isinstance(node, Scalar):
            return Months(self.month(node))
        found = values.keys(self.source, node, keys.names("months"), "months")
        column = self.use(found.get("column"), "period.months", needed=True)
        pairs = values.entries(self.source, found.get("values"), "values")
        told_by = tuple((key.text, months) for key, one in pairs if (months := self.month(one)) is not None)
        if not column or not pairs:
            hint = "write `months: {column: COLUMN, values: {Q: 3, FY: 12}}`"
            self.source.problem(node.span, "months needs a column and its values", hint)
        return Months(None, column, told_by)

    def month(self, node: Node) -> int | None:
        value = values.whole(self.source, node, "months", 12)
        if value is not None and value not in MONTHS:
            listed = ", ".join(map(str, MONTHS))
            self.source.problem(node.span, f"months must be one of {listed}, not {value}")
            return None
        return value

    def published(self) -> tuple[str, int | None]:
        node = self.nodes.get("published")
        if node is None:
            self.lacks("nothing tells when a row became public", _PUBLISHED)
            return "", None
        if isinstance(node, Scalar):
            return self.use(node, "published", needed=True), None
        found = values.keys(self.source, node, keys.names("published"), "published")
        lag = values.whole(self.source, found.get("lag"), "lag", LONGEST_LAG)
        column = self.use(found.get("column"), "published", needed=lag is None)
        if not found:
            self.source.problem(node.span, "nothing tells when a row became public", _PUBLISHED)
        return column, lag

    def currency(self) -> tuple[str, str]:
        node = self.nodes.get("currency")
        if isinstance(node, Mapping):
            found = values.keys(self.source, node, keys.names("currency"), "currency")
            return "USD", self.use(found.get("column"), "currency")
        code = values.text(self.source, node, "currency") or "USD"
        if node is not None and not re.fullmatch(r"[A-Z]{3}", code):
            self.source.problem(node.span, f"'{code}' is no currency code", "write: USD, or {column: COLUMN}")
        return code, ""

    def dates(self) -> str:
        node = self.nodes.get("dates")
        written = values.text(self.source, node, "dates")
        if node is not None and written and not re.fullmatch(r"(%[dmYybBjHMS]|[ ./:_T-])+", written):
            hint = 'write for 31/12/2024: "%d/%m/%Y"; for 31dec2024: "%d%b%Y"'
            self.source.problem(node.span, f"'{written}' is no way to write dates", hint)
            return ""
        return written

    def scales(self) -> dict[str, float]:
        node = self.nodes.get("scale")
        if isinstance(node, Mapping):
            found = values.keys(self.source, node, SCALED, "scale")
            return {name: values.scale(self.source, found.get(name)) or 1.0 for name in SCALED}
        return dict.fromkeys(SCALED, values.scale(self.source, node) or 1.0)

    def items(self, table: Table) -> tuple[Item, ...]:
        scales, found = self.scales(), []
        seen: dict[str, str] = {}
        for where in ("items", "year_to_date"):
            node = self.nodes.get(where)
            for key, value in values.entries(self.source, node, where):
                known = self.known(key)
                if known is None:
                    continue
                if known.tag in seen:
                    message = f"{key.text} is read in the same place as {seen[known.tag]}"
                    self.source.problem(key.span, message, "map one of the two")
                seen[known.tag] = key.text
                item = self.item(known, value, scales, wide=table.form == "wide")
                found.append(replace(item, ytd=where == "year_to_date"))
            if where == "year_to_date" and node is not None and table.months.constant != 12 and not table.quarter:
                hint = "write `period: {fiscal_quarter: COLUMN}`"
                self.source.problem(node.span, "year_to_date needs the fiscal quarter of a row", hint)
        if not found and not self.source.wrong:
            self.lacks("no line item is mapped", "write `items: {revenue: COLUMN}`")
        return tuple(found)

    def known(self, key: Scalar) -> VendorItem | None:
        table = vendor_items()
        if key.text in table:
            return table[key.text]
        meant = known_as(key.text) or ""
        hint = f"did you mean '{meant}'?" if meant in table else ""
        if not hint and (near := suggest(key.text, table)):
            hint = f"did you mean '{near}'?"
        if meant in METRICS:
            hint = f"{meant} is computed from line items: {METRICS[meant].formula}"
        elif key.text in catalogue.BY_NAME:
            hint = "it is derived from other items"
        hint = hint or "`screener metrics` lists the line items"
        self.source.problem(key.span, f"'{key.text}' is no line item", hint, code="unknown-item")
        return None

    def item(self, known: VendorItem, node: Node, scales: dict[str, float], *, wide: bool) -> Item:
        own: float | None = None
        if isinstance(node, Mapping):
            found = values.keys(self.source, node, keys.names("items"), known.name)
            own = values.scale(self.source, found.get("scale"))
            if "column" not in found:
                self.source.problem(node.span, f"{known.name} has no column", "write: {column: COLUMN, scale: 1000}")
                return Item(known.name, "", ())
            node = found["column"]
        used = values.terms(self.source, node, known.name)
        if wide:
            self.uses += [Use(term.column, known.name, term.span) for term in used]
        usual = {"usd": scales["money"], "shares": scales["shares"]}.get(known.unit, 1.0)
        text = " ".join(f"{'-' if term.sign < 0 else '+'} {term.column}" for term in used).removeprefix("+ ")
        return Item(
            known.name,
            "-" + text[2:] if text.startswith("- ") else text,
            tuple((term.column, term.sign) for term in used),
            usual if own is None else own,
        )

    def zeros(self, items: tuple[Item, ...]) -> tuple[str, ...]:
        node = self.nodes.get("blank_is_zero")
        written = values.texts(self.source, node, "an item")
        mapped = {item.name for item in items}
        for name in written:
            if name not in mapped and node is not None:
                meant = suggest(name, mapped)
                hint = f"did you mean '{meant}'?" if meant else "it lists items that are mapped above"
                self.source.problem(node.span, f"'{name}' is not mapped", hint)
        return tuple(sorted(mapped.intersection(written)))
