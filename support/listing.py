"""Search, sort and paging of any list, with columns from an allow-list. The functions that list things make one.

    listing = Listing(args, sorts={"name": Person.name}, default="name", search=[Person.name, Person.email])
    return listing.apply(select(Person).where(...))
"""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, func, inspect, or_, select

from support.database import db

PER_PAGE, MOST_PER_PAGE = 25, 100
LONGEST_SEARCH, MOST_WORDS = 200, 8


@dataclass(frozen=True)
class Page:
    """What one page of a list shows; `page` is its number, from 1."""

    items: list
    total: int
    page: int
    pages: int
    sort: str
    order: str
    q: str


class Listing:
    """What one reader asked of a list (`q`, `sort`, `order`, `page`), and after `apply` what they get.

    `args` is the query string (any mapping of strings); unknown or absurd values fall back to the defaults. A
    `default` that begins with "-" sorts downwards. `filters` maps further names, such as `state`, to the values allowed.
    """

    def __init__(self, args: Mapping, *, sorts: Mapping, default: str, search: Sequence = (), per_page: int = PER_PAGE, filters: Mapping | None = None):
        self.sorts, self.columns = sorts, search
        self.default_sort, self.default_order = default.lstrip("-"), "desc" if default.startswith("-") else "asc"
        asked = args.get("sort")
        self.sort = asked if asked in sorts else self.default_sort
        fallback = self.default_order if self.sort == self.default_sort else "asc"
        self.order = args.get("order") if args.get("order") in ("asc", "desc") else fallback
        self.q = " ".join(str(args.get("q") or "").replace("\0", "").split())[:LONGEST_SEARCH]
        self.per_page = max(1, min(per_page, MOST_PER_PAGE))
        self.number = _whole(args.get("page"))
        self.filters = {name: args.get(name) for name, allowed in (filters or {}).items() if args.get(name) in allowed}
        self.items: list = []
        self.total = 0

    def apply(self, statement: Select) -> "Listing":
        """Run the statement with search, order and page; the statement itself says what the reader may see."""
        statement = self._searched(statement)
        self.total = db.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
        self.number = min(self.number, self.pages)
        rows = db.session.execute(self._sorted(statement).limit(self.per_page).offset((self.number - 1) * self.per_page))
        self.items = list(rows.scalars() if len(statement.column_descriptions) == 1 else rows)
        return self

    @property
    def page(self) -> Page:
        """What the pager in the templates reads."""
        return Page(self.items, self.total, self.number, self.pages, self.sort, self.order, self.q)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @property
    def first(self) -> int:
        """Number of the first item shown, from 1; 0 when there is none."""
        return (self.number - 1) * self.per_page + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.number * self.per_page, self.total)

    def args(self, **changes) -> dict:
        """The query string for this list with some values changed; defaults and None are left out."""
        values = {"q": self.q, "sort": self.sort, "order": self.order, "page": self.number, **self.filters, **changes}
        if values["sort"] == self.default_sort and values["order"] == self.default_order:
            values["sort"] = values["order"] = None
        if values["page"] == 1:
            values["page"] = None
        return {name: value for name, value in values.items() if value not in (None, "")}

    def __iter__(self):
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __bool__(self) -> bool:
        return bool(self.items)

    def _searched(self, statement: Select) -> Select:
        words = self.q.split()[:MOST_WORDS]
        if not words or not self.columns:
            return statement
        return statement.where(and_(*(or_(*(column.icontains(word, autoescape=True) for column in self.columns)) for word in words)))

    def _sorted(self, statement: Select) -> Select:
        column = self.sorts[self.sort]
        statement = statement.order_by(None).order_by(column.desc().nulls_last() if self.order == "desc" else column.asc().nulls_last())
        entity = statement.column_descriptions[0]["entity"]
        return statement.order_by(*inspect(entity).primary_key) if entity is not None else statement


def _whole(text) -> int:
    text = str(text or "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 8 else 1
