"""Whole histories come in within their time and memory, and every figure published of them comes out.

The data lies beside the checkout, in ../shared/data. Where it does not, orders of the same shape are made, and the figures worked out in Python.
"""
import json
import math
import resource
import statistics
import time
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from support import orders, routing, tickets
from support.database import db
from support.orders import Order, OrderLine
from support.people.person import Person
from support.routing.models import Offer
from tests.importing.killed import command
from tests.importing.made import RETAIL, expected, retail, written
from tests.imports import last_run
from tests.work import work

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
MINUTES, MEGABYTES = 4, 1000
pytestmark = pytest.mark.both_stores

QUANTILES = {"R_quantiles": ("R", 1), "F_quantiles": ("F", 1), "M_quantiles": ("M", 2)}


def reference(name: str) -> dict | None:
    path = DATA / "reference.json"
    return json.loads(path.read_text())["figures"][name] if path.exists() else None


def of_online_retail() -> dict:
    """The published figures by the names of ours."""
    known = reference("online_retail")
    clean = known["clean"]
    return {
        "All lines": {
            "lines": known["lines"], "invoices": known["invoices"], "cancel invoices": known["cancel_invoices"], "cancel lines": known["cancel_lines"],
            "customers": known["customers"], "lines without customer": known["no_customer_lines"], "stock codes": known["stock_codes"], "countries": known["countries"],
            "revenue": f"{known['total_revenue']:.4f}", "net by known customers": f"{known['net_by_customer']:.2f}", "value of cancel invoices": f"{known['returns_value']:.2f}",
            "full duplicate lines": known["duplicates"], "customers with a return": known["customers_with_return"], "first": clean["first"], "last": clean["last"],
        },
        "Cleaned": {
            "lines": clean["lines"], "orders": clean["orders"], "customers": clean["customers"], "revenue": f"{clean['revenue']:.2f}", "mean order value": f"{clean['aov']:.2f}",
            "customers with 2+ orders": clean["repeat_customers"], "repeat rate": f"{clean['repeat_rate'] * 100:.3f}", "top fifth, customers": clean["top20_customers"],
            "share of the top fifth": f"{clean['top20_share'] * 100:.3f}",
            **{f"best customer {place}": f"Customer {who}: {value:,.2f}" for place, (who, value) in enumerate(clean["top5"], start=1)},
        },
        "Quantiles": {ours: [f"{value:.{digits}f}" for value in clean[theirs]] for theirs, (ours, digits) in QUANTILES.items()},
    }


def measured(app, path: Path) -> tuple[float, float]:
    """Import in a process of its own; returns its processor seconds and its megabytes at most. How long it took is printed only: others run beside."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = command(app, "orders", path)
    said, _none = process.communicate()
    assert process.returncode == 0, said
    print(said[-900:])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert after.ru_maxrss >= before.ru_maxrss and worked > 0
    print(f"{time.monotonic() - started:.0f} s, of them {worked:.0f} s of work, {after.ru_maxrss / 1024:.0f} MB")
    return worked, after.ru_maxrss / 1024


def test_a_whole_history_comes_in_quickly_every_figure_comes_out_and_nobodys_pages_grow_with_it(app, figures, tmp_path, client_of, count_statements, settle):
    path, as_of = DATA / "orders" / "online_retail.csv.gz", date(2011, 12, 10)
    if path.exists():
        wanted = of_online_retail()
    else:
        rows = retail(541_909)
        path, as_of = written(tmp_path / "made.csv.gz", RETAIL, rows), date(2040, 1, 1)
        wanted = expected(rows, as_of)
    seconds, megabytes = measured(app, path)
    assert seconds < MINUTES * 60 and megabytes < MEGABYTES
    found = figures(app, "--source", "online_retail", "--as-of", as_of.isoformat())
    for part, figures_of_part in wanted.items():
        assert {name: found[part][name] for name in figures_of_part} == figures_of_part
    measured(app, path)
    again = last_run(app)
    assert (again.created, again.changed, again.unchanged) == (0, 0, again.rows)
    pages_of_the_largest_cost_what_those_of_a_small_customer_cost(app, client_of, count_statements, settle)


def pages_of_the_largest_cost_what_those_of_a_small_customer_cost(app, client_of, count_statements, settle) -> None:
    """Whoever has most lines, orders or revenue against one with two orders: the same statements. The work is printed, since an order of 500 lines shows 500."""
    with app.app_context():
        orders_of = select(Order.person_id, func.count(Order.id.distinct()), func.count(), func.sum(OrderLine.quantity * OrderLine.unit_price)).join(OrderLine).where(Order.source == "online_retail", Order.person_id.is_not(None))
        sizes = {who: size for who, *size in db.session.execute(orders_of.group_by(Order.person_id))}
    small = min(who for who, size in sizes.items() if size[0] == 2)
    large = {max(sizes, key=lambda who, by=by: sizes[who][by]) for by in range(3)}
    usual, dear = costs(app, client_of, count_statements, settle, small), {}
    for who in sorted(large):
        for page, (statements, seconds) in costs(app, client_of, count_statements, settle, who).items():
            print(f"{sizes[who][0]} orders, {sizes[who][1]} lines: {page}: {len(statements)} statements (small customer {len(usual[page][0])}), "
                  f"{seconds * 1000:.1f} ms of work ({usual[page][1] * 1000:.1f} ms)")
            if len(statements) != len(usual[page][0]):
                dear[who, page] = statements
    assert not dear, dear


def costs(app, client_of, count_statements, settle, who: int) -> dict[str, tuple[list[str], float]]:
    """What each page that shows a customer's orders costs: its statements, and the median of its work."""
    app.extensions["cast"]["customer"] = who
    with app.app_context():
        customer = db.session.get(Person, who)
        sizes = db.session.execute(select(Order.number, func.count()).join(OrderLine).where(Order.person_id == who).group_by(Order.id).order_by(func.count().desc())).all()
        order = orders.find_bare(customer, sizes[0].number)
        ines = db.session.get(Person, app.extensions["cast"]["ines"])
        ticket_id = tickets.open_ticket(customer, subject="Where is it?", body="Where is my parcel?", topic="orders", channel="chat", client_id=f"prove-real-orders-{who}", order=order).id
        routing.choose_presence(ines, "available")
        settle(app)
        routing.accept(ines, db.session.scalar(select(Offer.id).where(Offer.state == "live", Offer.agent_id == ines.id)))
        routing.choose_presence(ines, "break")
        settle(app)
    own, desk = client_of(app, "customer"), client_of(app, "ines")
    pages = {
        "home": (own, "/"), "first page of orders": (own, "/orders"), "last page of orders": (own, f"/orders?page={math.ceil(len(sizes) / 20)}"),
        "search in orders": (own, f"/orders?q={sizes[0].number}"), "its largest order": (own, f"/orders/{sizes[0].number}"), "its smallest order": (own, f"/orders/{sizes[-1].number}"),
        "ask": (own, "/ask"), "ticket at the desk": (desk, f"/desk/tickets/{ticket_id}"), "customer at the desk": (desk, f"/desk/tickets/{ticket_id}/context"),
    }
    found = {name: cost(app, count_statements, *page) for name, page in pages.items()}
    with app.app_context():  # room for the next one
        tickets.resolve(db.session.get(Person, app.extensions["cast"]["ines"]), ticket_id, db.session.scalar(select(tickets.Disposition.id).limit(1)))
    settle(app)
    return found


