"""Files to import: small ones written by hand, and ones made like the data set "Online Retail", with the figures worked out in plain Python."""
import csv
import gzip
import math
import random
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

RETAIL = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
COUNTRIES = ("United Kingdom", "Netherlands", "EIRE", "Germany", "Unspecified")


def written(path: Path, header, rows) -> Path:
    """A CSV file with these rows; packed when it is called .gz."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", newline="", encoding="utf8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def retail(count: int, seed: int = 7) -> list[tuple]:
    """About so many lines like those of Online Retail: guests, credits, free and negative lines, thirds of a penny, duplicates, split invoices."""
    rng, rows, at, number = random.Random(seed), [], datetime(2010, 12, 1, 8, 26), 536365
    while len(rows) < count:
        number, at = number + 1, at + timedelta(minutes=rng.randint(1, 25))
        customer = "" if rng.random() < 0.2 else str(12346 + int(rng.expovariate(1 / 60)))
        back = bool(customer) and rng.random() < 0.15
        invoice = f"{'C' * back}{number}"
        country = COUNTRIES[sum(map(ord, customer)) % 5]
        for _line in range(rng.randint(1, 25)):
            sku = f"{rng.choice('ABab')}{rng.randint(1, 900)}"
            pieces = rng.randint(1, 24) * (-1 if back or not customer and rng.random() < 0.05 else 1)
            price = rng.choice(("0.0", "2.55", "3.39", "1.655", "0.001", "12.95", "-11062.06" if not customer else "4.25"))
            time = at + timedelta(minutes=rng.random() < 0.01)
            rows.append((invoice, sku, f"THING {sku} " if rng.random() < 0.95 else "", str(pieces), f"{time:%Y-%m-%d %H:%M:%S}", price, customer, country))
            if rng.random() < 0.01:
                rows.append(rows[-1])
        if rng.random() < 0.01 and len(rows) > 50:
            rows.append(rows[-40])  # a line of an earlier invoice, far from it
    return rows


def quantile(values: list, share: float) -> Decimal:
    values, place = sorted(values), share * (len(values) - 1)
    low = math.floor(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * Decimal(str(place - low))


def expected(rows: list[tuple], as_of: date) -> dict:
    """The figures of such rows, worked out one by one."""
    lines = [(n, sku, text, int(q), at, Decimal(p), who, country) for n, sku, text, q, at, p, who, country in rows]
    clean = [line for line in lines if line[6] and line[3] > 0 and line[5] > 0]
    money, orders, last = defaultdict(Decimal), defaultdict(set), {}
    for number, _sku, _text, pieces, at, price, who, _country in clean:
        money[who] += pieces * price
        orders[who].add(number)
        last[who] = max(last.get(who, ""), at)
    best = sorted(money.values(), reverse=True)
    top = math.ceil(len(best) / 5)
    days = [Decimal((as_of - datetime.fromisoformat(at).date()).days) for at in last.values()]
    revenue = sum(best)
    return {
        "All lines": {
            "lines": len(lines), "invoices": len({line[0] for line in lines}), "cancel invoices": len({line[0] for line in lines if line[0][0] == "C"}),
            "cancel lines": sum(line[0][0] == "C" for line in lines), "customers": len({line[6] for line in lines} - {""}),
            "lines without customer": sum(not line[6] for line in lines), "stock codes": len({line[1] for line in lines}),
            "countries": len({line[7] for line in lines}), "revenue": f"{sum(line[3] * line[5] for line in lines):.4f}",
            "net by known customers": f"{sum(line[3] * line[5] for line in lines if line[6]):.2f}",
            "full duplicate lines": len(rows) - len(set(rows)), "first": min(line[4] for line in lines), "last": max(line[4] for line in lines),
        },
        "Cleaned": {
            "lines": len(clean), "orders": len({line[0] for line in clean}), "customers": len(money), "revenue": f"{revenue:.2f}",
            "customers with 2+ orders": sum(len(each) > 1 for each in orders.values()), "top fifth, customers": top,
            "share of the top fifth": f"{sum(best[:top]) * 100 / revenue:.3f}",
        },
        "Quantiles": {
            "R": [f"{quantile(days, share / 100):.1f}" for share in (20, 40, 60, 80)],
            "F": [f"{quantile([Decimal(len(each)) for each in orders.values()], share / 100):.1f}" for share in (20, 40, 60, 80)],
            "M": [f"{quantile(list(money.values()), share / 100):.2f}" for share in (20, 40, 60, 80)],
        },
    }
