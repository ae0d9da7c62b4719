"""Which language a text is written in, by its small words. Pure; says nothing where it is not sure."""
import re

SMALL_WORDS = {
    "en": "a an the and is are was to of in on for with my i you it this that have has not but when where what how can please be from at do did",
    "de": "der die das und ist sind war zu von im in am auf für mit mein meine ich sie es dass habe hat nicht aber wann wo was wie kann bitte ein eine den dem noch",
    "fr": "le la les et est sont de du des en sur pour avec mon ma mes je vous il elle ce cette que qui ne pas mais quand où comment puis un une au a ai été",
    "es": "el la los las y es son de del en por para con mi mis yo usted que no pero cuando cuándo dónde cómo puedo un una al lo se ha he está",
    "it": "il lo la i gli le e è sono di del della in per con mio mia io lei che non ma quando dove come posso un una al ho ha si nel",
    "nl": "de het een en is zijn was te van in op voor met mijn ik u je dat heb heeft niet maar wanneer waar wat hoe kan nog er aan",
    "pt": "o a os as e é são de do da em no na para com meu minha eu você que não mas quando onde como posso um uma ao foi está",
    "pl": "i w z na do nie to jest się że o za jak czy mam moje mój moja ale kiedy gdzie co po od dla już był proszę",
    "sv": "och är i på för med min mitt jag du det att har inte men när var vad hur kan en ett till som av den om",
    "da": "og er i på for med min mit jeg du det at har ikke men når hvor hvad hvordan kan en et til som af den om",
}
LEAST = 3  # different small words a text must have before its language is believed
_sets = {code: frozenset(words.split()) for code, words in SMALL_WORDS.items()}
_word = re.compile(r"[^\W\d_]+")


def written_in(text: str, among, otherwise: str) -> str:
    """The code of the language of a text, out of `among`; `otherwise` (say the language of the page) unless another one is far ahead."""
    words = set(_word.findall(text.lower()))  # each once: many languages have an “a”
    found = {code: len(words & _sets[code]) for code in {*among, main(otherwise)} & set(_sets)}
    if not found:
        return otherwise
    best = max(found, key=lambda code: (found[code], code == main(otherwise)))
    rest = max((count for code, count in found.items() if code != best), default=0)
    far_ahead = found[best] >= LEAST and found[best] >= 2 * rest and found[best] * 6 >= len(words)
    return best if far_ahead and best != main(otherwise) else otherwise


def main(code: str) -> str:
    """`de_AT` is `de`."""
    return re.split(r"[-_]", code or "")[0].lower()
