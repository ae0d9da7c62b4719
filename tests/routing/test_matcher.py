"""The matcher alone: no database, no clock. Who is proposed what, and the one reason that rules out everybody else."""
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.routing import scores
from support.routing.fitness import THERE, Agent, Item, Limits, Line, Need, Step, level_for, no_room, rule_out, untrained
from support.routing.matcher import Matcher

ORDERS, RETURNS, PAYMENTS, GERMAN = 1, 2, 3, 9
NOW = 100_000.0


def line(queue=1, channel="chat", skill=ORDERS, language_skill=None, level=2, **more) -> Line:
    welcome = (Need(PAYMENTS, 4, required=False),) if more.get("steps") else ()
    return Line(queue, channel, "de" if language_skill else "", (Need(skill, level), *welcome), language_skill, **more)


def item(number, at=NOW, where=None, **more) -> Item:
    return Item(number, where or line(), at, **more)


def agent(number, levels=None, **more) -> Agent:
    return Agent(number, {ORDERS: 3} if levels is None else levels, **{"idle_since": NOW - 10, **more})


def matched(items, agents, loads=None) -> dict[int, int]:
    matcher = Matcher(loads=loads)
    for one in items:
        matcher.put_item(one)
    for one in agents:
        matcher.put_agent(one)
    return {proposal.item_id: proposal.agent_id for proposal in matcher.propose(NOW)}


def test_the_better_trained_goes_before_the_longest_idle():
    assert matched([item(1)], [agent(1, {ORDERS: 3}, idle_since=NOW - 9000), agent(2, {ORDERS: 5})]) == {1: 2}


def test_of_equals_the_one_who_is_idle_longest():
    assert matched([item(1)], [agent(1, idle_since=NOW - 1000), agent(2, idle_since=NOW - 2000)]) == {1: 2}


def test_who_knows_the_customer_goes_before_a_slightly_better_one():
    assert matched([item(1, last_agent=1)], [agent(1, {ORDERS: 3}), agent(2, {ORDERS: 4})]) == {1: 1}


def test_a_scarce_person_is_spared():
    both, one = agent(1, {ORDERS: 4, RETURNS: 4}, units=4, chats=2), agent(2, {ORDERS: 3}, units=4, chats=2)
    other = line(queue=2, skill=RETURNS)
    matcher = Matcher(loads={line().key: 0.1, other.key: 2.0})
    matcher.put_line(other)  # where nobody waits now, but somebody will come
    matcher.put_item(item(1))
    for person in (both, one):
        matcher.put_agent(person)
    assert [(p.item_id, p.agent_id) for p in matcher.propose(NOW)] == [(1, 2)], "nobody else could serve returns with the last place"


BUSY_WITH_TICKETS = Limits(ticket_units=3, calls_interrupt=False)


def test_deferrable_work_waits_while_it_costs_more_than_it_is_worth():
    """One agent, who could not take a call with the ticket in hand: early in its time it waits for the calls that come, late it goes."""
    calls = line(channel="call")
    matcher = Matcher(BUSY_WITH_TICKETS, {calls.key: 1.5})
    matcher.put_line(calls)
    matcher.put_agent(agent(1))
    matcher.put_item(item(1, NOW - 60, line(channel="ticket", due_seconds=3600)))
    assert matcher.arrived(1, NOW) is None and matcher.freed(1, NOW) is None and matcher.propose(NOW) == []
    assert matcher.freed(1, NOW + 3300).item_id == 1
    assert [(p.item_id, p.agent_id) for p in matcher.propose(NOW + 3300)] == [(1, 1)]


def test_with_two_free_for_calls_one_of_them_may_take_deferrable_work():
    calls = line(channel="call")
    matcher = Matcher(BUSY_WITH_TICKETS, {calls.key: 0.2})
    matcher.put_line(calls)
    for one in range(6):
        matcher.put_agent(agent(one))
    matcher.put_item(item(1, NOW - 60, line(channel="ticket", due_seconds=3600)))
    assert matcher.arrived(1, NOW) is not None


def test_a_person_of_smaller_limits_carries_no_more_than_them():
    one_chat = Limits(max_chats=1)
    assert matched([item(1)], [agent(1, limits=one_chat, units=2, chats=1)]) == {}
    assert matched([item(1)], [agent(1, limits=one_chat), agent(2, {ORDERS: 2})]) == {1: 1}


