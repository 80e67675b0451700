"""What a cluster says to everybody: emergencies as a page, a feed, and CAP; and news.

No sign-in, no cookie, no script; caches may keep it for some seconds, so that a whole
town that looks at once is served by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.feedgenerator import Atom1Feed, Enclosure
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_safe

from notifications import links, scope
from notifications.actions import announcements
from notifications.actions.broadcasts.looking import words_of
from notifications.alerting import LAST_WORDS, Purpose
from notifications.audience.languages import language_for
from notifications.composing.cap import CONTENT_TYPE, without_controls
from notifications.composing.emergencies import Words
from notifications.languages import is_near
from notifications.lifecycle import BroadcastStatus
from notifications.models import Announcement, Broadcast, Cluster, PublishedAlert
from notifications.models.emergencies import TOOK_OVER

from .views import colours_of

IDENTIFIER = re.compile(r"[0-9a-f-]{36}-[0-9]{1,6}")
#: Seconds that a cache may keep it.
FRESH = 10
#: As many messages as a feed holds.
MOST = 50
#: Of an announcement as much is shown at once; the rest unfolds.
LONGEST_SUMMARY = 280
#: How long the end of an emergency stays on the page.
REMEMBERED = timedelta(hours=12)


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """What is going on here now, in the reader's language as far as it was written."""
    cluster = _cluster(slug)
    with scope.clusters(cluster.pk), timezone.override(cluster.time_zone):
        emergencies = [(each, _said(each)) for each in _to_tell(cluster)]
        news = list(announcements.on_page(cluster))
        written = _languages(emergencies, news)
        language = request.GET.get("in", "")
        if language not in written:
            language = _asked(request, written)
        with translation.override(language):
            context: dict[str, Any] = {
                "cluster": cluster.name,
                "notices": [_notice(*each, language) for each in emergencies],
                "news": [_news(each, language) for each in news],
                "languages": _switch(written) if len(written) > 1 else [],
                "shown": language_in(written, language, cluster.language),
                "now": timezone.now(),
                "feed": reverse("notices:feed", args=[slug]),
                "language": language,
            }
            context |= colours_of(cluster)
            answer = render(request, "public/notices.html", context)
    answer["Vary"] = "Accept-Language"
    return _cacheable(answer)


@require_safe
def feed(request: HttpRequest, slug: str) -> HttpResponse:
    """The emergencies of a cluster, each message with its CAP."""
    return _feed(slug, drills=False)


@require_safe
def drills(request: HttpRequest, slug: str) -> HttpResponse:
    """The same of its drills: apart, so that nobody takes one for the other."""
    return _feed(slug, drills=True)


@require_safe
def alert(request: HttpRequest, slug: str, identifier: str) -> HttpResponse:
    """One message as CAP, exactly as it was published."""
    if not IDENTIFIER.fullmatch(identifier):
        raise Http404
    cluster = _cluster(slug)
    with scope.clusters(cluster.pk):
        found = get_object_or_404(PublishedAlert, identifier=identifier)
        return _cacheable(HttpResponse(found.xml, content_type=CONTENT_TYPE))


def _feed(slug: str, *, drills: bool) -> HttpResponse:
    cluster = _cluster(slug)
    with scope.clusters(cluster.pk):
        rows = PublishedAlert.objects.filter(broadcast__is_drill=drills)
        found = list(rows.select_related("broadcast")[:MOST])
    home = links.notice_url(slug)
    name = "drills" if drills else "alerts"
    atom = Atom1Feed(
        title=without_controls(f"EXERCISE: {cluster.name}" if drills else cluster.name),
        link=home,
        description="",
        feed_url=f"{home}{name}.atom",
        author_name=without_controls(cluster.sender_name),
        author_email=cluster.sender_email,
        feed_guid=f"{home}{name}.atom",
    )
    for each in found:
        url = f"{home}alerts/{each.identifier}.xml"
        words = in_one(words_of(each.broadcast, each.purpose), cluster.language)
        headline = without_controls(words.headline or each.broadcast.title)
        atom.add_item(
            title=f"EXERCISE: {headline}" if drills else headline,
            link=url,
            description=" ".join(filter(None, [words.instruction, words.description])),
            unique_id=f"urn:uuid:{each.broadcast.uid}:{each.identifier}",
            pubdate=each.sent_at,
            updateddate=each.sent_at,
            enclosures=[Enclosure(url, str(len(each.xml.encode())), CONTENT_TYPE)],
            categories=[each.kind],
        )
    answer = HttpResponse(atom.writeString("utf-8"), content_type=atom.content_type)
    return _cacheable(answer)


