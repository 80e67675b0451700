"""Reads what a mail backend raises: did the message go, and is another try of use?"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests
from anymail.exceptions import (
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from django.core.exceptions import ImproperlyConfigured
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from notifications.channels.base import Outcome
from notifications.channels.email.replies import outcome_of

TOO_MANY = 429
# Our key, our bill, our pace, or we knock at a door that is none: nobody's address is
# at fault, and another try or another provider may do.
OUR_OWN_FAULT = frozenset({401, 402, 403, 404, 405, 407, 408, 425, TOO_MANY})
NOT_TAKEN = frozenset({503, 507})
STOPPING = frozenset({401, 404, 405, TOO_MANY, 503})


@dataclass(frozen=True, slots=True)
class Answer:
    """A provider's answer in our words.

    `stop`: the next message would fare no better. `asked` is False where the answer
    says nothing about anybody's address.
    """

    outcome: Outcome
    reason: str = ""
    retry_after: float | None = None
    stop: bool = False
    asked: bool = True
    unsupported: bool = False

    def for_the_rest(self) -> Answer:
        """The answer for those who were not tried: nothing of theirs was sent."""
        rest = (Outcome.TEMPORARY, self.reason, self.retry_after)
        return Answer(*rest, stop=True, asked=False)


def _not_asked(
    reason: str, retry_after: float | None = None, *, stop: bool = True
) -> Answer:
    return Answer(Outcome.TEMPORARY, reason, retry_after, stop=stop, asked=False)


def explain(problem: Exception) -> Answer:
    """What an exception out of a mail backend means for its message."""
    match problem:
        case AnymailRecipientsRefused():
            return Answer(Outcome.PERMANENT, "the provider refuses this address")
        case AnymailInvalidAddress():
            return Answer(
                Outcome.PERMANENT, "the provider says that this is no address"
            )
        case AnymailUnsupportedFeature():
            reason = "the provider cannot send a message of this make"
            return Answer(Outcome.PERMANENT, reason, unsupported=True)
        case AnymailSerializationError():
            return Answer(Outcome.PERMANENT, "a value that the provider cannot take")
        case AnymailError() if problem.status_code:
            return _by_status(problem)
        case smtplib.SMTPException():
            return _by_smtp(problem)
        case ImproperlyConfigured():
            return _not_asked("the mail provider is not set up here")
    return _by_network(problem)


def _by_status(problem: AnymailError) -> Answer:
    status = problem.status_code
    reason = f"the provider answered {status}"
    stop = status in STOPPING
    if status in OUR_OWN_FAULT or status in NOT_TAKEN:
        return _not_asked(reason, retry_after(problem.response), stop=stop)
    if 400 <= status <= 499:
        return Answer(Outcome.PERMANENT, reason)
    # A gateway that gave up, or an answer nobody can read: it may have been sent.
    return Answer(Outcome.UNKNOWN, reason)


def _by_smtp(problem: smtplib.SMTPException) -> Answer:
    match problem:
        case smtplib.SMTPConnectError() | smtplib.SMTPHeloError():
            return _not_asked(
                f"the mail server is not taking mail now ({problem.smtp_code})"
            )
        case smtplib.SMTPRecipientsRefused():
            code = next(iter(problem.recipients.values()), (550, b""))[0]
        case smtplib.SMTPResponseException():
            code = problem.smtp_code
        case smtplib.SMTPNotSupportedError():
            reason = "the mail server cannot take a message of this make"
            return Answer(Outcome.PERMANENT, reason)
        case _:
            reason = "the mail server broke the connection"
            return Answer(Outcome.UNKNOWN, reason)
    ours = isinstance(problem, smtplib.SMTPAuthenticationError)
    # What it has against the sender is not about an address either.
    asked = not (ours or isinstance(problem, smtplib.SMTPSenderRefused))
    reason = f"the mail server answered {code}"
    return Answer(outcome_of(code), reason, stop=ours, asked=asked)


def _by_network(problem: Exception) -> Answer:
    causes = list(_causes(problem))
    if any(isinstance(cause, _NEVER_SENT) for cause in causes):
        return _not_asked("no connection to the provider")
    if any(isinstance(cause, _SLOW) for cause in causes):
        reason = "the provider did not answer in time"
        return Answer(Outcome.UNKNOWN, reason, stop=True)
    reason = f"the provider's answer was lost ({type(problem).__name__})"
    return Answer(Outcome.UNKNOWN, reason)


_NEVER_SENT = (
    requests.ConnectTimeout,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    NewConnectionError,
    ConnectTimeoutError,
    ConnectionRefusedError,
    ssl.SSLCertVerificationError,
)
_SLOW = (requests.Timeout, TimeoutError)


def _causes(problem: BaseException) -> Iterator[BaseException]:
    """The exception and all behind it; urllib3 keeps some in `reason` and `args`."""
    waiting: list[BaseException] = [problem]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        behind = (one.__cause__, one.__context__, getattr(one, "reason", None))
        waiting += [b for b in (*behind, *one.args) if isinstance(b, BaseException)]


def retry_after(response: requests.Response | None) -> float | None:
    """Seconds from a Retry-After header, which may hold seconds or a date."""
    value = response.headers.get("Retry-After", "") if response is not None else ""
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
