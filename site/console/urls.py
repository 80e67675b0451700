"""Every address; the cluster in front of ``admin/`` is the middleware's business."""

from __future__ import annotations

from django.urls import include, path
from django.views.generic import RedirectView
from wagtail.admin import urls as wagtailadmin_urls

from notifications.public.answers import answer
from notifications.public.reviews import review

from .account import AccountView
from .areas import area_urls
from .home.views import index
from .media import favicon, logo

urlpatterns = [
    path("p/", include("notifications.public.urls")),
    # Short, for it stands in text messages.
    path("a/<str:token>", answer, name="answer"),
    path("r/<str:token>", review, name="review"),
    path("n/", include("notifications.public.notice_urls")),
    path("", RedirectView.as_view(pattern_name="wagtailadmin_home"), name="start"),
    path("favicon.ico", favicon, name="favicon"),
    path("media/logos/<str:name>", logo, name="logo"),
    path("admin/", index, name="wagtailadmin_home"),
    path("admin/account/", AccountView.as_view(), name="wagtailadmin_account"),
    *area_urls(),
    path("admin/", include(wagtailadmin_urls)),
]

handler400 = "console.pages.bad_request"
handler403 = "console.pages.permission_denied"
handler404 = "console.pages.not_found"
handler500 = "console.pages.server_error"
