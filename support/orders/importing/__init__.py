"""Orders of another system, as history: what a row may say, and how a batch of rows is stored."""
from support.orders.importing.importer import OrderImporter

__all__ = ["OrderImporter"]