def test_the_first_in_line_goes_first():
    assert matched([item(1, NOW - 10), item(2, NOW - 50)], [agent(1)]) == {2: 1}


def test_live_work_goes_before_deferrable():
    for age in (9_000, 50_000):  # in time, and from last night
        assert matched([item(1, NOW - age, line(channel="ticket")), item(2, NOW)], [agent(1)]) == {2: 1}


def test_deferrable_work_is_offered_where_nobody_live_waits():
    assert matched([item(1, NOW, line(channel="ticket"))], [agent(1)]) == {1: 1}


def test_what_is_far_past_its_target_goes_before_what_is_worth_more():
    dear, old = line(queue=1, value=3.0), line(queue=2, value=0.6, target_seconds=60)
    assert matched([item(1, NOW - 50, dear), item(2, NOW - 1000, old)], [agent(1)]) == {2: 1}


def test_a_closed_queue_offers_nothing():
    assert matched([item(1, where=line(open=False))], [agent(1)]) == {}


def test_each_agent_and_each_item_is_proposed_once():
    found = matched([item(n, NOW - n) for n in range(5)], [agent(n) for n in range(3)])
    assert len(found) == 3 and len(set(found.values())) == 3


def test_who_declined_is_passed_over_for_this_item_only():
    first = item(1, NOW - 50, excluded={1: ("declined", NOW + 30)})
    assert matched([first, item(2, NOW - 40)], [agent(1)]) == {2: 1}


@pytest.mark.parametrize("person, code", [
    (agent(1, {}), "untrained"),
    (agent(1, {}, lapsed=frozenset({ORDERS})), "lapsed"),
    (agent(1, {ORDERS: 1}), "level"),
    (agent(1, {ORDERS: 3}), "language"),
    (agent(1, {ORDERS: 3, GERMAN: 2}, out="break"), "break"),
    (agent(1, {ORDERS: 3, GERMAN: 2}, units=6, chats=3), "no_room"),
    (agent(1, {ORDERS: 3, GERMAN: 2}, units=6), "in_call"),
    (agent(1, {ORDERS: 3, GERMAN: 2}), None),
    (agent(7, {ORDERS: 3, GERMAN: 2}), "missed"),
])
def test_the_one_reason_that_rules_somebody_out(person, code):
    wanted = item(1, where=line(language_skill=GERMAN), excluded={7: ("missed", NOW + 1)})
    assert rule_out(wanted, person, Limits(), NOW) == code


def test_the_record_of_a_decision_names_everybody_with_the_terms_of_the_score():
    matcher = Matcher()
    matcher.put_item(item(1))
    for person in (agent(1, {}), agent(2, {ORDERS: 3}), agent(3, {ORDERS: 5})):
        matcher.put_agent(person)
    looked = matcher.consider(matcher.items[1], NOW)
    assert [(c.agent_id, c.out) for c in looked] == [(3, None), (2, None), (1, "untrained")]
    assert looked[0].score == sum(looked[0].terms.values()) > looked[1].score


@pytest.mark.parametrize("channel, units, chats, tickets, code", [
    ("chat", 4, 2, 0, None), ("chat", 6, 3, 0, "no_room"), ("chat", 6, 0, 0, "in_call"), ("chat", 0, 0, 2, None),
    ("call", 0, 0, 2, None), ("call", 2, 1, 0, "no_room"), ("ticket", 6, 3, 1, None), ("ticket", 0, 0, 2, "no_room"), ("ticket", 6, 0, 0, "in_call"),
])
def test_room_counts_live_units_together_and_tickets_apart(channel, units, chats, tickets, code):
    assert no_room(channel, agent(1, units=units, chats=chats, tickets=tickets), Limits()) == code


def test_what_is_taken_away_is_not_proposed():
    matcher = Matcher()
    matcher.put_item(item(1))
    matcher.put_agent(agent(1))
    matcher.remove_agent(1)
    assert matcher.propose(NOW) == []
    matcher.put_agent(agent(1))
    matcher.remove_item(1)
    assert matcher.propose(NOW) == []


STEPS = (Step(30, 2), Step(90, 0))


