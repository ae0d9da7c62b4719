"""What is half written is kept up to the last letter, also by whoever leaves the page in the same moment."""


def test_an_answer_is_kept_by_whoever_leaves_while_typing(live_default, new_page, live_desk):
    page, question = new_page(live_default, "maja"), f"/questions/{live_desk.ask()}"
    page.goto(question)
    page.fill("#f-body", "Half a thought")
    page.goto("/hours")
    page.goto(question)
    assert page.input_value("#f-body") == "Half a thought"


def test_a_question_is_kept_by_whoever_leaves_while_typing_and_goes_when_it_was_sent(live_default, new_page):
    page = new_page(live_default, "maja")
    page.goto("/ask")
    page.fill("#f-subject", "A broken pole")
    page.goto("/hours")
    page.goto("/ask")
    assert page.input_value("#f-subject") == "A broken pole"
    page.fill("#f-body", "It broke at the first wind")
    page.evaluate("document.querySelector('.sb-p-nav a').click()")  # a visit without a new page
    page.wait_for_url(lambda address: not address.endswith("/ask"))
    page.goto("/ask")
    assert page.input_value("#f-body") == "It broke at the first wind"
    page.check("[name=topic] >> nth=0")
    page.check("[name=channel][value=form]")
    page.focus("text=Send question")
    page.keyboard.press("Enter")
    page.wait_for_selector(".sb-bubble >> text=It broke at the first wind")
    page.goto("/ask")
    assert (page.input_value("#f-subject"), page.input_value("#f-body")) == ("", "")
