"""Languages by the names that staff know them by."""

from __future__ import annotations

from django.utils.translation import get_language_info


def name_of_language(code: str) -> str:
    """ "French" for fr; the code itself for one without a name."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code
