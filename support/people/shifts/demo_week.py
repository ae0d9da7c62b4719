"""The shifts of the demo shop; the cast of the tests has none, so that nothing is different for them."""


def plans(world) -> None:
    """Filled in below."""
