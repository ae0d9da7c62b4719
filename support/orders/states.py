"""The carrier-neutral words for where a parcel is: nine states with sub-states, and which of them end the way."""

from flask_babel import lazy_gettext as _l

PENDING, INFO_RECEIVED, IN_TRANSIT, OUT_FOR_DELIVERY = "pending", "info_received", "in_transit", "out_for_delivery"
ATTEMPT_FAIL, FOR_PICKUP, DELIVERED, EXCEPTION, EXPIRED = "attempt_fail", "available_for_pickup", "delivered", "exception", "expired"

STATES = {
    PENDING: _l("Not handed over yet"),
    INFO_RECEIVED: _l("Label made"),
    IN_TRANSIT: _l("On its way"),
    OUT_FOR_DELIVERY: _l("Out for delivery"),
    ATTEMPT_FAIL: _l("Could not be delivered, will be tried again"),
    FOR_PICKUP: _l("Ready to be picked up"),
    DELIVERED: _l("Delivered"),
    EXCEPTION: _l("Needs attention"),
    EXPIRED: _l("No news for 30 days"),
}

LOST, RETURNING, RETURNED, ACCEPTED = "013", "010", "011", "002"

SUBSTATES = {
    (PENDING, "001"): _l("The carrier has no news yet"),
    (INFO_RECEIVED, "001"): _l("The carrier knows about the parcel"),
    (IN_TRANSIT, "001"): _l("On its way"),
    (IN_TRANSIT, ACCEPTED): _l("Handed over to the carrier"),
    (IN_TRANSIT, "003"): _l("Arrived at a sorting centre"),
    (IN_TRANSIT, "004"): _l("Arrived in the country of delivery"),
    (IN_TRANSIT, "005"): _l("Customs have let it through"),
    (IN_TRANSIT, "006"): _l("Handed to customs"),
    (IN_TRANSIT, "007"): _l("Left the sorting centre"),
    (IN_TRANSIT, "008"): _l("A problem was solved, on its way again"),
    (IN_TRANSIT, "009"): _l("Sent on to another address"),
    (OUT_FOR_DELIVERY, "001"): _l("Out for delivery"),
    (OUT_FOR_DELIVERY, "003"): _l("The carrier has announced the delivery"),
    (OUT_FOR_DELIVERY, "004"): _l("A time for the delivery was agreed"),
    (ATTEMPT_FAIL, "001"): _l("Could not be delivered, will be tried again"),
    (ATTEMPT_FAIL, "002"): _l("Nobody was at home"),
    (ATTEMPT_FAIL, "003"): _l("The business was closed"),
    (FOR_PICKUP, "001"): _l("Waits at a pick-up point"),
    (DELIVERED, "001"): _l("Delivered"),
    (DELIVERED, "002"): _l("Picked up"),
    (DELIVERED, "003"): _l("Delivered and signed for"),
    (DELIVERED, "004"): _l("Delivered, cash collected"),
    (DELIVERED, "005"): _l("Left with a neighbour"),
    (EXCEPTION, "001"): _l("Something holds the parcel up"),
    (EXCEPTION, "002"): _l("The addressee has moved"),
    (EXCEPTION, "003"): _l("Was refused at the door"),
    (EXCEPTION, "004"): _l("Held up at customs"),
    (EXCEPTION, "005"): _l("Held up by weather, strike or the like"),
    (EXCEPTION, "006"): _l("Held until a charge is paid"),
    (EXCEPTION, "007"): _l("The address is wrong"),
    (EXCEPTION, "008"): _l("Was not picked up in time"),
    (EXCEPTION, "009"): _l("Not accepted by the carrier"),
    (EXCEPTION, RETURNING): _l("On its way back to us"),
    (EXCEPTION, RETURNED): _l("Came back to us"),
    (EXCEPTION, "012"): _l("Damaged on its way"),
    (EXCEPTION, LOST): _l("Lost on its way"),
    (EXPIRED, "001"): _l("No news for 30 days"),
}

# How many of the five stops lie behind a parcel in this state (the last of them is where it is now).
STOPS = {
    PENDING: 0, INFO_RECEIVED: 1, IN_TRANSIT: 3, OUT_FOR_DELIVERY: 4, ATTEMPT_FAIL: 4, FOR_PICKUP: 4, DELIVERED: 5, EXCEPTION: 0, EXPIRED: 0,
}
STOP_WORDS = (_l("Label made"), _l("Handed over"), _l("On its way"), _l("Out for delivery"), _l("Delivered"))


def is_known(state: str, substate: str) -> bool:
    return (state, substate) in SUBSTATES


def is_terminal(state: str, substate: str) -> bool:
    """Whether this ends the way: a scan that arrives late may not bring the parcel back on the road."""
    return state == DELIVERED or (state == EXCEPTION and substate in (RETURNED, LOST))


def word(state: str, substate: str | None = None) -> str:
    """What a person reads: the sub-state where known, else the state."""
    return str(SUBSTATES.get((state, substate)) or STATES[state])


def stops_behind(state: str, substate: str) -> int:
    return 2 if (state, substate) == (IN_TRANSIT, ACCEPTED) else STOPS[state]
