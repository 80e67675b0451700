"""A cluster as large as they come, made set-wise in seconds: its people.

    with scope.every_cluster():
        add_people(cluster, 100_000)
        seeding_log.add_log(cluster, entries=1_000_000, dispatches=400, by=user)

Everything is drawn from keys, so that the same calls on an empty database make the
same world. What the rows say is what the real paths write: fingerprints, history,
refusals that hold on to addresses; ``check_invariants`` stays clean.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from notifications.lifecycle import ImportStatus, JobStatus
from notifications.models import (
    Cluster,
    ContactPoint,
    Export,
    ExportKind,
    OptOut,
    OptOutAddress,
    Recipient,
    RecipientImport,
    Suppression,
    Tag,
    Zone,
)
from notifications.models.setwise import record_history

from .seeding_sql import draw, fill, keyed, later, numbers, settle, stored, table, words

FIRST = (
    "Ada Amira Andrzej Anna Ben Beth Björn Carlos Chloé Cy Dana Dee Eda Elif Emma Eve "
    "Fatima Finn Gita Grace Hana Hugo Ines Ivan Jack Jin José Jude Kai Karim Lena Liam "
    "Lucia Maja Marek Mia Mona Nadia Noah Nora Olga Omar Otto Pia Piotr Priya Rosa "
    "Ruth Sam Sara Seán Sofia Tariq Theo Uma Vera Wei Yara Yusuf Zoë"
)
STEMS = (
    "Ash Bar Beck Black Bran Brook Burn Car Clay Dal Dun Elm Fair Fern Gar Glen Gran "
    "Hal Hart Haw Holm Kel Kirk Lang Lin Mar Mid Nor Oak Red Rose Row Sand Shel Stan "
    "Thorn Wal War West Win"
)
ENDINGS = (
    "berg bourne bridge burn by combe cott dale den field ford grove ham hurst land "
    "ley low man mere more ridge shaw ton well wood"
)
TAGS = (
    ("Owner", 45),
    ("Tenant", 40),
    ("Newcomer", 8),
    ("Board", 1),
    ("Staff of a shop", 6),
    ("Needs help with stairs", 4),
    ("Car park", 30),
    ("Volunteer", 3),
)
BLOCKS, FLOORS = 12, 8


def add_people(cluster: Cluster, count: int) -> None:
    """People in zones, with addresses, tags, refusals and dead addresses."""
    zones, tags = _zones(cluster), _tags(cluster)
    params: dict[str, Any] = {"cluster": cluster.pk, "count": count}
    known = Recipient._base_manager.filter(cluster=cluster)
    before = known.order_by("-pk").values_list("pk", flat=True).first() or 0
    _people(count, zones, params)
    new = known.filter(pk__gt=before)
    record_history(new, reason="Imported", type="+")
    params |= {"before": before}
    _addresses(params)
    points = ContactPoint._base_manager.filter(cluster=cluster)
    record_history(points.filter(recipient__gt=before), type="+")
    _tagged(tags, params)
    _refusals(params)
    refusals = OptOut._base_manager.filter(cluster=cluster, recipient__gt=before)
    record_history(refusals, type="+")
    _dead(params)
    settle()


def _zones(cluster: Cluster) -> list[int]:
    """The keys of the floors of some blocks, in order."""
    found = []
    for block in range(1, BLOCKS + 1):
        top, _ = Zone.objects.get_or_create(cluster=cluster, name=f"Block {block}")
        for floor in range(1, FLOORS + 1):
            name = f"Floor {floor}"
            zone, _ = Zone.objects.get_or_create(cluster=cluster, name=name, parent=top)
            found.append(zone.pk)
    return found


def _tags(cluster: Cluster) -> list[tuple[int, int]]:
    """Keys of tags, and how many in a hundred carry each."""
    found = []
    for name, share in TAGS:
        tag, _ = Tag.objects.get_or_create(
            cluster=cluster, name_key=name.casefold(), defaults={"name": name}
        )
        found.append((tag.pk, share))
    return found


def _people(count: int, zones: list[int], params: dict[str, Any]) -> None:
    """As an import writes them: neighbours one after the other."""
    now = timezone.now()
    params = params | {"joined": stored(now - timedelta(days=700)), "now": stored(now)}
    given = ", ".join(
        [
            numbers(count),
            words("first", FIRST.split(), params),
            words("stem", STEMS.split(), params),
            words("ending", ENDINGS.split(), params),
            words("zone", list(map(str, zones)), params),
        ]
    )
    source = (
        f"numbers JOIN first ON first.n = {draw('numbers.n', 1, len(FIRST.split()))}"
        f" JOIN stem ON stem.n = {draw('numbers.n', 2, len(STEMS.split()))}"
        f" JOIN ending ON ending.n = {draw('numbers.n', 3, len(ENDINGS.split()))}"
        f" JOIN zone ON zone.n = (numbers.n - 1) * {len(zones)} / %(count)s"
        " ORDER BY numbers.n"
    )
    key = "first.key || ' ' || stem.key || ending.key"
    n = "numbers.n"
    fill(
        Recipient,
        source,
        {
            "cluster_id": "%(cluster)s",
            "name": "first.word || ' ' || stem.word || ending.word",
            "first_name": "first.word",
            "name_key": key,
            "fingerprint": keyed(f"'person:' || {key}"),
            "unit": f"CAST({draw(n, 4, 90)} + 1 AS text) || "
            f"substr('ABCD', CAST({draw(n, 5, 4)} + 1 AS int), 1)",
            "zone_id": f"CASE WHEN {draw(n, 6, 100)} < 97 "
            "THEN CAST(zone.word AS bigint) END",
            "language": f"CASE WHEN {draw(n, 7, 100)} < 78 THEN '' "
            f"WHEN {draw(n, 7, 100)} < 90 THEN 'fr' "
            f"WHEN {draw(n, 7, 100)} < 96 THEN 'pl' ELSE 'ar' END",
            "external_id": f"CASE WHEN {draw(n, 8, 100)} < 70 "
            "THEN 'P' || CAST(numbers.n AS text) || 'C' || CAST(%(cluster)s AS text) "
            "ELSE '' END",
            "archived_at": f"CASE WHEN {draw(n, 9, 1000)} < 15 THEN "
            f"{later('%(joined)s', 'numbers.n')} END",
            "created_at": later("%(joined)s", "numbers.n / 100"),
            "updated_at": later("%(joined)s", "numbers.n / 100"),
        },
        params,
        given=given,
    )


def _addresses(params: dict[str, Any]) -> None:
    """Most have a mail address, some share one, many have a phone."""
    people = f"{table(Recipient)} p"
    new = "p.cluster_id = %(cluster)s AND p.id > %(before)s"
    mail = (
        f"CASE WHEN {draw('p.id', 11, 100)} < 4 "
        "THEN 'home.' || CAST(p.id / 3 AS text) "
        "ELSE replace(p.name_key, ' ', '.') || '.' || CAST(p.id AS text) END "
        "|| '@example.org'"
    )
    phone = "'+4477' || substr(CAST(100000000 + p.id AS text), 2)"
    for channel, value, share in (("email", mail, 92), ("sms", phone, 75)):
        fill(
            ContactPoint,
            f"{people} WHERE {new} AND {draw('p.id', len(channel), 100)} < {share} "
            "ORDER BY p.id",
            {
                "cluster_id": "p.cluster_id",
                "recipient_id": "p.id",
                "channel": f"'{channel}'",
                "value": value,
                "fingerprint": keyed(f"'{channel}:' || {value}"),
                "active": f"{draw('p.id', 12, 100)} > 0",
            },
            params,
        )


def _tagged(tags: list[tuple[int, int]], params: dict[str, Any]) -> None:
    through: Any = Recipient.tags.through
    for tag, share in tags:
        fill(
            through,
            f"{table(Recipient)} p WHERE p.cluster_id = %(cluster)s "
            f"AND p.id > %(before)s AND {draw('p.id', tag, 100)} < {share}",
            {"recipient_id": "p.id", "tag_id": str(tag)},
            params,
        )


def _refusals(params: dict[str, Any]) -> None:
    """Eight in a hundred said no to something, a few of them no longer."""
    params = params | {"year_ago": stored(timezone.now() - timedelta(days=365))}
    what, when = draw("p.id", 21, 100), draw("p.id", 22, 364 * 86400)
    # A month later; what is lifted is lifted before today.
    soon = f"{when} + 30 * 86400"
    lifted = f"{draw('p.id', 23, 100)} < 10 AND {when} < 330 * 86400"
    fill(
        OptOut,
        f"{table(Recipient)} p WHERE p.cluster_id = %(cluster)s "
        f"AND p.id > %(before)s AND {draw('p.id', 20, 100)} < 8 ORDER BY p.id",
        {
            "cluster_id": "p.cluster_id",
            "recipient_id": "p.id",
            "channel": f"CASE WHEN {what} < 15 THEN 'email' ELSE '' END",
            "category": f"CASE WHEN {what} < 35 THEN '' WHEN {what} < 80 "
            "THEN 'newsletter' ELSE 'announcements' END",
            "source": f"CASE WHEN {what} %% 3 = 0 THEN 'staff' ELSE 'link' END",
            "created_at": later("%(year_ago)s", when),
            "lifted_at": f"CASE WHEN {lifted} THEN {later('%(year_ago)s', soon)} END",
            "lift_reason": f"CASE WHEN {lifted} THEN 'Asked for it' ELSE '' END",
            "expires_at": f"CASE WHEN {draw('p.id', 24, 100)} < 3 THEN "
            f"{later('%(year_ago)s', f'{when} + 400 * 86400')} END",
        },
        params,
    )
    fill(
        OptOutAddress,
        f"{table(OptOut)} o JOIN {table(ContactPoint)} c "
        "ON c.recipient_id = o.recipient_id AND o.channel IN ('', c.channel) "
        f"JOIN {table(Recipient)} p ON p.id = o.recipient_id "
        "WHERE o.cluster_id = %(cluster)s AND p.id > %(before)s",
        {
            "opt_out_id": "o.id",
            "cluster_id": "o.cluster_id",
            "channel": "c.channel",
            "fingerprint": "c.fingerprint",
            "person_fingerprint": "p.fingerprint",
            "shared": f"{draw('o.id', 25, 100)} < 5",
        },
        params,
    )


def _dead(params: dict[str, Any]) -> None:
    """One address in a hundred must not be used any more."""
    fill(
        Suppression,
        f"(SELECT DISTINCT channel, fingerprint FROM {table(ContactPoint)} "  # noqa: S608
        "WHERE cluster_id = %(cluster)s AND recipient_id > %(before)s "
        f"AND channel = 'email' AND {draw('recipient_id', 30, 100)} < 1) c",
        {
            "cluster_id": "%(cluster)s",
            "channel": "c.channel",
            "fingerprint": "c.fingerprint",
            "reason": "'bounce'",
        },
        params,
    )


def add_jobs(cluster: Cluster, count: int, *, by: Any) -> None:
    """Imports and exports that were done, so that their lists are full."""
    for number in range(1, count + 1):
        RecipientImport.objects.create(
            cluster=cluster,
            filename=f"people-{number}.csv",
            status=ImportStatus.DONE,
            counts={"new": number, "changed": 3, "unchanged": 40, "bad": {}},
            created_by=by,
        )
        Export.objects.create(
            cluster=cluster,
            kind=ExportKind.LOG,
            format="csv",
            title=f"Log {number}",
            status=JobStatus.DONE,
            filename=f"log-{number}.csv",
            requested_by=by,
        )
