"""Tickets brought over from another helpdesk: history that mails nobody and rings nowhere, or, on request, work that goes on here."""
from support.importing import register_importer
from support.past_tickets.importer import TicketImporter

__all__ = ["TicketImporter"]


def init_app(app, settings) -> None:
    register_importer(app, TicketImporter())
