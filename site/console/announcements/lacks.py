"""A value that the words need and some people lack: said before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from console.templatetags.console_components import thousands
from notifications.actions.announcements import Lack
from notifications.audience import MAY_LACK, Gap

INSTEAD: Mapping[str, str | Promise] = {
    "unit": gettext_lazy("your home"),
    "zone": gettext_lazy("your area"),
}


@dataclass(frozen=True, slots=True)
class Warned:
    """Some whose message would fail; ``url`` lists exactly those.

    ``channel`` is said where there are several.
    """

    name: str
    count: int
    url: str
    channel: str = ""

    @property
    def who(self) -> str:
        said = who(self.name, self.count)
        return f"{self.channel}: {said}" if self.channel else said

    @property
    def advice(self) -> str:
        return advice(self.name)

    @property
    def sentence(self) -> str:
        """For where there is little room."""
        return f"{self.who}: {_fail()}."


def who(name: str, count: int) -> str:
    """ "12 of them have no unit"."""
    if name == "unit":
        words = ngettext(
            "%(n)s of them has no unit", "%(n)s of them have no unit", count
        )
    else:
        words = ngettext(
            "%(n)s of them has no zone", "%(n)s of them have no zone", count
        )
    return words % {"n": thousands(count)}


def advice(name: str) -> str:
    """What would happen to them, and the way out."""
    default = f'{{{{ {name} | default: "{INSTEAD[name]}" }}}}'
    give = _("Give it a default: %(default)s") % {"default": default}
    return f"{_fail()}. {give}"


def query_of(lack: Lack) -> dict[str, Any]:
    """Those who have a gap, as the parameters of an address."""
    gap = lack.gap
    given = {
        "lacks": gap.name,
        "without": gap.without,
        "having": gap.having,
        "channel": lack.channel,
        "reading": ",".join(lack.languages),
    }
    return {name: value for name, value in given.items() if value}


def gap_in(address: QueryDict) -> Gap | None:
    """The gap that an address names, if it names one."""
    name = address.get("lacks", "")
    if name not in MAY_LACK:
        return None
    others = [address.get(key, "") for key in ("without", "having")]
    return Gap(name, *(other if other in MAY_LACK else "" for other in others))


def _fail() -> str:
    return _("their message would fail")
