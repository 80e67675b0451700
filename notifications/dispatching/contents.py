"""The words of a dispatch, kept for ever under their hash."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from notifications.composing import Compiled, Filler, content_hash
from notifications.models import Cluster, Content

from .brands import Letter

#: Placeholders whose value differs from person to person. A link to unsubscribe
#: differs too, but what is said does not; by a link to answer each says it for
#: themselves, and a link to review is for one approver alone.
PERSONAL = frozenset({"answer_url", "review_url", "first_name", "name", "unit", "zone"})


def is_identical(compiled: Compiled) -> bool:
    """Whether everybody who gets this reads the same words."""
    return not PERSONAL & Filler(compiled).names


def compiled_of(content: Content) -> Compiled:
    """The words of a stored Content, as composing fills them."""
    return Compiled(subject=content.subject, html=content.html, text=content.text)


def all_identical(contents: Iterable[Content]) -> bool:
    """Whether none of these says anything personal."""
    return all(is_identical(compiled_of(content)) for content in contents)


def pin_all(
    cluster: Cluster,
    letters: Iterable[Letter],
    *,
    template_name: str = "",
    template_version: int | None = None,
) -> tuple[Content, ...]:
    """What a message says on each channel in each language, in their order."""
    return tuple(
        pin(
            cluster,
            compiled,
            channel=channel,
            language=language,
            template_name=template_name,
            template_version=template_version,
        )
        for channel, language, compiled in letters
    )


def pin(
    cluster: Cluster,
    compiled: Compiled,
    *,
    channel: str,
    language: str,
    template_name: str = "",
    template_version: int | None = None,
) -> Content:
    """The Content with exactly these words, made where the cluster has none."""
    origin = f"{channel}\n{language}\n{template_name}\n{template_version}"
    address = sha256(f"{origin}\n{content_hash(compiled)}".encode()).hexdigest()
    content: Content
    content, _made = Content.objects.get_or_create(
        cluster=cluster,
        hash=address,
        defaults={
            "channel": channel,
            "language": language,
            "subject": compiled.subject,
            "html": compiled.html,
            "text": compiled.text,
            "template_name": template_name,
            "template_version": template_version,
        },
    )
    return content
