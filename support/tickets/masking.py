"""Card numbers are masked to their last four digits before anything is stored, sent on, indexed or logged.

A run of 13 to 19 digits (single blanks, dots or hyphens between them allowed) counts as a card number when its
first digits and length belong to a card scheme and its check digit fits (Luhn, ISO/IEC 7812-1).
"""
import re

RUN = re.compile(r"(?<![\w])\d(?:[ .\-\u00a0]?\d){12,18}(?![\w])")
SCHEMES = (
    (re.compile(r"4"), (13, 16, 19)),
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), (16,)),
    (re.compile(r"3[47]"), (15,)),
    (re.compile(r"6011|65|64[4-9]|622"), (16, 19)),
    (re.compile(r"3(?:0[0-5]|[689])"), (14,)),
    (re.compile(r"35(?:2[89]|[3-8])"), (16,)),
    (re.compile(r"5018|5020|5038|5[6-8]|6304|6759|676[1-3]"), (13, 14, 15, 16, 17, 18, 19)),
)


def mask_cards(text: str) -> str:
    """The text with every card number reduced to its last four digits."""
    return RUN.sub(_masked, text)


def _masked(match: re.Match) -> str:
    digits = re.sub(r"\D", "", match[0])
    if not (_of_a_scheme(digits) and _checks(digits)):
        return match[0]
    return f"•••• {digits[-4:]}"


def _of_a_scheme(digits: str) -> bool:
    return any(len(digits) in lengths and start.match(digits) for start, lengths in SCHEMES)


def _checks(digits: str) -> bool:
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