@pytest.mark.parametrize("levels, opens_after", [
    ({ORDERS: 2, PAYMENTS: 4}, 0), ({ORDERS: 2, PAYMENTS: 3}, 30), ({ORDERS: 2, PAYMENTS: 2}, 30), ({ORDERS: 2, PAYMENTS: 1}, 90), ({ORDERS: 2}, 90),
    ({ORDERS: 1, PAYMENTS: 5}, None), ({PAYMENTS: 5}, None),
])
def test_what_is_preferred_opens_by_steps_and_what_is_required_never(levels, opens_after):
    """The same matcher looks again and again; at each step exactly those may who then may, and the rule says the same."""
    for waited in (0, 29, 30, 89, 90, 9000):
        matcher, wanted, person = Matcher(), item(1, where=line(steps=STEPS)), agent(1, levels)
        matcher.put_item(wanted)
        matcher.put_agent(person)
        may = opens_after is not None and waited >= opens_after
        for earlier in (0, 29, 30):  # it has looked before
            if earlier < (9000 if opens_after is None else opens_after):
                assert matcher.arrived(1, NOW + earlier) is None
        assert (rule_out(wanted, person, Limits(), NOW + waited) is None) is may
        assert [(p.item_id, p.agent_id) for p in matcher.propose(NOW + waited)] == ([(1, 1)] if may else [])


def test_whoever_has_waited_past_a_step_keeps_his_place():
    """Two of one line: the older has passed a step, the younger has not; who suits both takes the older."""
    both = line(steps=STEPS)
    assert matched([item(1, NOW - 10, both), item(2, NOW - 40, both)], [agent(1, {ORDERS: 3, PAYMENTS: 5})]) == {2: 1}


def test_a_step_that_opens_leaves_no_trace_of_whoever_has_left():
    matcher = Matcher()
    matcher.put_agent(agent(1))
    for number in (1, 2):
        matcher.put_item(item(number, NOW + number, line(steps=STEPS)))
    matcher.remove_item(1)
    assert [p.item_id for p in matcher.propose(NOW + 100)] == [2]


ANY_LEVELS = st.dictionaries(st.sampled_from((ORDERS, RETURNS, PAYMENTS, GERMAN)), st.integers(1, 5))
TRAINEE = Limits(max_chats=1, ticket_units=1, calls_interrupt=False)  # as `capacity.in_training` makes them
ANY_STEPS = st.sampled_from(((), (), (Step(5000, 0),), (Step(100, 3), Step(4000, 1), Step(9000, 0))))
ANY_AGENT = st.builds(
    lambda levels, out, chats, tickets, limits: {"levels": levels, "out": out, "chats": chats, "units": 2 * chats, "tickets": tickets, "limits": limits},
    ANY_LEVELS, st.sampled_from((None, None, None, "break", "ringing")), st.integers(0, 3), st.integers(0, 2), st.sampled_from((None, None, TRAINEE)),
)
ANY_ITEM = st.tuples(
    st.integers(1, 2), st.sampled_from(("call", "chat", "ticket")), st.sampled_from((ORDERS, RETURNS)), st.sampled_from((None, GERMAN)), st.integers(1, 4), st.integers(0, 20_000),
    ANY_STEPS,
)


def number_of(queue, skill, level, steps) -> int:
    """A queue of its own for whatever asks for something else."""
    return queue * 10 + skill + level * 100 + len(steps) * 1000


@given(st.lists(ANY_AGENT, max_size=6), st.lists(ANY_ITEM, max_size=12))
def test_whatever_waits_nothing_illegal_is_proposed_and_nobody_fit_is_left_idle(people, work):
    agents = [Agent(n, **one) for n, one in enumerate(people)]
    items = [
        item(n, NOW - age, line(number_of(queue, skill, level, steps), channel, skill, language, level, steps=steps))
        for n, (queue, channel, skill, language, level, age, steps) in enumerate(work)
    ]
    found = matched(items, agents)
    by_agent, by_item = {one.id: one for one in agents}, {one.id: one for one in items}
    assert len(set(found.values())) == len(found)
    for item_id, agent_id in found.items():
        assert rule_out(by_item[item_id], by_agent[agent_id], Limits(), NOW) is None
    for left in (one for one in items if one.id not in found):
        assert not [one for one in agents if one.id not in found.values() and rule_out(left, one, Limits(), NOW) is None]


CALLS = line(9, "call", RETURNS)  # where nobody waits now, but somebody will come
MORE_ITEMS = st.tuples(ANY_ITEM, st.sampled_from((None, None, 0, 1)), st.sampled_from((None, None, 0, 1)))


