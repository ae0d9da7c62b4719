"""The line under a message that waits: it stays as it is while the message is tried again and again."""


def test_the_button_that_takes_a_waiting_message_back_stays_under_the_hand_while_it_is_tried_again(live_default, new_page, live_desk):
    page = new_page(live_default, "maja", allow=("ERR_FAILED",))
    page.goto(f"/questions/{live_desk.ask()}")
    page.wait_for_selector("html[data-live=connected]")
    page.route("**/messages", lambda route: route.abort())
    page.fill("#f-body", "On second thoughts")
    page.press("#f-body", "Control+Enter")
    page.wait_for_selector("[data-pending] >> text=Waits for the connection")
    page.focus("[data-pending] button")
    page.evaluate("window.before = document.activeElement")
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/messages")):  # by itself, some seconds later
        pass
    page.wait_for_timeout(200)
    assert page.evaluate("window.before.isConnected && document.activeElement === window.before")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('#f-body').value === 'On second thoughts'")
