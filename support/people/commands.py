"""`flask administrator`: the first administrator of an installation, who makes all others."""
import click
from flask.cli import with_appcontext

from support.commands import Command
from support.errors import Invalid
from support.people import links, staff
from support.people.person import ADMINISTRATOR


@click.command("administrator", cls=Command)
@click.option("--name", prompt="Name")
@click.option("--email", prompt="E-mail")
@with_appcontext
def administrator(name: str, email: str) -> None:
    """Make an administrator and print the one-use address where the password is chosen."""
    if "@" not in email or not name.strip():
        raise click.ClickException("A name and an e-mail address are needed.")
    try:
        person = staff.make_staff(None, name=name.strip(), email=email, role=ADMINISTRATOR)
    except Invalid as error:
        raise click.ClickException(" ".join(str(told) for told in error.errors.values())) from error
    link = links.newest("invite", person)
    click.echo(f"{person.name} is an administrator. Choose the password here, once, before {link.expires_at:%Y-%m-%d %H:%M} UTC:")
    click.echo(links.url(link))
