"""Where the demo shop may be built: in an empty database only."""
from sqlalchemy import func, select

from support.database import db
from support.people.person import Person
from tests.worlds import make_schema, settings_for
from wsgi import create_app


def test_the_command_refuses_a_database_that_is_not_empty(tmp_path):
    app = create_app(settings_for(tmp_path, mode="demo"))
    with app.app_context():
        make_schema(db.engine)
        db.session.add(Person(role="customer", name="Somebody Real", email="somebody@example.org"))
        db.session.commit()
    result = app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code != 0 and "not empty" in result.output
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Person)) == 1
        db.engine.dispose()
