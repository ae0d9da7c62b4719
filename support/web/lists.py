"""Lists on pages. The list itself lives in `support.listing`, because the functions that list things are below us."""
from support.listing import Listing

__all__ = ["Listing"]
