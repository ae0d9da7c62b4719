"""`flask figures orders`: the figures of orders with the formula beside each."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import datetime
from decimal import Decimal

import click
from flask_babel import force_locale

from support import shop
from support.commands import CommandGroup
from support.errors import Invalid
from support.orders.figure import written
from support.orders.figures import figures

figures_group = CommandGroup("figures", help="Figures computed by the database, each with its formula.")


@figures_group.command("orders")
@click.option("--source", default=None, help="Only orders brought over from this source.")
@click.option("--currency", default=None, help="Only orders in this currency.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Day from which days since an order count; the day of the last order if not given.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def orders(source: str | None, currency: str | None, as_of: datetime | None, as_json: bool) -> None:
    """Lines, invoices, customers, revenue, repeat rate, quantiles, punctuality."""
    try:
        with force_locale(shop.WRITTEN) if as_json else nullcontext():  # machines know the figures by their English names
            parts = figures(source, currency, as_of.date() if as_of else None)
    except Invalid as error:
        raise click.ClickException(" ".join(map(str, error.errors.values()))) from error
    if as_json:
        found = [{"part": title, "figures": [{"name": f.name, "value": _plain(f.value), "formula": f.formula} for f in part]} for title, part in parts]
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for title, part in parts:
        click.secho(f"\n{title}", bold=True)
        width = max(len(figure.name) for figure in part)
        for figure in part:
            click.echo(f"  {figure.name:{width}} {_shown(figure.value):>34}   {figure.formula}")


def _plain(value):
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value if isinstance(value, int | str) or value is None else str(value)


def _shown(value) -> str:
    if isinstance(value, list):
        return "; ".join(_shown(each) for each in value)
    return written(value) if isinstance(value, int | Decimal) else "–" if value is None else str(value)
