"""When a planned drill comes round."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console.announcements.forms import WallTimeField
from notifications.actions import drills
from notifications.audience import Criteria
from notifications.models import DrillPlan, Rhythm
from notifications.models.drills import MOST_OFTEN, MOST_SELDOM


class WhenForm(forms.Form):
    """The first time, on the clocks of the cluster, and how often after it."""

    first = WallTimeField(
        label=_("The first one"),
        help_text=_("It keeps the weekday and the time: the second Tuesday at 11:00."),
    )
    every = forms.IntegerField(
        label=_("Every"), min_value=MOST_OFTEN, max_value=MOST_SELDOM, initial=3
    )
    rhythm = forms.ChoiceField(
        label=_("Weeks, months or years"), choices=Rhythm.choices, initial="months"
    )

    @classmethod
    def of(cls, plan: DrillPlan) -> WhenForm:
        """A plan as it would be typed."""
        given = drills.planned_in(plan)
        names = ("first", "every", "rhythm")
        return cls(initial={name: getattr(given, name) for name in names})

    def planned(self, scenario: str, criteria: Criteria) -> drills.Planned:
        """What was typed here, with what and where."""
        typed: dict[str, Any] = self.cleaned_data
        return drills.Planned(scenario=scenario, criteria=criteria, **typed)