def cost(app, count_statements, client, address: str) -> tuple[list[str], float]:
    """Of a page that was opened before."""
    assert client.get(address).status_code == 200, address
    with count_statements(app) as count:
        client.get(address)
    took = []
    for _time in range(7):
        with work() as spent:
            client.get(address)
        took.append(spent.seconds)
    return count.texts, statistics.median(took)


def test_deliveries_come_in_by_their_mapping_alone_and_punctuality_comes_out(app, figures, imports, tmp_path):
    path, known = DATA / "orders" / "scms_delivery_history.csv.gz", reference("scms")
    if not path.exists():
        path, known = made_deliveries(tmp_path)
    imports(app, "orders", path)
    found = figures(app, "--source", "scms")
    totals, punctual = found["All lines"], found["Deliveries"]
    assert (totals["lines"], totals["invoices"], totals["countries"], totals["suppliers"]) == (known["lines"], known["orders"], known["countries"], known["vendors"])
    assert totals["revenue"] == f"{known['value']:.4f}" and totals["customers"] == known["projects"]
    wanted = {
        "shipments": known["shipments"], "on time": known["on_time"], "on-time rate": f"{known['on_time_pct']:.3f}", "early": known["early"], "on the day": known["same_day"],
        "late": known["late"], "late by more than 14 days": known["late_over_14"], "mean days late": f"{known['mean_days_late_of_late']:.3f}",
        "orders wholly on time": known["orders_all_lines_on_time"], **{f"on-time rate by {mode}": f"{rate:.2f}" for mode, rate in known["on_time_by_mode"].items()},
    }
    assert {name: punctual[name] for name in wanted} == wanted


def made_deliveries(folder: Path) -> tuple[Path, dict]:
    """Deliveries of the same columns: every fourth comes two days late."""
    header = ("ID", "Project Code", "PO / SO #", "ASN/DN #", "Country", "Shipment Mode", "PO Sent to Vendor Date", "Scheduled Delivery Date", "Delivered to Client Date",
              "Vendor", "Item Description", "Line Item Quantity", "Line Item Value", "Pack Price")
    rows = [(n, f"P{n % 5}", f"SCMS-{n}", f"ASN-{n}", f"Land {n % 5}", "Air", "Date Not Captured", "02-Jun-06", f"0{4 if n % 4 == 0 else 2}-Jun-06", "RANBAXY", "Kit", 3, "10.5", "3.5")
            for n in range(1000)]
    known = {"lines": 1000, "orders": 1000, "countries": 5, "vendors": 1, "value": 10_500, "projects": 5, "shipments": 1000, "on_time": 750, "on_time_pct": 75, "early": 0,
             "same_day": 750, "late": 250, "late_over_14": 0, "mean_days_late_of_late": 2, "orders_all_lines_on_time": 750, "on_time_by_mode": {"Air": 75}}
    return written(folder / "scms.csv", header, rows), known