@given(st.lists(ANY_AGENT, max_size=8), st.lists(MORE_ITEMS, min_size=1, max_size=12), st.sampled_from((Limits(), BUSY_WITH_TICKETS)), st.integers(0, 7))
def test_the_index_chooses_what_a_scan_of_everything_would(people, work, limits, changed):
    agents = [Agent(n, idle_since=NOW - 50 - n, **one) for n, one in enumerate(people)]
    items = [
        item(
            n, NOW - age, line(number_of(queue, skill, level, steps), channel, skill, language, level, due_seconds=9000, steps=steps), last_agent=knows,
            excluded={} if shy is None else {shy: ("declined", NOW + 9)},
        )
        for n, ((queue, channel, skill, language, level, age, steps), knows, shy) in enumerate(work)
    ]
    loads = {one.line.key: 0.7 for one in items if one.line.channel != "ticket"} | {CALLS.key: 1.9}
    matcher = Matcher(limits, loads)
    matcher.put_line(CALLS)
    for one in agents[: len(agents) // 2]:
        matcher.put_agent(one)
    for one in items:
        matcher.put_item(one)
    for one in agents[len(agents) // 2:]:
        matcher.put_agent(one)
    if changed < len(agents):  # a change and back again leaves no trace
        matcher.put_agent(replace(agents[changed], out="ringing", levels={}))
        matcher.put_agent(agents[changed])
    scan = Scan(items, agents, limits, loads)
    for one in items:
        found = matcher.arrived(one.id, NOW)
        assert (found and found.agent_id) == scan.best_agent(one)
    for one in agents:
        if one.out is None:
            found = matcher.freed(one.id, NOW)
            assert (found and found.item_id) == scan.best_item(one)


class Scan:
    """The same choices the slow way: everybody and everything is looked at, nothing is remembered."""

    def __init__(self, items, agents, limits, loads):
        self.items, self.agents, self.limits, self.loads = items, agents, limits, loads

    def price(self, person, channel) -> float:
        """What all lines lose that he could serve now, and not with one more of this channel."""
        fuller = replace(
            person, units=person.units + self.limits.weight(channel), chats=person.chats + (channel == "chat"), tickets=person.tickets + (channel == "ticket")
        )
        lines = {one.line.key: one.line for one in self.items} | {CALLS.key: CALLS}
        return sum(
            self.loads.get(where.key, 0.0) / self.there(where) * self.free(where) ** -1.8
            for where in lines.values()
            if where.channel != "ticket" and self.may(where, person) and no_room(where.channel, fuller, self.limits) is not None
        )

    def may(self, where, person) -> bool:
        return rule_out(item(99, where=where), person, self.limits, NOW) is None

    def free(self, where) -> int:
        return sum(self.may(where, person) for person in self.agents)

    def there(self, where) -> int:
        return sum(untrained(where, person.levels) is None and person.out in THERE for person in self.agents)

    def fits(self, one, person) -> bool:
        worth = one.line.channel != "ticket" or scores.overdue(one, NOW) or scores.urgency(one, NOW) > self.price(person, "ticket")
        return worth and rule_out(one, person, self.limits, NOW) is None

    def best_agent(self, one) -> int | None:
        ranks = [
            (sum(scores.arrival(one, person, self.price(person, one.line.channel), NOW).values()), -person.idle_since, -person.id)
            for person in self.agents if self.fits(one, person)
        ]
        return -max(ranks)[2] if ranks else None

    def best_item(self, person) -> int | None:
        """Of those in each line who have passed the same steps, the first that he is not kept from speaks for them."""
        heads = {}
        for one in sorted(self.items, key=lambda one: (one.entered_at, one.id)):
            if one.excluded.get(person.id, ("", 0.0))[1] <= NOW:
                passed = sum(step.after <= NOW - one.entered_at for step in one.line.steps)
                heads.setdefault((one.line.key, passed), one)
        ranks = [
            (
                one.line.channel != "ticket" or self.limits.ticket_units > 0, scores.overdue(one, NOW),
                scores.freed(one, level_for(one.line, person.levels), person.id, NOW), -one.entered_at, -one.id,
            )
            for one in heads.values() if self.fits(one, person)
        ]
        return -max(ranks)[4] if ranks else None
