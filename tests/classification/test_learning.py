"""What the classifier learns: from past tickets, in a program of its own, without keeping a word of anybody."""
import random
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from support import classification
from support.classification import examples, learning, teaching, tongues
from support.classification.features import counted, text_of
from support.classification.model import Model
from support.classification.models import BROKEN, READY, TOO_FEW, Training
from support.clock import now
from support.database import db, transaction
from support.errors import IllegalMove
from support.events import Event
from support.people.person import Person
from support.tickets.models import Message, Ticket
from tests.classification.past import SOUNDS, lay_down, question


@pytest.fixture(scope="module")
def lesson():
    draw = random.Random(3)
    return learning.learn([(question(topic, draw), topic) for topic in SOUNDS for _one in range(30)])


def test_it_learns_what_questions_sound_like(lesson):
    draw = random.Random(99)
    for topic in SOUNDS:
        guesses = [lesson.model.guess(question(topic, draw)) for _one in range(20)]
        assert sum(guess.name == topic for guess in guesses) >= 19
    assert lesson.right > 0.9 and sum(count for count, _right in lesson.by_class.values()) == 90


def test_two_classes_are_enough_and_both_are_found():
    draw = random.Random(5)
    model = learning.learn([(question(topic, draw), topic) for topic in ("orders", "returns") for _one in range(8)]).model
    assert {topic: model.guess(question(topic, draw)).name for topic in ("orders", "returns")} == {"orders": "orders", "returns": "returns"}


def test_the_same_examples_teach_the_same(lesson):
    draw = random.Random(3)
    again = learning.learn([(question(topic, draw), topic) for topic in SOUNDS for _one in range(30)])
    assert again.model.packed() == lesson.model.packed()


@given(st.text(max_size=300))
def test_whatever_is_written_gets_a_guess_and_the_stored_model_gives_the_same(lesson, text):
    stored = Model.unpacked(lesson.model.packed())
    guess = stored.guess(text)
    assert guess == lesson.model.guess(text) and guess.name in SOUNDS and 0 <= guess.confidence <= 1


def test_what_is_learned_holds_no_words_and_no_digits(lesson):
    packed = lesson.model.packed()
    assert b"parcel" not in packed and all(block.keys.dtype == np.uint32 for block in lesson.model.blocks.values())
    assert counted("Order 204817") == counted("order 993112")


def test_the_beginning_of_an_embedded_question_counts_once():
    assert text_of("My parcel does not…", "My parcel does not move.") == "My parcel does not move."


def test_no_process_that_serves_people_loads_what_training_needs():
    asked = "import sys, wsgi; print(sorted({name.split('.')[0] for name in sys.modules} & {'sklearn', 'scipy', 'joblib'}))"
    done = subprocess.run([sys.executable, "-c", asked], cwd=teaching.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def newest(app) -> Training:
    with app.app_context():
        return db.session.scalar(select(Training).order_by(Training.id.desc()))


def test_an_administrator_asks_and_the_timed_work_teaches(any_app, client_of):
    lay_down(any_app)
    arno = client_of(any_app, "arno")
    assert arno.post("/admin/classification/training").status_code == 303
    assert "It learns just now" in arno.get("/admin/classification").text
    with any_app.app_context():
        with pytest.raises(IllegalMove):
            classification.teaching.want(db.session.get_one(Person, any_app.extensions["cast"]["arno"]))
        assert teaching.is_due()
        teaching.step()
        pupil = any_app.extensions["pupil"]["now"]
        pupil.process.wait(60)
        teaching.step()
        assert not teaching.is_due()
        assert classification.learned.current().model.guess("my parcel is late").name == "orders"
    trained = newest(any_app)
    assert (trained.state, trained.live, trained.examples) == (READY, None, 60) and trained.accuracy > 0.9
    page = arno.get("/admin/classification").text
    assert "60 past tickets" in page and "It learns just now" not in page


def test_the_command_teaches_shows_and_answers_and_the_clock_only_what_is_new(app):
    run = app.test_cli_runner()
    refused = run.invoke(args=("classify", "train"))
    assert refused.exit_code == 1 and "too little" in refused.output
    assert newest(app).state == TOO_FEW
    assert run.invoke(args=("classify", "show")).exit_code == 1
    with app.app_context():
        teaching.want_by_the_clock()
        assert not teaching.is_due(), "there is nothing to learn from"
    lay_down(app)
    with app.app_context():
        teaching.want_by_the_clock()
        assert teaching.is_due()
    taught = run.invoke(args=("classify", "train"))
    assert taught.exit_code == 0 and "60 tickets" in taught.output, taught.output
    with app.app_context():
        teaching.want_by_the_clock()
        assert not teaching.is_due(), "there is nothing new"
    assert "returns" in run.invoke(args=("classify", "show")).output
    assert run.invoke(args=("classify", "ask", "the zip of my jacket is torn")).output.startswith("returns  learned  normal")


def test_who_dies_while_learning_leaves_it_to_another(any_app, clock):
    lay_down(any_app, 5)
    with any_app.app_context():
        classification.teaching._want()
        assert teaching._claimed() is not None
        assert teaching._claimed() is None and not teaching.is_due()
        clock.move(teaching.LEASE.total_seconds() + 1)
        assert teaching.is_due() and teaching._claimed() is not None


def test_a_pupil_that_fails_ends_its_training_and_what_was_learned_stays(app, lesson, monkeypatch):
    with app.app_context():
        with transaction() as session:
            session.add(Training(state=READY, live=None, wanted_at=now(), ended_at=now(), examples=90, accuracy=0.9, by_queue={}, weights=lesson.model.packed()))
        lay_down(app, 5)
        monkeypatch.setattr(teaching.sys, "executable", "/bin/false")
        assert teaching.teach().state == BROKEN
        assert classification.learned.current().examples == 90


def test_examples_are_those_a_person_stands_behind_and_an_erased_one_is_none(any_app):
    lay_down(any_app, 6)
    with any_app.app_context():
        assert len(examples.gathered()) == 18
        with transaction() as session:
            session.execute(update(Ticket).where(Ticket.topic == "returns", Ticket.client_id == "past-returns-0").values(state="open", sorting="learned"))
        assert len(examples.gathered()) == 17, "sorted by machine and not worked to its end"
        with transaction() as session:
            session.execute(update(Message).where(Message.client_id == "past-returns-1").values(body=""))
            session.execute(update(Ticket).where(Ticket.client_id == "past-returns-1").values(subject=""))
        assert "" in [text for text, _topic in examples.gathered()], "nothing of it is copied anywhere"
        assert [entry.data for entry in db.session.scalars(select(Event).where(Event.kind.startswith("classifier.")))] == []


@pytest.mark.parametrize(("text", "page", "found"), [
    ("Wo ist mein Paket und wann kann ich es bekommen?", "en", "de"),
    ("Where is my parcel and when can I have it?", "de", "en"),
    ("Où est mon colis et quand est-ce que je le reçois ?", "en", "fr"),
    ("Paket TT-204817", "en", "en"), ("Hello, parcel?", "de", "de"), ("", "de_AT", "de_AT"), ("Het is niet goed en ik heb een vraag", "en", "en"),
    ("A talk through a power cut\nA talk through a power cut, please", "en", "en"),  # the same little word again and again is no French
])
def test_the_language_is_the_one_it_is_clearly_written_in(text, page, found):
    assert tongues.written_in(text, {"en", "de", "fr"}, page) == found
