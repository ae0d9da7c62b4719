"""Which screens `make screenshots` pictures, and how each comes to be: who looks, at which address, what is done there first.

The order tells a story, because some states exist only after others: a question rings after it was asked, and can be rated after it was solved.
"""
from collections.abc import Callable
from dataclasses import dataclass

from tools.acts import (
    WAIT,
    accepted,
    as_guest,
    attached,
    available,
    brought,
    busy,
    declined,
    field_open,
    fill,
    in_ticket,
    mailed,
    note,
    nothing,
    offline,
    online,
    rated,
    returned,
    rings,
    solved,
    stuck,
    talked,
    to_passing,
    tried,
    typed,
    with_files,
)
from tools.first_visits import founded, hired, signed_up


@dataclass(frozen=True)
class Screen:
    """One screen or state. `path` is an address or a route; a route is found as the first link of that form on the page `at`.

    `shows` is the route that is pictured in the end, where `act` leads to another page than `path`.
    """

    name: str
    who: str
    path: str
    at: str = ""
    shows: str = ""
    act: Callable = nothing  # brings the open page into the state that is meant
    after: Callable = nothing  # puts right what the next screen must not meet
    traffic: bool = False  # with simulated customers and agents
    empty: bool = False  # of a shop of its own, in which nobody has done anything yet

    @property
    def group(self) -> str:
        return self.name.partition("-")[0]


