"""The desk's one blueprint and who may sit at a desk; every module of this package hangs its routes on it."""
from flask import Blueprint

bp = Blueprint("desk", __name__, template_folder="../templates")

DESK_ROLES = ("agent", "supervisor")
