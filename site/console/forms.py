"""Forms whose rules live in an action."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from notifications.errors import NotAllowed, Refused

Result = TypeVar("Result")


class ReasonForm(forms.Form):
    """Why something serious is done; it stays on record."""

    reason = forms.CharField(label=_("Why"), max_length=250)


def attempt(form: forms.BaseForm, action: Callable[[], Result]) -> Result | None:
    """Run an action; what it refuses becomes errors of the form, and None comes back.

    NotAllowed passes: no form can mend it.
    """
    try:
        return action()
    except NotAllowed:
        raise
    except Refused as refused:
        form.add_error(None, str(refused))
    except ValidationError as problem:
        _add(form, problem)
    return None


def _add(form: forms.BaseForm, problem: ValidationError) -> None:
    if not hasattr(problem, "error_dict"):
        form.add_error(None, problem)
        return
    for name, errors in problem.error_dict.items():
        known = name in form.fields and name != NON_FIELD_ERRORS
        form.add_error(name if known else None, errors)
