"""What the shop sells: the list and one product. For everybody."""

from flask import Blueprint, render_template, request

from support import catalogue
from support.web.identity import EVERYBODY, allow

bp = Blueprint("portal_products", __name__, template_folder="templates", url_prefix="/products")


@bp.get("")
@allow(*EVERYBODY)
def index():
    listing = catalogue.list_products(request.args)
    return render_template("portal/products/index.html", listing=listing, categories=catalogue.categories())


@bp.get("/<slug>")
@allow(*EVERYBODY)
def show(slug):
    return render_template("portal/products/show.html", product=catalogue.find_product(slug))
