"""Mail through Django's mail API: an anymail provider, or any other mail backend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from notifications.channels.base import Message, Outcome, Receipt
from notifications.channels.email.mailings import (
    KEY,
    WAYS,
    Ready,
    Way,
    mailings,
    may_share,
    merged,
)
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

NOT_SET_UP = "the mail provider is not set up here"
BY_A_RULE = "a rule of this installation stopped it at the provider's door"
SAYS_NOTHING = "the provider took it without saying what becomes of it"


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one message, and what the provider calls it."""

    answer: Answer
    provider_id: str = ""


class BackendTransport:
    """Hands mail to `EMAIL_BACKEND` or another backend, by its dotted path.

    Several messages of one form go in one call where the provider can do that, else
    each in its own.
    """

    def __init__(self, path: str = "") -> None:
        self._path = path
        self._backend: BaseEmailBackend | None = None
        self._way: Way | None = None
        self._metadata = True
        # Why there is no sense in trying any other message of this `send`.
        self._stop: Answer | None = None

    @property
    def name(self) -> str:
        esp = getattr(self._backend, "esp_name", "")
        path = self._path or settings.EMAIL_BACKEND
        return str(esp or path.split(".")[-2]).lower()

    def send(self, messages: Iterable[Message]) -> Iterator[Receipt]:
        self._stop = None
        feed = iter(messages)
        while taken := self._take(feed):
            yield from self._hand_over(taken)

    def close(self) -> None:
        if self._backend is not None:
            self._backend.close()
            self._backend = None

    def _take(self, feed: Iterator[Message]) -> list[Message]:
        """As many as may go in one call; none where the feed has ended.

        Whoever goes alone is taken alone: between two calls there may be an end.
        """
        if (first := next(feed, None)) is None:
            return []
        self._stop = self._stop or self._open()
        way = self._way
        if self._stop or way is None or not may_share(first, way):
            return [first]
        return [first, *islice(feed, way.most - 1)]

    def _hand_over(self, taken: Sequence[Message]) -> Iterator[Receipt]:
        ready = []
        for message in taken:
            try:
                ready.append(Ready(message, self._mail(message)))
            except Unbuildable as problem:
                answer = Answer(Outcome.PERMANENT, str(problem))
                yield self._receipt(message, Sent(answer))
        for together in mailings(ready, self._way):
            yield from self._call(together)

    def _open(self) -> Answer | None:
        """Why there is no backend, or None. Opening sends nothing."""
        if self._backend is not None:
            return None
        try:
            backend = get_connection(self._path or None)
            backend.open()
        except (ImproperlyConfigured, ImportError):
            return Answer(Outcome.TEMPORARY, NOT_SET_UP, asked=False, stop=True)
        except Exception as problem:  # noqa: BLE001 - a backend may raise anything
            return explain(problem).for_the_rest()
        self._backend = backend
        self._way = WAYS.get(getattr(backend, "esp_name", ""))
        return None

    def _mail(self, message: Message) -> EmailMultiAlternatives:
        mail = build(message)
        try:
            for text in (mail.subject, message.text, message.html):
                text.encode()
        except UnicodeEncodeError as problem:
            raise Unbuildable("a character that mail cannot carry") from problem
        if hasattr(self._backend, "esp_name"):
            for header in PROVIDERS_OWN:
                mail.extra_headers.pop(header, None)
            if self._metadata:
                mail.metadata = {KEY: message.key}  # type: ignore[attr-defined]
        return mail

    def _call(self, together: Sequence[Ready]) -> Iterator[Receipt]:
        """One call for all of them; if the provider refuses that, smaller ones.

        What is refused as a whole was sent to nobody, and one of them may be to blame.
        """
        if self._stop is not None:
            yield from self._same(together, self._stop.for_the_rest())
            return
        way = self._way
        mail = merged(together, way) if way and together[1:] else together[0].mail
        answer = self._post(mail)
        if answer is None:
            for one, sent in _told(mail, together):
                yield self._receipt(one.message, sent)
        elif answer.unsupported and (together[1:] or self._metadata):
            yield from self._plainer(together)
        elif answer.outcome is Outcome.PERMANENT and together[1:]:
            middle = len(together) // 2
            yield from self._call(together[:middle])
            yield from self._call(together[middle:])
        else:
            if answer.stop:
                self._stop = answer
            yield from self._same(together, answer)

    def _plainer(self, together: Sequence[Ready]) -> Iterator[Receipt]:
        """The provider cannot do what was asked of it: each alone, or without a key.

        The key goes in a header too, so that nothing else is lost.
        """
        if together[1:]:
            self._way = None
        else:
            self._metadata = False
        for one in together:
            yield from self._call([Ready(one.message, self._mail(one.message))])

    def _post(self, mail: EmailMultiAlternatives) -> Answer | None:
        """What is wrong with the whole call; None where each has its own answer."""
        assert self._backend is not None  # noqa: S101 - `_take` has opened it
        try:
            count = self._backend.send_messages([mail])
        except Exception as problem:  # noqa: BLE001 - a backend may raise anything
            # What it said of each address is worth more than what was made of it.
            status = getattr(mail, "anymail_status", None)
            return None if status and status.recipients else explain(problem)
        return None if count else Answer(Outcome.PERMANENT, BY_A_RULE)

    def _same(self, together: Sequence[Ready], answer: Answer) -> Iterator[Receipt]:
        for one in together:
            yield self._receipt(one.message, Sent(answer))

    def _receipt(self, message: Message, sent: Sent) -> Receipt:
        return Receipt(
            key=message.key,
            outcome=sent.answer.outcome,
            provider=self.name,
            provider_id=sent.provider_id,
            reason=scrub(sent.answer.reason, message),
            retry_after=sent.answer.retry_after,
            asked=sent.answer.asked,
        )


def _told(
    mail: EmailMultiAlternatives, together: Sequence[Ready]
) -> Iterator[tuple[Ready, Sent]]:
    """What the backend says of each address."""
    status = getattr(mail, "anymail_status", None)
    if status is None:
        for one in together:
            yield one, Sent(Answer(Outcome.ACCEPTED), message_id(one.message))
        return
    said = {address.casefold(): told for address, told in status.recipients.items()}
    for one in together:
        told = said.get(one.address.casefold())
        if told is None and len(said) == len(together) == 1:
            (told,) = said.values()
        if told is not None:
            yield one, _sent(told.status, str(told.message_id or ""))
        elif one.mail.to[0] in mail.to:
            yield one, _sent("unknown", "")
        else:
            yield one, Sent(Answer(Outcome.PERMANENT, BY_A_RULE))


def _sent(status: str, provider_id: str) -> Sent:
    outcome = ANYMAIL.get(status, Outcome.UNKNOWN)
    reason = SAYS_NOTHING if outcome is Outcome.UNKNOWN else SAYS.get(status, "")
    return Sent(Answer(outcome, reason), provider_id)
