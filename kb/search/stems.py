"""The stem of a word by its language (Snowball), and the few words that say nothing."""

from functools import lru_cache

import snowballstemmer

from kb.search.tokens import is_joined

_NAMES = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "cs": "czech", "da": "danish", "nl": "dutch", "en": "english", "eo": "esperanto",
    "et": "estonian", "fi": "finnish", "fr": "french", "de": "german", "el": "greek", "hi": "hindi", "hu": "hungarian", "id": "indonesian", "ga": "irish",
    "it": "italian", "lt": "lithuanian", "ne": "nepali", "nb": "norwegian", "no": "norwegian", "fa": "persian", "pl": "polish", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sr": "serbian", "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}

# Only words that carry no intent: "how", "why", "my", "can" do carry some and stay.
_STOP = {
    "en": "a an the of to in on at for and or but if so is are be been was were has have had it its this that then there with as by from i",
    "de": "der die das den dem des ein eine einen einem einer und oder ist sind in im an am auf zu zum zur mit von es ich",
    "fr": "le la les l un une des de du d et ou est sont en au aux dans pour sur je ce cette",
    "pl": "i w we z ze na do o a jest sa to ten ta dla po przy od",
    "es": "el la los las un una de del y o es son en al por para con que yo",
    "nl": "de het een en of is zijn in op aan te van voor met ik",
    "it": "il lo la gli le un una di del della e o in al per con che io",
}
STOP_WORDS = {language: frozenset(listed.split()) for language, listed in _STOP.items()}


@lru_cache(maxsize=200_000)
def stem(word, language):
    """The stem by which a word is indexed; the word itself where no stemmer fits or it holds a digit."""
    name = _NAMES.get(language)
    if name is None or len(word) < 3 or is_joined(word) or not word.isalpha():
        return word
    # A stemmer keeps the word it works on in itself, so no two threads may share one; a new one costs next to nothing.
    return snowballstemmer.stemmer(name).stemWord(word)