NEW = {  # what is there before anybody has written, trained, asked or bought
    "founder": {
        "tickets": "/tickets", "board": "/board", "shifts": "/admin/shifts", "coverage": "/admin/coverage", "skills": "/admin/certificates", "certificate": "/admin/certificates/new",
        "articles": "/admin/articles", "staff": "/admin/staff", "queues": "/admin/queues", "skill-list": "/admin/skills", "courses": "/admin/courses", "training": "/admin/training", "calendars": "/admin/calendars",
        "dispositions": "/admin/dispositions", "replies": "/admin/replies", "notices": "/admin/notices", "searches": "/admin/searches", "search-words": "/admin/search-words?q=settee",
        "mail": "/admin/mail", "imports": "/admin/imports", "deliveries": "/admin/deliveries", "classification": "/admin/classification", "callbacks": "/callbacks",
    },
    "nobody": {"home": "/", "answers": "/answers", "search": "/search?q=tent", "products": "/products", "hours": "/hours", "contact": "/contact"},
    "recruit": {"desk": "/desk", "reviews": "/desk/reviews"},
    "newcomer": {"orders": "/orders", "questions": "/questions", "ask": "/ask", "addresses": "/account/addresses"},
}
TYPO = "were is my parcle"
SCREENS = (
    Screen("setup", "nobody", "/setup", empty=True),
    Screen("setup-error", "nobody", "/setup", act=fill("main button.btn-primary", code="", day_0="9 to 5"), empty=True),
    Screen("new-overview", "founder", "/setup", shows="/admin", act=founded, empty=True),
    *(
        Screen(f"new-{name}", who, path, act={"newcomer": signed_up, "recruit": hired}.get(who, nothing), empty=True) for who, pages in NEW.items() for name, path in pages.items()
    ),
    Screen("portal-home", "nobody", "/"),
    Screen("portal-home-typing", "nobody", "/", act=typed("input[type=search]", TYPO, ".sb-hit")),
    Screen("portal-home-late", "maja", "/"),
    Screen("portal-search", "nobody", f"/search?q={TYPO.replace(' ', '+')}"),
    Screen("portal-search-empty", "nobody", "/search?q=qqqqxxxx"),
    Screen("portal-answers", "nobody", "/answers"),
    Screen("portal-article", "nobody", "/answers/<slug>", at="/answers"),
    Screen("portal-hours", "nobody", "/hours"),
    Screen("portal-contact", "nobody", "/contact"),
    Screen("portal-products", "nobody", "/products"),
    Screen("portal-product", "nobody", "/products/<slug>", at="/products"),
    Screen("portal-track", "nobody", "/track"),
    Screen("portal-track-error", "nobody", "/track", act=fill("main button.btn-primary", number="", proof="")),
    Screen("portal-orders", "maja", "/orders"),
    Screen("portal-orders-empty", "maja", "/orders?q=qqqq"),
    Screen("portal-order", "maja", "/orders/TT-204817"),
    Screen("portal-order-guest", "gero", "/orders/TT-204733", act=as_guest),
    Screen("portal-ask-nobody", "nobody", "/ask"),
    Screen("portal-ask", "maja", "/ask?order=TT-204817"),
    Screen("portal-ask-answers", "maja", "/ask", act=typed("main [name=subject]", "broken tent pole", "[data-suggest-target=list] h3")),
    Screen("portal-ask-error", "maja", "/ask", act=fill("main form.sb-ask button.btn-primary", subject="", body="")),
    Screen("portal-questions", "maja", "/questions"),
    Screen("portal-questions-empty", "gero", "/questions", act=as_guest),
    Screen("door-signin", "nobody", "/sign-in"),
    Screen("door-signin-error", "nobody", "/sign-in", act=fill("main form[action='/sign-in'] button", email="maja@mail.example", password="wrong")),
    Screen("door-signup", "nobody", "/sign-up"),
    Screen("door-ask-link", "nobody", "/sign-in/link"),
    Screen("door-sent", "nobody", "/sign-in/link", shows="/sign-in/sent", act=fill("main button.btn-primary", email="maja@mail.example")),
    Screen("door-link", "nobody", "/", shows="/link/<token>", act=mailed),
    Screen("door-ask-reset", "nobody", "/reset"),
    Screen("door-reset", "nobody", "/reset", shows="/reset/<token>", act=lambda page, stage: (fill("main button.btn-primary", email="maja@mail.example")(page, stage), mailed(page, stage))),
    Screen("door-staff", "nobody", "/staff/sign-in"),
    Screen("door-staff-ask-reset", "nobody", "/staff/reset"),
    Screen("door-staff-sent", "nobody", "/staff/reset/sent"),
    Screen(
        "door-staff-reset", "nobody", "/staff/reset", shows="/staff/reset/<token>",
        act=lambda page, stage: (fill("main button.btn-primary", email="tomasz@tarn-thistle.example")(page, stage), mailed(page, stage)),
    ),
    Screen("account-profile", "maja", "/account"),
    Screen("account-addresses", "maja", "/account/addresses"),
    Screen("account-address", "maja", "/account/addresses/<int:address_id>", at="/account/addresses"),
    Screen("account-address-new", "maja", "/account/addresses/new"),
    Screen("account-consent", "maja", "/account/consent"),
    Screen("account-email", "maja", "/account/email"),
    Screen("account-password", "maja", "/account/password"),
    Screen("account-signins", "maja", "/account/sign-ins"),
    Screen("desk-offline", "ines", "/desk"),
    Screen("portal-question-waiting", "maja", "/questions", shows="/questions/<int:ticket_id>", act=talked),
    Screen("desk-offer", "ines", "/desk", act=lambda page, stage: (available(page, stage), page.locator(".sb-offer").wait_for(timeout=WAIT))),
    Screen("desk-ticket", "ines", "/desk", shows="/desk/tickets/<int:ticket_id>", act=accepted),
    Screen("portal-callback", "maja", "/questions", shows="/questions/<int:ticket_id>/callback", act=lambda page, stage: page.goto(f"/questions/{stage.kept['talk']}/callback")),
    Screen("portal-question-chat", "maja", "/questions", act=lambda page, stage: page.goto(f"/questions/{stage.kept['talk']}")),
    Screen("desk-passing", "ines", "/desk", shows="/desk/tickets/<int:ticket_id>/passing", act=to_passing),
    Screen("desk-ringing", "ines", "/desk", act=rings, after=declined),
    Screen("desk-note", "ines", "/desk", act=note, after=lambda page, stage: page.locator("#f-body").fill("")),
    Screen("desk-canned", "ines", "/desk", act=in_ticket("[data-shortcut='/'] summary")),
    Screen("desk-resolve", "ines", "/desk", act=in_ticket("#resolve summary")),
    Screen("desk-presence", "ines", "/desk", act=in_ticket(".sb-desk-me button")),
    Screen("desk-menu", "ines", "/desk", act=in_ticket(".sb-me")),
    Screen("desk-unconnected", "ines", "/desk", act=offline, after=online),
    Screen("portal-question-files", "maja", "/questions", shows="/questions/<int:ticket_id>", act=with_files),
    Screen("desk-ticket-files", "ines", "/desk", shows="/desk/tickets/<int:ticket_id>", act=attached),
    Screen("portal-question-solved", "maja", "/questions", act=solved),
    Screen("portal-question-rated", "maja", "/questions", act=rated),
    Screen("desk-reviews", "ines", "/desk/reviews"),
    Screen("desk-empty", "hanna", "/desk", act=available),
    Screen("desk-account", "ines", "/staff/account"),
    Screen("supervision-tickets", "hanna", "/tickets"),
    Screen("supervision-callbacks", "hanna", "/callbacks"),
    Screen("supervision-tickets-empty", "hanna", "/tickets?q=qqqq"),
    Screen("supervision-story", "hanna", "/tickets", shows="/tickets/<int:ticket_id>", act=lambda page, stage: page.goto(f"/tickets/{stage.kept['talk']}")),
    Screen("supervision-story-returned", "hanna", "/tickets", shows="/tickets/<int:ticket_id>", act=returned),
    Screen("supervision-why", "hanna", "/tickets", shows="/tickets/<int:ticket_id>/why", act=lambda page, stage: page.goto(f"/tickets/{stage.kept['talk']}/why")),
    Screen("supervision-skills", "hanna", "/admin/certificates"),
    Screen("supervision-skills-field", "arno", "/admin/certificates", act=field_open),
    Screen("supervision-skills-nobody", "hanna", "/admin/certificates?q=qqqq"),
    Screen("supervision-certificate", "arno", "/admin/certificates/<int:person_id>/<int:skill_id>", at="/admin/certificates"),
    Screen("supervision-certificate-new", "arno", "/admin/certificates/new"),
    Screen("supervision-training", "hanna", "/admin/training"),
    Screen("supervision-training-new", "hanna", "/admin/training/new"),
    Screen("supervision-training-record", "hanna", "/admin/training?state=enrolled", shows="/admin/training/<int:record_id>", act=lambda page, stage: page.locator("tbody .btn").first.click()),
    Screen("supervision-training-person", "hanna", "/admin/training/people/<int:person_id>", at="/admin/training?state=enrolled"),
    Screen("desk-training", "aoife", "/staff/training"),
    Screen("admin-overview", "arno", "/admin"),
    Screen("admin-articles", "arno", "/admin/articles"),
    Screen("admin-article", "arno", "/admin/articles/<int:article_id>", at="/admin/articles"),
    Screen("admin-article-new", "arno", "/admin/articles/new"),
    Screen("admin-revisions", "arno", "/admin/articles/<int:article_id>/revisions", at="/admin/articles/<int:article_id>"),
    Screen("admin-revision", "arno", "/admin/articles/<int:article_id>/revisions/<int:number>", at="/admin/articles/<int:article_id>/revisions"),
    *(
        screen for name, plural, key in (
            ("calendar", "calendars", "calendar_id"), ("course", "courses", "course_id"), ("disposition", "dispositions", "disposition_id"), ("notice", "notices", "notice_id"),
            ("queue", "queues", "queue_id"), ("reply", "replies", "reply_id"), ("skill", "skills", "skill_id"), ("person", "staff", "staff_id"),
        ) for screen in (
            Screen(f"admin-{plural}", "arno", f"/admin/{plural}"), Screen(f"admin-{name}", "arno", f"/admin/{plural}/<int:{key}>", at=f"/admin/{plural}"),
            Screen(f"admin-{name}-new", "arno", f"/admin/{plural}/new"),
        )
    ),
    Screen("admin-classification", "arno", "/admin/classification"),
    Screen("admin-classification-rule", "arno", "/admin/classification/rules/<int:rule_id>", at="/admin/classification"),
    Screen("admin-classification-rule-new", "arno", "/admin/classification/rules/new"),
    Screen("admin-shifts", "hanna", "/admin/shifts"),
    Screen("admin-shifts-person", "hanna", "/admin/shifts/<int:person_id>", at="/admin/shifts"),
    Screen("admin-shifts-plan", "hanna", "/admin/shifts/<int:person_id>/plans/<int:plan_id>", at="/admin/shifts/<int:person_id>"),
    Screen("admin-shifts-plan-new", "hanna", "/admin/shifts/<int:person_id>/plans/new", at="/admin/shifts/<int:person_id>"),
    Screen("admin-coverage", "hanna", "/admin/coverage"),
    Screen("admin-staff-empty", "arno", "/admin/staff?q=qqqq"),
    Screen("admin-searches", "arno", "/admin/searches"),
    Screen("admin-search-words", "arno", "/admin/search-words?q=flashlight"),
    Screen("admin-mail", "arno", "/admin/mail"),
    Screen("admin-deliveries", "arno", "/admin/deliveries"),
    Screen("admin-deliveries-stuck", "arno", "/admin/deliveries", act=stuck),
    Screen("admin-delivery-drop", "arno", "/admin/deliveries/<int:event_id>/<listener>", at="/admin/deliveries"),
    Screen("admin-shop", "arno", "/admin/shop"),
    Screen("admin-shop-face", "arno", "/admin/shop/face"),
    Screen("admin-embedding", "arno", "/admin/embedding"),
    Screen("embed-start", "nobody", "/embed"),
    Screen("admin-imports-empty", "arno", "/admin/imports"),
    Screen("admin-import-mapping", "arno", "/admin/imports", shows="/admin/imports/<int:run_id>", act=brought),
    Screen("admin-import-tried", "arno", "/admin/imports/<int:run_id>", at="/admin/imports", act=tried),
    Screen("admin-imports", "arno", "/admin/imports"),
    Screen("error-offline", "nobody", "/offline"),
    Screen("error-404", "nobody", "/no-such-page"),
    Screen("error-403", "ines", "/admin/staff"),
    Screen("error-404-staff", "ines", "/no-such-page"),
    Screen("board-calm", "hanna", "/board"),
    Screen("board-traffic", "hanna", "/board", act=busy, traffic=True),
    Screen("board-tickets", "hanna", "/tickets", traffic=True),
)
