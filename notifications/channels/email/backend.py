"""Mail through Django's mail API: an anymail provider, or any other mail backend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from notifications.channels.base import Message, Outcome, Receipt
from notifications.channels.email.mime import Unbuildable, build, message_id
from notifications.channels.email.problems import Answer, explain
from notifications.channels.email.replies import scrub

ANYMAIL = {
    "sent": Outcome.ACCEPTED,
    "queued": Outcome.ACCEPTED,
    "invalid": Outcome.PERMANENT,
    "rejected": Outcome.PERMANENT,
    "failed": Outcome.TEMPORARY,
}
SAYS = {
    "invalid": "the provider sees no address in it",
    "rejected": "the provider refuses this address",
    "failed": "the provider could not send it",
}
# Providers write these two themselves, and some refuse a message that has them.
PROVIDERS_OWN = ("Date", "Message-ID")


@dataclass(frozen=True, slots=True)
class Sent:
    """What the backend said of one message, without an exception."""

    answer: Answer
    provider_id: str = ""


class BackendTransport:
    """Hands mail to `EMAIL_BACKEND`, one message each."""

    def __init__(self) -> None:
        self._backend: BaseEmailBackend | None = None
        self._metadata = True

    @property
    def name(self) -> str:
        esp = getattr(self._backend, "esp_name", "")
        return str(esp or settings.EMAIL_BACKEND.split(".")[-2]).lower()

    def send(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        stop: Answer | None = None
        for message in messages:
            sent = Sent(stop) if stop else self._attempt(message)
            if sent.answer.stop:
                stop = sent.answer.for_the_rest()
            yield self._receipt(message, sent)

    def close(self) -> None:
        if self._backend is not None:
            self._backend.close()
            self._backend = None

    def _receipt(self, message: Message, sent: Sent) -> Receipt:
        return Receipt(
            key=message.key,
            outcome=sent.answer.outcome,
            provider=self.name,
            provider_id=sent.provider_id,
            reason=scrub(sent.answer.reason, message),
            retry_after=sent.answer.retry_after,
            # What stops all the others is trouble with the provider, not an address.
            asked=not (sent.answer.stop and sent.answer.outcome is Outcome.TEMPORARY),
        )

    def _attempt(self, message: Message) -> Sent:
        try:
            backend = self._open()
        except (ImproperlyConfigured, ImportError):
            reason = "the mail provider is not set up here"
            return Sent(Answer(Outcome.TEMPORARY, reason, stop=True))
        except Exception as problem:  # noqa: BLE001 - a backend may raise anything
            # Opening sends nothing, so the message can safely be tried again.
            found = explain(problem)
            return Sent(Answer(Outcome.TEMPORARY, found.reason, stop=True))
        try:
            mail = self._mail(message, backend)
        except Unbuildable as problem:
            return Sent(Answer(Outcome.PERMANENT, str(problem)))
        return self._hand_over(backend, mail, message)

    def _open(self) -> BaseEmailBackend:
        if self._backend is None:
            backend = get_connection()
            backend.open()
            self._backend = backend
        return self._backend

    def _mail(
        self, message: Message, backend: BaseEmailBackend
    ) -> EmailMultiAlternatives:
        mail = build(message)
        if hasattr(backend, "esp_name"):
            for header in PROVIDERS_OWN:
                mail.extra_headers.pop(header, None)
            if self._metadata:
                mail.metadata = {"tocsin_key": message.key}  # type: ignore[attr-defined]
        return mail

    def _hand_over(
        self, backend: BaseEmailBackend, mail: EmailMultiAlternatives, message: Message
    ) -> Sent:
        try:
            count = backend.send_messages([mail])
        except Exception as problem:  # noqa: BLE001 - a backend may raise anything
            answer = explain(problem)
            if answer.unsupported and self._metadata:
                # The key goes in a header too: do without where nothing else is lost.
                self._metadata = False
                return self._attempt(message)
            return Sent(answer)
        if not count:
            reason = "a rule of this installation stopped it at the provider's door"
            return Sent(Answer(Outcome.PERMANENT, reason))
        return _told(mail, message)


def _told(mail: EmailMultiAlternatives, message: Message) -> Sent:
    status = getattr(mail, "anymail_status", None)
    if status is None:
        return Sent(Answer(Outcome.ACCEPTED), message_id(message))
    for told in status.recipients.values():
        outcome = ANYMAIL.get(told.status, Outcome.UNKNOWN)
        reason = SAYS.get(told.status, "")
        if outcome is Outcome.UNKNOWN:
            reason = "the provider took it without saying what becomes of it"
        return Sent(Answer(outcome, reason), str(told.message_id or ""))
    return Sent(Answer(Outcome.UNKNOWN, "the provider did not say what it did"))
