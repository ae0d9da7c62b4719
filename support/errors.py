"""What can go wrong, as classes with a sentence for people. Every door turns them into its own kind of answer.

Lower floors raise them; `support.web.errors` is the one place that answers HTTP with them.
"""
from flask_babel import lazy_gettext as _l


class SwitchboardError(Exception):
    """Base of all: `.status` is the HTTP status, `.sentence` is safe to show to a stranger."""

    status = 500
    sentence = _l("Something went wrong on our side. Nothing you wrote is lost; please try again.")

    def __init__(self, sentence=None):
        if sentence is not None:
            self.sentence = sentence
        super().__init__(str(sentence or ""))


class NotFound(SwitchboardError):
    """Absent and forbidden look the same to a stranger."""

    status = 404
    sentence = _l("We cannot find that.")


class NotAllowed(SwitchboardError):
    """For staff who may know that a thing exists, but not do this with it."""

    status = 403
    sentence = _l("Your role does not allow this. Ask an administrator if you need it.")


class Invalid(SwitchboardError):
    """Wrong input: `.errors` maps a field's name to one sentence."""

    status = 422
    sentence = _l("Some answers need another look.")

    def __init__(self, errors: dict):
        super().__init__()
        self.errors = errors


class Stale(SwitchboardError):
    """Somebody changed the thing in the meantime."""

    status = 409
    sentence = _l("Somebody changed this in the meantime. Here is how it stands now.")


class IllegalMove(SwitchboardError):
    """The state does not allow this step."""

    status = 409
    sentence = _l("This step is not possible any more.")


class TooMany(SwitchboardError):
    """A limit is reached; `.retry_after` is in seconds."""

    status = 429
    sentence = _l("Too many tries. Please wait a little and try again.")

    def __init__(self, sentence=None, retry_after: int = 60):
        super().__init__(sentence)
        self.retry_after = retry_after


class Unavailable(SwitchboardError):
    """A part we need does not answer now; `.retry_after` is in seconds."""

    status = 503
    sentence = _l("This is not available right now. Please try again in a minute.")

    def __init__(self, sentence=None, retry_after: int = 60):
        super().__init__(sentence)
        self.retry_after = retry_after


class Crowded(Unavailable):
    """More is asked of this process than it can answer."""

    sentence = _l("More people ask us right now than we can answer at once. Nothing was changed; please try again in a moment.")
