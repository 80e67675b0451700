"""The page on which somebody sets a first password."""

from __future__ import annotations

from django.contrib.auth.views import PasswordResetConfirmView
from django.urls import reverse_lazy


class WelcomeView(PasswordResetConfirmView):
    """Follows a one-time link: a password, then in.

    Django's view takes the token out of the address before anything is shown, so that
    it stands in no referrer and in no browser history.
    """

    template_name = "console/clusters/welcome.html"
    success_url = reverse_lazy("wagtailadmin_home")
    post_reset_login = True
    post_reset_login_backend = "django.contrib.auth.backends.ModelBackend"
