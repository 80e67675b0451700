"""The one-time link to a password: mailed to the address itself, handed to nobody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from smtplib import SMTPException
from typing import Any

from anymail.exceptions import AnymailError
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from notifications import links


@dataclass(frozen=True, slots=True)
class Welcome:
    """A link with which a password is chosen: once, within three days.

    ``problem`` is a sentence where it could not be mailed.
    """

    email: str
    link: str
    problem: str = ""

    def mailed(self) -> Welcome:
        """Send it to whom it is for; called when what it belongs to is committed."""
        try:
            send_mail(
                _("Choose your password for Tocsin"),
                _(
                    "With this link you choose a password and sign in:\n\n%(link)s\n\n"
                    "It works once, for three days. If you did not expect it, leave "
                    "it alone: without it nobody gets in."
                )
                % {"link": self.link},
                settings.DEFAULT_FROM_EMAIL,
                [self.email],
            )
        except (SMTPException, AnymailError, OSError) as problem:
            sentence = _(
                "The mail to %(email)s could not be sent (%(why)s). "
                "Have the mail server looked at, then make a new link."
            ) % {"email": self.email, "why": str(problem)[:200]}
            return replace(self, problem=sentence)
        return self


def first_password(user: Any) -> Welcome | None:
    """A new link, which voids all before it; None for who has a password already."""
    if user.has_usable_password():
        return None
    # Tokens are made of the password's hash. Only while it is the one we read: they
    # may be choosing a password at this moment.
    unusable = make_password(None)
    same = get_user_model()._default_manager.filter(pk=user.pk, password=user.password)
    if not same.update(password=unusable):
        return None
    user.password = unusable
    return new_password(user)


def new_password(user: Any) -> Welcome:
    """A link for somebody who may have a password, which holds until it is used."""
    key = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return Welcome(user.email, links.welcome_url(key, token))
