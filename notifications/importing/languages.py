"""Languages by code, by English name and by the name that they give themselves."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from django.conf.locale import LANG_INFO

# Spoken on estates, not among the languages that Django is translated into.
_MORE: Final = {
    "am": ("Amharic", "አማርኛ"),
    "fil": ("Filipino", "Filipino"),
    "gu": ("Gujarati", "ગુજરાતી"),
    "ha": ("Hausa", "Hausa"),
    "ku": ("Kurdish", "Kurdî"),
    "lo": ("Lao", "ລາວ"),
    "mr": ("Marathi", "मराठी"),
    "mt": ("Maltese", "Malti"),
    "om": ("Oromo", "Oromoo"),
    "ps": ("Pashto", "پښتو"),
    "si": ("Sinhala", "සිංහල"),
    "sn": ("Shona", "chiShona"),
    "so": ("Somali", "Soomaali"),
    "ti": ("Tigrinya", "ትግርኛ"),
    "tl": ("Tagalog", "Tagalog"),
    "tw": ("Twi", "Twi"),
    "yo": ("Yoruba", "Yorùbá"),
    "zu": ("Zulu", "isiZulu"),
}
_OTHER_NAMES: Final = {
    "british english": "en-gb",
    "farsi": "fa",
    "mandarin": "zh-hans",
    "chinese": "zh-hans",
    "cantonese": "zh-hk",
    "zh": "zh-hans",
    "norwegian": "nb",
    "no": "nb",
    "flemish": "nl",
    "castilian": "es",
    "castellano": "es",
    "panjabi": "pa",
    "eng": "en",
    "fra": "fr",
    "fre": "fr",
    "deu": "de",
    "ger": "de",
    "pol": "pl",
    "spa": "es",
    "por": "pt",
    "ita": "it",
}
_CODE = re.compile(r"([a-z]{2,3})-([a-z]{4}|[a-z]{2})")


def code_of(text: str) -> str | None:
    """The lower-case code of a language, or nothing if we do not know it."""
    words = " ".join(text.casefold().split())
    dashed = words.replace("_", "-")
    known = _known()
    if words in known or dashed in known:
        return known.get(words) or known[dashed]
    # A region or script that nobody listed: “fr-be” is still French of Belgium.
    regional = _CODE.fullmatch(dashed)
    return dashed if regional and regional[1] in known else None


@cache
def _known() -> dict[str, str]:
    found: dict[str, str] = dict(_OTHER_NAMES)
    for code, info in LANG_INFO.items():
        found[code] = code
        for name in (info.get("name"), info.get("name_local")):
            if name:
                found.setdefault(name.casefold(), code)
    for code, names in _MORE.items():
        found[code] = code
        found.update({name.casefold(): code for name in names})
    return found
