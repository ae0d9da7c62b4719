"""Answers beside the form for asking a person: they open, and one click says that it is solved."""
QUESTION = {"subject": "Where is my parcel", "body": "It has not moved for days, where is it"}


def test_answers_beside_the_question_lead_to_their_pages(app, client_of):
    client = client_of(app, "maja")
    answer = client.get("/ask/answers", query_string=QUESTION)
    assert answer.status_code == 200 and 'href="/answers/where-is-my-parcel"' in answer.text
    assert client.get("/answers/where-is-my-parcel").status_code == 200


def test_one_click_says_that_an_answer_solved_it(app, client_of):
    answer = client_of(app).post("/ask/solved", data={"article": "where-is-my-parcel"})
    assert answer.status_code == 200 and 'href="/answers/where-is-my-parcel"' in answer.text
    assert client_of(app).post("/ask/solved", data={"article": "no-such-answer"}).status_code == 404


def test_what_was_not_looked_for_is_not_said_to_be_unanswered(app, client_of):
    client, says = client_of(app, "maja"), "No answer here matches it yet"
    assert says in client.get("/ask", query_string={"q": "zzqx vvkw jjqy xxwz"}).text
    assert says not in client.get("/ask", query_string={"q": "parcel"}).text  # too short to look
    app.extensions["limits"].update(search=app.extensions["limits"]["ticket"])
    many = [client.get("/ask", query_string={"q": "zzqx vvkw jjqy xxwz"}) for _ in range(40)]
    assert {answer.status_code for answer in many} == {200} and says not in many[-1].text
