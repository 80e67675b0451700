"""How many people, in words."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console.templatetags.console_components import thousands

#: Names that a question lists before it only counts.
NAMED = 4


def people_words(count: int) -> str:
    """ "1 person", "1 204 people"."""
    words = ngettext("%(count)s person", "%(count)s people", count)
    return words % {"count": thousands(count)}


def some_names(names: Sequence[str], count: int) -> str:
    """ "Anna Berg, Bo Dahl and 12 more"."""
    listed = ", ".join(names[:NAMED])
    if count <= NAMED:
        return listed
    return _("%(names)s and %(more)s more") % {
        "names": listed,
        "more": thousands(count - NAMED),
    }
