"""The forms of the composer: what is said, and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from console.messages import ways
from console.messages.forms import WordsForm
from notifications import events
from notifications.actions import announcements
from notifications.actions.announcements.walltime import shown, still_to_come, wall_of
from notifications.errors import Refused
from notifications.models import Announcement, Cluster
from notifications.models.messages import ANNOUNCEABLE_CHOICES

NOW, AT = "now", "at"
WALL = "%Y-%m-%dT%H:%M"
A_WEEK = timedelta(days=7)


class MessageForm(WordsForm):
    """The part *Message*. A draft may be unfinished; only sending is strict."""

    ways = forms.ChoiceField(
        label=_("How it goes"), required=False, widget=forms.RadioSelect
    )
    event = forms.ChoiceField(
        label=_("Kind"),
        choices=ANNOUNCEABLE_CHOICES,
        help_text=_("People opt out of each kind by itself."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ways"].choices = ways.offered()  # type: ignore[attr-defined]

    @property
    def typed_ways(self) -> tuple[tuple[str, ...], str]:
        """The chosen channels in their order, and how they are used."""
        return ways.read(str(self["ways"].value() or ""))

    @property
    def has_ways(self) -> bool:
        """Whether there is a choice."""
        return len(ways.offered()) > 1

    @property
    def typed_event(self) -> str:
        """The chosen kind; the plain one where what was sent is none."""
        typed = str(self["event"].value() or "")
        known = {event.name for event in events.ANNOUNCEABLE}
        return typed if typed in known else events.ANNOUNCEMENT_POSTED.name


class WallTimeField(forms.Field):
    """A time as a clock on the wall shows it, without a time zone."""

    widget = forms.DateTimeInput(format=WALL, attrs={"type": "datetime-local"})
    default_error_messages = {"invalid": _("Give a day and a time of day.")}

    def to_python(self, value: Any) -> datetime | None:
        if not value:
            return None
        if isinstance(value, datetime):
            return value.replace(tzinfo=None)
        try:
            return datetime.fromisoformat(str(value)).replace(tzinfo=None)
        except ValueError:
            raise ValidationError(
                self.error_messages["invalid"], code="invalid"
            ) from None


class WhenForm(forms.Form):
    """The part *When*, in the time zone of the cluster."""

    when = forms.ChoiceField(
        choices=[(NOW, _("Now")), (AT, _("At a time"))],
        initial=NOW,
        required=False,
        widget=forms.RadioSelect,
    )
    send_at = WallTimeField(label=_("Send at"), required=False)
    not_after = WallTimeField(
        label=_("Do not send after"),
        required=False,
    )

    def __init__(self, cluster: Cluster, *args: Any, **kwargs: Any) -> None:
        self.cluster = cluster
        super().__init__(*args, **kwargs)
        for name in ("send_at", "not_after"):
            self.fields[name].widget.attrs["min"] = self.now.strftime(WALL)

    @property
    def now(self) -> datetime:
        """What clocks in the cluster show."""
        return wall_of(timezone.now(), self.cluster.time_zone)

    @property
    def at_a_time(self) -> bool:
        return bool(self["when"].value() == AT)

    @property
    def wall(self) -> datetime | None:
        """The chosen time on the screen, as far as it can be read."""
        return self._read("send_at") if self.at_a_time else None

    @property
    def moment(self) -> datetime:
        """When it would go: now too where the chosen time cannot be read."""
        if self.wall is None:
            return timezone.now()
        try:
            return announcements.moment(self.wall, self.cluster.time_zone)
        except Refused:
            return timezone.now()

    @property
    def until(self) -> datetime | None:
        """The end that was chosen, as far as it can be read."""
        return self._read("not_after")

    def _read(self, name: str) -> datetime | None:
        try:
            wall: datetime | None = self.fields[name].clean(self[name].value())
        except ValidationError:
            return None
        return wall

    @property
    def in_words(self) -> str:
        """When it would go, with the time zone named."""
        if not self.at_a_time:
            return str(_("now"))
        if self.wall is None:
            return str(_("at a time that is to be chosen"))
        return f"{shown(self.wall)} ({self.cluster.time_zone})"

    @property
    def query(self) -> dict[str, str]:
        """What was chosen as the parameters of an address."""
        if not self.at_a_time:
            chosen = {"not_after": self["not_after"].value()}
        else:
            chosen = {name: self[name].value() for name in self.fields}
        return {name: _written(value) for name, value in chosen.items() if value}

    @property
    def twice(self) -> str:
        """A sentence where clocks show the chosen time twice that night, else ""."""
        at = self.cleaned_data.get("send_at")
        if at is None or not announcements.happens_twice(at, self.cluster.time_zone):
            return ""
        said = _(
            "Clocks go back that night and show %(time)s twice: the first is meant."
        )
        return str(said) % {"time": shown(at)}

    def clean(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        if chosen.get("when") != AT:
            chosen["send_at"] = None
        elif not chosen.get("send_at") and "send_at" not in self.errors:
            self.add_error("send_at", _("Say when, or choose “Now”."))
        for name in ("send_at", "not_after"):
            self._must_be_to_come(name)
        at, until = chosen.get("send_at"), chosen.get("not_after")
        if at and until and until <= at:
            self.add_error(
                "not_after", _("Choose a time later than the one of sending.")
            )
        return chosen

    def _must_be_to_come(self, name: str) -> None:
        wall = self.cleaned_data.get(name)
        if wall is None:
            return
        try:
            still_to_come(wall, self.cluster.time_zone)
        except Refused as problem:
            self.add_error(name, str(problem))


class PageForm(forms.Form):
    """Whether everybody may read it on the page of notices, and until when."""

    public = forms.BooleanField(
        label=_("Also show on the public notice page"), required=False
    )
    public_until = WallTimeField(label=_("Until"), required=False)

    def __init__(self, cluster: Cluster, *args: Any, **kwargs: Any) -> None:
        self.cluster = cluster
        super().__init__(*args, **kwargs)

    @property
    def until(self) -> datetime | None:
        """The end that was chosen, as far as it can be read; None for not at all."""
        if not self["public"].value():
            return None
        try:
            value = self["public_until"].value()
            wall: datetime | None = self.fields["public_until"].clean(value)
        except ValidationError:
            return None
        return wall

    def clean(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        until = chosen.get("public_until")
        if not chosen.get("public") or "public_until" in self.errors:
            return chosen
        if until is None:
            self.add_error("public_until", _("Say until when it stands there."))
            return chosen
        try:
            still_to_come(until, self.cluster.time_zone)
        except Refused as problem:
            self.add_error("public_until", str(problem))
        return chosen


def page_of(announcement: Announcement | None, cluster: Cluster) -> dict[str, Any]:
    """What is stored for the page, as this form takes it; else a week is offered."""
    until = announcement.public_until if announcement else None
    offered = until or timezone.now() + A_WEEK
    wall = wall_of(offered, cluster.time_zone).replace(second=0, microsecond=0)
    return {"public": until is not None, "public_until": wall.strftime(WALL)}


def times_of(announcement: Announcement) -> dict[str, str]:
    """The times that are stored with an announcement, as this form takes them."""
    wall, until = announcement.send_at_wall, announcement.not_after
    found = {} if wall is None else {"when": AT, "send_at": wall.strftime(WALL)}
    if until is not None:
        zone = announcement.time_zone or announcement.cluster.time_zone
        found["not_after"] = wall_of(until, zone).strftime(WALL)
    return found


def times_in(address: QueryDict) -> dict[str, str]:
    """The times that an address names."""
    names = ("when", "send_at", "not_after")
    return {name: str(address[name]) for name in names if address.get(name)}


def _written(value: Any) -> str:
    return value.strftime(WALL) if isinstance(value, datetime) else str(value)
