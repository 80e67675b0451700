"""One of everything in a cluster, every word of it marked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from console.sandbox.store import OutboxStore
from notifications import exporting, links, scope
from notifications.actions.exports import request_export
from notifications.actions.staff import own_recipient
from notifications.alerting import FOLLOW_UPS, Purpose
from notifications.audience import Criteria
from notifications.composing.emergencies import Words
from notifications.events import EMERGENCY
from notifications.lifecycle import BroadcastStatus, ImportStatus
from notifications.models import (
    AlertFeed,
    Announcement,
    Broadcast,
    Cluster,
    Dispatch,
    DrillPlan,
    Export,
    ImportFile,
    ImportRow,
    InboundAlert,
    Membership,
    MessageTemplate,
    NotificationLog,
    OptOut,
    PersonalContact,
    PublishedAlert,
    Recipient,
    RecipientImport,
    Rhythm,
    RowVerdict,
    Scenario,
    Tag,
    Zone,
)
from tests import flow
from tests.personas import make_person, make_zone


@dataclass(frozen=True)
class Things:
    """One of everything that belongs to a cluster; all its words hold ``mark``."""

    mark: str
    cluster: Cluster
    membership: Membership
    zone: Zone
    tag: Tag
    person: Recipient
    contact: PersonalContact
    opt_out: OptOut
    template: MessageTemplate
    announcement: Announcement
    dispatch: Dispatch
    entry: NotificationLog
    imported: RecipientImport
    export: Export
    mail: int
    broadcast: Broadcast
    drill: Broadcast
    plan: DrillPlan
    warning: NotificationLog
    asked: NotificationLog
    published: PublishedAlert
    feed: AlertFeed

    @property
    def token(self) -> str:
        return links.sign_entry(self.entry.pk)

    @property
    def answer(self) -> str:
        return links.sign_answer(self.warning.pk)

    @property
    def review(self) -> str:
        return links.sign_review(self.asked.pk)


def make_things(cluster: Cluster, staff: Any, mark: str) -> Things:
    """Fill a cluster; the caller has every cluster in scope."""
    Cluster.objects.filter(pk=cluster.pk).update(
        name=f"{cluster.name} {mark}", sender_name=mark, postal_address=mark
    )
    cluster.refresh_from_db()
    staff.last_name = mark
    staff.save()
    zone = make_zone(cluster, f"Zone {mark}")
    person = make_person(
        cluster,
        f"Person {mark}",
        email=f"{mark}@example.org",
        zone=zone,
        unit=mark[:10],
        tags=(f"tag {mark}",),
        external_id=mark,
    )
    other = make_person(cluster, f"Contact {mark}")
    opt_out = OptOut.objects.create(
        cluster=cluster,
        recipient=person,
        category="newsletter",
        source="staff",
        reason=mark,
        evidence=mark,
    )
    template = MessageTemplate.objects.create(
        cluster=cluster, name=f"Template {mark}", slug=mark, subject=mark, version=1
    )
    template.save_revision(user=staff)
    announcement = Announcement.objects.create(
        cluster=cluster,
        template=template,
        subject=f"Subject {mark}",
        audience={"zones": [zone.pk]},
        created_by=staff,
        last_edited_by=staff,
    )
    dispatch = flow.fanned_out(cluster, announcement=announcement)
    Dispatch.objects.filter(pk=dispatch.pk).update(title=f"Title {mark}")
    broadcast = _broadcast(cluster, staff, zone, mark)
    alert = flow.fanned_out(
        cluster, event=EMERGENCY, broadcast=broadcast, purpose=Purpose.ALERT
    )
    Dispatch.objects.filter(pk=alert.pk).update(title=f"Title {mark}")
    told = own_recipient(staff, cluster)
    alarm = flow.fanned_out(
        cluster, Criteria(only_recipients=(told.pk,)), about=broadcast
    )
    Dispatch.objects.filter(pk=alarm.pk).update(title=f"Title {mark}")
    export = request_export(cluster, "log", "csv", {}, f"Export {mark}", by=staff)
    with scope.clusters(cluster.pk):
        exporting.run(export.pk)
    return Things(
        mark=mark,
        cluster=cluster,
        membership=Membership.objects.get(cluster=cluster, user=staff),
        zone=zone,
        tag=person.tags.get(),
        person=person,
        contact=PersonalContact.objects.create(
            cluster=cluster, recipient=person, contact=other, kind="caretaker"
        ),
        opt_out=opt_out,
        template=template,
        announcement=announcement,
        dispatch=Dispatch.objects.get(pk=dispatch.pk),
        entry=NotificationLog.objects.get(dispatch=dispatch, recipient=person),
        imported=_import(cluster, staff, mark),
        export=Export.objects.get(pk=export.pk),
        mail=_mail(cluster, mark),
        broadcast=broadcast,
        published=PublishedAlert.objects.create(
            cluster=cluster,
            broadcast=broadcast,
            purpose=Purpose.ALERT,
            identifier=f"{broadcast.uid}-1",
            sender="office@example.org",
            sent_at=timezone.now(),
            kind="Alert",
            xml=f"<alert>{mark}</alert>",
        ),
        drill=_broadcast(cluster, staff, zone, mark, is_drill=True),
        plan=DrillPlan.objects.create(
            cluster=cluster,
            scenario="fire",
            audience={"zones": [zone.pk]},
            every=1,
            rhythm=Rhythm.MONTHS,
            first_wall=timezone.now() + timedelta(days=1),
            time_zone=cluster.time_zone,
            next_at=timezone.now() + timedelta(days=1),
            note=f"Note {mark}",
            created_by=staff,
            last_edited_by=staff,
        ),
        feed=_feed(cluster, staff, zone, broadcast, mark),
        warning=NotificationLog.objects.get(dispatch=alert, recipient=person),
        asked=NotificationLog.objects.get(dispatch=alarm, recipient=told),
    )


def _broadcast(
    cluster: Cluster, staff: Any, zone: Zone, mark: str, *, is_drill: bool = False
) -> Broadcast:
    said = Words(f"Headline {mark}", f"Described {mark}", f"Do {mark}", f"SMS {mark}")
    now = timezone.now()
    return Broadcast.objects.create(
        cluster=cluster,
        is_drill=is_drill,
        title=f"Broadcast {mark}",
        words={
            purpose: {"en": said.to_json()} for purpose in (Purpose.ALERT, *FOLLOW_UPS)
        },
        blanks={"place": f"Zone {mark}", "cluster": cluster.name},
        audience={"zones": [zone.pk]},
        channels=["email"],
        status=BroadcastStatus.LIVE,
        created_by=staff,
        last_edited_by=staff,
        submitted_by=staff,
        submitted_at=now,
        live_at=now,
        expires_at=now + timedelta(hours=4),
    )


def _feed(
    cluster: Cluster, staff: Any, zone: Zone, broadcast: Broadcast, mark: str
) -> AlertFeed:
    feed = AlertFeed.objects.create(
        cluster=cluster,
        name=f"Feed {mark}",
        url=f"https://{mark}.example/alerts",
        scenario=Scenario.objects.get(slug="fire", cluster=None),
        audience={"zones": [zone.pk]},
        areas=[mark],
        saved_by=staff,
    )
    InboundAlert.objects.create(
        cluster=cluster,
        feed=feed,
        sender=mark,
        identifier=mark,
        sent_at=timezone.now(),
        kind="Alert",
        headline=f"Alert {mark}",
        became="draft",
        broadcast=broadcast,
        came_at=timezone.now(),
    )
    return feed


def _import(cluster: Cluster, staff: Any, mark: str) -> RecipientImport:
    data = f"Name,Email\nSomebody {mark},{mark}2@example.org\n,broken\n".encode()
    job = RecipientImport.objects.create(
        cluster=cluster,
        filename=f"{mark}.csv",
        size=len(data),
        status=ImportStatus.REHEARSED,
        mapping={"0": "name", "1": "email"},
        counts={"new": 1, "changed": 0, "unchanged": 0, "blank": 0, "rows": 2}
        | {"bad": {"name is missing": 1}},
        created_by=staff,
    )
    ImportFile.objects.create(job=job, cluster=cluster, data=data)
    ImportRow.objects.create(
        job=job,
        cluster=cluster,
        number=3,
        verdict=RowVerdict.BAD,
        cells=["", mark],
        problems=[
            {
                "column": 0,
                "field": "name",
                "reason": "name is missing",
                "sentence": f"There is no name. {mark}",
            }
        ],
    )
    return job


def _mail(cluster: Cluster, mark: str) -> int:
    mail = EmailMessage()
    mail["To"], mail["From"] = f"{mark}@example.org", "office@example.org"
    mail["Subject"] = f"Mail {mark}"
    mail["X-Tocsin-Cluster"] = str(cluster.uid)
    mail.set_content(mark)
    store = OutboxStore(Path(settings.DATA_DIR) / "outbox.sqlite3")
    try:
        return store.add(mail.as_bytes(), "office@example.org", f"{mark}@example.org")
    finally:
        store.close()
