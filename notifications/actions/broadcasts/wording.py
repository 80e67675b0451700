"""By which ways an emergency goes out, in the words of who has to decide."""

from __future__ import annotations

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.events import ChannelKind
from notifications.models import Broadcast, ChannelMode

BY = {
    ChannelKind.SMS: gettext_lazy("by text"),
    ChannelKind.EMAIL: gettext_lazy("by mail"),
    ChannelKind.PUSH: gettext_lazy("by push message"),
    ChannelKind.APP: gettext_lazy("in the app"),
}
MISSED = {
    ChannelKind.SMS: gettext_lazy("the text"),
    ChannelKind.EMAIL: gettext_lazy("the mail"),
    ChannelKind.PUSH: gettext_lazy("the push message"),
    ChannelKind.APP: gettext_lazy("the app"),
}


def ways_of(broadcast: Broadcast) -> str:
    """“By text and by mail, both”, or “By text; by mail to whom it cannot reach”."""
    kinds = [ChannelKind(each) for each in broadcast.channels]
    by = [str(BY[each]) for each in kinds]
    if len(kinds) < 2:
        return capfirst("".join(by))
    if broadcast.channel_mode == ChannelMode.FIRST:
        return capfirst("; ".join([by[0], *_next(kinds)]))
    words = {"ways": ", ".join(by[:-1]), "last": by[-1]}
    if len(kinds) == 2:
        return capfirst(_("%(ways)s and %(last)s, both") % words)
    return capfirst(_("%(ways)s and %(last)s, all of them") % words)


def _next(kinds: list[ChannelKind]) -> list[str]:
    """Each later way, with whom it is for."""
    told = []
    for place, kind in enumerate(kinds[1:], start=1):
        missed = _(" or ").join(str(MISSED[each]) for each in kinds[:place])
        words = {"way": BY[kind], "missed": missed}
        told.append(_("%(way)s to whom %(missed)s cannot reach") % words)
    return told