def newest(broadcast: Broadcast) -> list[str]:
    """What people should read, the newest first: an update stands above its alert."""
    said = PublishedAlert.objects.filter(broadcast=broadcast)
    last = said.values_list("purpose", flat=True).first() or Purpose.ALERT
    return [last, Purpose.ALERT] if last == Purpose.UPDATE else [last]


def in_one(found: Mapping[str, Words], *languages: str) -> Words:
    """In the first of these languages that it was written in."""
    return found.get(language_in(found, *languages), Words())


def language_in(found: Iterable[str], *languages: str) -> str:
    """Which of the languages it was written in somebody reads; "" for none.

    By the rules of delivery: the first that is asked for, else the last, or near them.
    """
    written = list(found)
    return language_for(languages[0], written, languages[-1]) if written else ""


def _asked(request: HttpRequest, written: Sequence[str]) -> str:
    """What a browser would rather read of what is written; else its own language."""
    header = request.headers.get("Accept-Language", "")
    for asked, _weight in parse_accept_lang_header(header):
        best = language_in(written, asked)
        if best and is_near(best, asked):
            return best
    return translation.get_language_from_request(request)


def _to_tell(cluster: Cluster) -> Iterable[Broadcast]:
    """The live ones, and those that have just ended; never a drill.

    One that another has said more about gives way to it, for good.
    """
    since = timezone.now() - REMEMBERED
    real = Broadcast.objects.filter(cluster=cluster, is_drill=False)
    live = real.filter(status__in=(BroadcastStatus.LIVE, BroadcastStatus.STOPPED))
    ended = real.filter(
        status=BroadcastStatus.ENDED, ended_at__gt=since, ended_with__in=LAST_WORDS
    )
    sequels = real.filter(TOOK_OVER).exclude(parent=None).values("parent")
    return [*live.exclude(pk__in=sequels), *ended]


def _said(broadcast: Broadcast) -> list[dict[str, Words]]:
    """Its words by language, the newest first."""
    return [words_of(broadcast, purpose) for purpose in newest(broadcast)]


def _notice(
    broadcast: Broadcast, said: list[dict[str, Words]], language: str
) -> dict[str, Any]:
    own = broadcast.cluster.language
    return {
        "said": [
            {
                "words": in_one(written, language, own),
                "language": language_in(written, language, own),
            }
            for written in said
        ],
        "since": broadcast.live_at,
        "over": broadcast.status == BroadcastStatus.ENDED,
        "ended_at": broadcast.ended_at,
    }


def _news(announcement: Announcement, language: str) -> dict[str, Any]:
    """An announcement that may be read by everybody, as it was when it went."""
    written = announcement.public_words
    code = language_in(written, language, announcement.cluster.language)
    said = written.get(code, {})
    return {
        "language": code,
        "title": said.get("title", ""),
        "text": said.get("text", ""),
        "is_long": len(said.get("text", "")) > LONGEST_SUMMARY,
        "since": announcement.released_at,
        "until": announcement.public_until,
    }


def _languages(
    emergencies: Iterable[tuple[Broadcast, list[dict[str, Words]]]],
    news: Iterable[Announcement],
) -> list[str]:
    """Every language that something on the page was written in."""
    found = {code for each in news for code in each.public_words}
    for _broadcast, said in emergencies:
        found.update(*said)
    return sorted(found)


def _switch(written: Iterable[str]) -> list[dict[str, str]]:
    """Each language by the name that it gives itself."""
    return [{"code": code, "name": _own_name(code)} for code in written]


def _own_name(code: str) -> str:
    try:
        return str(translation.get_language_info(code)["name_local"])
    except KeyError:
        return code


def _cluster(slug: str) -> Cluster:
    # Unscoped: what is public is everybody's.
    cluster: Cluster | None = Cluster._base_manager.filter(slug=slug).first()
    if cluster is None:
        raise Http404
    return cluster


def _cacheable(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = f"public, max-age={FRESH}"
    return answer
