"""Commands of the product: `flask --app wsgi …`. Rooms add their own to these."""
from support.cli import demo, listings, serve, whatif


def init_app(app, settings) -> None:
    for command in (demo.demo, listings.settings, listings.routes, serve.serve, serve.work, whatif.whatif):
        app.cli.add_command(command)
