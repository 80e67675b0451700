"""The statements that judge a chunk of people and write their entries."""

from __future__ import annotations

import re

from notifications.models import Addressee, NotificationLog

_LOG = NotificationLog._meta.db_table
_ADDRESSEE = Addressee._meta.db_table

#: The people, as ``judging`` has them.
_JUDGED = """WITH judged (recipient, name, unit, address, fingerprint, refusal, content)
AS MATERIALIZED ({judged})"""

#: The addressee who says who and where this person is at this moment. Asked person by
#: person: PostgreSQL would join a table that it takes for empty the slow way.
_AS_THEY_ARE = f"""(
        SELECT same.id FROM {_ADDRESSEE} same
        WHERE same.recipient_id = judged.recipient AND same.channel = :channel
            AND same.erased_at IS NULL AND same.name = judged.name
            AND same.unit = judged.unit
            AND same.address = COALESCE(judged.address, '')
    )"""  # noqa: S608 - every name in it is our own

#: Those for whom no addressee says so yet.
NEWCOMERS = f"""{_JUDGED}
SELECT recipient, name, unit, COALESCE(address, ''), COALESCE(fingerprint, '')
FROM judged WHERE {_AS_THEY_ARE} IS NULL"""  # noqa: S608 - every name in it is our own

#: How many there are to be written down.
NUMBER = f"{_JUDGED} SELECT COUNT(*) FROM judged"  # noqa: S608 - and here

#: The reason why somebody is skipped.
REFUSAL = "refusal"

#: The same where all read the same words: the first at an address gets it, be it in
#: this chunk or in one before.
SAME_WORDS = f"""CASE
    WHEN refusal <> '' THEN refusal
    WHEN ROW_NUMBER() OVER (
        PARTITION BY refusal, fingerprint, content ORDER BY recipient) > 1
        OR EXISTS (
            SELECT 1 FROM {_ADDRESSEE} other JOIN {_LOG} entry
            ON entry.recipient_id = other.recipient_id
                AND entry.addressee_id = other.id
            WHERE other.cluster_id = :cluster AND other.channel = :channel
                AND other.fingerprint = judged.fingerprint
                AND entry.dispatch_id = :dispatch AND entry.channel = :channel
                AND entry.content_id = judged.content
                AND entry.status <> 'skipped'
        ) THEN 'duplicate'
    ELSE '' END"""  # noqa: S608 - every name in it is our own

_PLAN = f"""INSERT INTO {_LOG} (cluster_id, dispatch_id, recipient_id, channel,
    addressee_id, content_id, batch_id, status, reason, commitment, planned_at,
    settled_at, detail, attempts, token, sender, provider, provider_id)
{_JUDGED}, told AS MATERIALIZED (
    SELECT recipient, {_AS_THEY_ARE} AS addressee, {{reason}} AS reason, content
    FROM judged
)
SELECT :cluster, :dispatch, told.recipient, :channel, addressee.id, told.content,
    :batch, CASE WHEN told.reason = '' THEN 'planned' ELSE 'skipped' END, told.reason,
    addressee.commitment, :now, CASE WHEN told.reason = '' THEN NULL ELSE :now END,
    '', 0, '', '', '', ''
FROM told JOIN {_ADDRESSEE} addressee ON addressee.id = told.addressee
WHERE 1 = 1 ORDER BY told.recipient
ON CONFLICT DO NOTHING"""  # noqa: S608 - every name in it is our own

#: Writes an entry for everybody who has an addressee, by the reason to skip them.
PLAN = {why: _PLAN.replace("{reason}", why) for why in (REFUSAL, SAME_WORDS)}

_NAMED = re.compile(r"(?<!:):([a-z]+)")


def around(statement: str, judged: str) -> tuple[str, list[str]]:
    """A statement with its people, and the names of the parameters after theirs."""
    before, after = statement.split("{judged}")
    return before + judged + _NAMED.sub("%s", after), _NAMED.findall(after)
