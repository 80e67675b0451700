"""Languages by their codes: what they are called, and which are near each other."""

from __future__ import annotations

from django.utils.translation import get_language_info


def language_name(code: str) -> str:
    """ "French" for fr; the code itself for one without a name."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def is_near(one: str, other: str) -> bool:
    """Whether who reads the one can read the other: French, and French of Canada."""
    return one.partition("-")[0] == other.partition("-")[0]
