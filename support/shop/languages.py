"""Which languages have words: English, in which the program is written, and every .po file of `support/translations`."""
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "translations"
WRITTEN = "en"


def words_of(code: str) -> Path:
    """The file with the words of a language; it need not exist."""
    return FOLDER / f"{code}.po"


def written_languages() -> list[str]:
    """Codes of all languages the pages can be shown in, English first."""
    return [WRITTEN, *sorted(path.stem for path in FOLDER.glob("*.po") if path.stem != WRITTEN)]
