"""Declared routes that belong to no area: Wagtail's own few, and the public pages."""

from __future__ import annotations

from .access import Access, Route

PUBLIC, SIGNED_IN, AUDITOR = Access.PUBLIC, Access.SIGNED_IN, Access.AUDITOR

ROUTES = [
    Route("start", read=PUBLIC),
    Route("favicon", read=PUBLIC),
    Route("logo", read=PUBLIC),
    Route("public:unsubscribe", read=PUBLIC, write=PUBLIC),
    Route("public:logo", read=PUBLIC),
    Route("answer", read=PUBLIC, write=PUBLIC),
    Route("review", read=PUBLIC),
    Route("notices:page", read=PUBLIC),
    Route("notices:feed", read=PUBLIC),
    Route("notices:drills", read=PUBLIC),
    Route("notices:alert", read=PUBLIC),
    # Of Wagtail's 191 addresses, those that the frame and the forms need.
    Route("wagtailadmin_home", read=AUDITOR),
    Route("wagtailadmin_login", read=PUBLIC, write=PUBLIC),
    # Whoever is signed out already is shown the way in again.
    Route("wagtailadmin_logout", read=SIGNED_IN, write=PUBLIC),
    Route("wagtailadmin_account", read=SIGNED_IN, write=SIGNED_IN),
    Route("wagtailadmin_sprite", read=PUBLIC),
    Route("wagtailadmin_javascript_catalog", read=PUBLIC),
]
