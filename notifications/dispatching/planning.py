"""The statement that judges a chunk of people and writes their entries."""

from __future__ import annotations

import re

from notifications.models import Addressee, NotificationLog

_LOG = NotificationLog._meta.db_table
_ADDRESSEE = Addressee._meta.db_table

#: The reason where all read the same words: the first at an address gets it, be it in
#: this chunk or in one before.
SAME_WORDS = f"""CASE
    WHEN refusal <> '' THEN refusal
    WHEN ROW_NUMBER() OVER (PARTITION BY refusal, fingerprint ORDER BY recipient) > 1
        OR EXISTS (
            SELECT 1 FROM {_ADDRESSEE} other JOIN {_LOG} entry
            ON entry.recipient_id = other.recipient_id
                AND entry.addressee_id = other.id
            WHERE other.cluster_id = :cluster AND other.channel = :channel
                AND other.fingerprint = judged.fingerprint
                AND entry.dispatch_id = :dispatch AND entry.channel = :channel
                AND entry.status <> 'skipped'
        ) THEN 'duplicate'
    ELSE '' END"""  # noqa: S608 - every name in it is our own

#: ``judged`` holds the people with what forbids the use of their address; ``told``
#: with their Addressee, which must say who and where they are at this moment.
_PLAN = f"""WITH judged (recipient, name, unit, address, fingerprint, refusal)
AS MATERIALIZED ({{judged}}),
told AS MATERIALIZED (
    SELECT recipient, (
        SELECT same.id FROM {_ADDRESSEE} same
        WHERE same.recipient_id = judged.recipient AND same.channel = :channel
            AND same.erased_at IS NULL AND same.name = judged.name
            AND same.unit = judged.unit
            AND same.address = COALESCE(judged.address, '')
    ) AS addressee, {{reason}} AS reason
    FROM judged
)
INSERT INTO {_LOG} (cluster_id, dispatch_id, recipient_id, channel, addressee_id,
    content_id, batch_id, status, reason, commitment, planned_at, settled_at,
    detail, attempts, token, sender, provider, provider_id)
SELECT :cluster, :dispatch, told.recipient, :channel, addressee.id, :content, :batch,
    CASE WHEN told.reason = '' THEN 'planned' ELSE 'skipped' END, told.reason,
    addressee.commitment, :now, CASE WHEN told.reason = '' THEN NULL ELSE :now END,
    '', 0, '', '', '', ''
FROM told JOIN {_ADDRESSEE} addressee ON addressee.id = told.addressee
WHERE 1 = 1 ORDER BY told.recipient
ON CONFLICT DO NOTHING"""  # noqa: S608 - every name in it is our own

_NAMED = re.compile(r"(?<!:):([a-z]+)")


def plan_sql(judged: str, reason: str) -> tuple[str, list[str]]:
    """The statement, and the names of its parameters after those of ``judged``."""
    before, after = _PLAN.replace("{reason}", reason).split("{judged}")
    named = _NAMED.findall(after)
    return before + judged + _NAMED.sub("%s", after), named
