"""What may be stored is shown to its last word; what would be cut cannot be stored, and the author is told the limit."""
import json

import pytest

from kb import articles, markdown

END = "quaggaville"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("body", ["a\n" * (markdown.MOST_LINES - 1), "a word\n\n" * 1900, "x" * 50 + "\n" * 2, "- item\n" * 3900, "word " * 23_900])
def test_the_longest_texts_are_shown_to_their_end(app, body, line_end):
    body = (body + END).replace("\n", line_end)
    assert len(body) <= articles.LONGEST_BODY and markdown.is_short(body)
    with app.test_request_context():
        assert END in markdown.render(body) and END in markdown.plain(body)


@pytest.mark.parametrize("body", ["a\n" * markdown.MOST_LINES, "a\r" * markdown.MOST_LINES, "\r\n" * markdown.MOST_LINES + "a"])
def test_a_text_of_too_many_lines_is_refused_where_it_is_written_and_where_it_is_imported(app, client_of, imports, rejected, tmp_path, body):
    told = {"title": "Long", "body": body + END, "language": "en", "state": "public"}
    answer = client_of(app, "arno").post("/admin/articles/new", data=told)
    assert answer.status_code == 422 and "at most 4,000 lines" in answer.text and END in answer.text
    path = tmp_path / "long.jsonl"
    path.write_text(json.dumps({"id": "long.md", "title": "Long", "body": body + END}) + "\n", encoding="utf8")
    imports(app, "articles", path, "--source", "there")
    assert list(rejected(app).values()) == ["Use at most 4,000 lines."]


def test_the_space_before_the_first_word_stays(app, client_of):
    arno = client_of(app, "arno")
    assert arno.post("/admin/articles/new", data={"title": "Code", "body": "    sudo reboot\n", "language": "en", "state": "public"}).status_code == 303
    assert "<pre><code>sudo reboot" in client_of(app).get("/answers/code").text
    assert arno.post("/admin/articles/new", data={"title": "Empty", "body": " \n ", "language": "en", "state": "public"}).status_code == 422
