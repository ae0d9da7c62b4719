"""`flask classify`: teach the classifier, see how it does, ask it."""
import click
from flask_babel import format_decimal, format_percent
from flask_babel import gettext as _

from support.classification import learned, teaching
from support.classification.features import text_of
from support.classification.models import READY, TOO_FEW
from support.classification.sorting import sort
from support.commands import CommandGroup
from support.errors import SwitchboardError

group = CommandGroup("classify", short_help="Teach the classifier of questions, see how it does, ask it.")


@group.command("train")
def train() -> None:
    """Learn from the past tickets now."""
    training = teaching.teach()
    if training is None:
        raise click.ClickException(_("It is learning already. Try again in a minute."))
    if training.state == TOO_FEW:
        raise click.ClickException(_("There is too little to learn from: two queues need five past tickets each."))
    if training.state != READY:
        raise click.ClickException(_("It could not learn. The log says more."))
    _tell(training)


@group.command("show")
def show() -> None:
    """How the classifier does."""
    known = learned.current()
    if known is None:
        raise click.ClickException(_("Nothing is learned yet. Run: flask --app wsgi classify train"))
    _tell(known)
    for name in known.model.classes:
        click.echo(f"  {name}")


@group.command("ask")
@click.argument("text")
def ask(text: str) -> None:
    """Where a question with these words would go."""
    try:
        found = sort("", text)
    except SwitchboardError as error:
        raise click.ClickException(str(error.sentence)) from error
    click.echo(f"{found.queue.slug}  {found.way}  {found.priority}")
    known = learned.current()
    if known is not None:
        guess = known.model.guess(text_of("", text))
        click.echo(f"  {guess.name}  {format_percent(guess.confidence)}")


def _tell(what) -> None:
    click.echo(_("Learned from %(examples)s tickets; %(share)s of guesses on unseen ones were right.", examples=format_decimal(what.examples), share=format_percent(what.accuracy)))
