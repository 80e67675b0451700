"""What staff type about a person, cleaned exactly as the cells of a file are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.errors import Refused
from notifications.events import ChannelKind
from notifications.fingerprints import name_key
from notifications.importing import cells
from notifications.models import Cluster

MAX_UNIT: Final = 60
# As wide as the columns of the folded forms.
MAX_NAME_KEY: Final = 240
MAX_TAG_KEY: Final = 80
#: The cells' own sentences speak of files and rows; these are for a form.
_SENTENCES: Final[dict[str, str | Promise]] = {
    cells.NO_NAME: gettext_lazy("There is no name. Type one."),
    cells.NOT_AN_EMAIL: gettext_lazy(
        "“%(value)s” is not an email address. It needs a name, an @ and a domain, "
        "such as anna@example.org."
    ),
    cells.NOT_A_PHONE: gettext_lazy(
        "“%(value)s” is not a phone number. Type all its digits; a number from "
        "abroad begins with + and the country code."
    ),
    cells.NOT_A_LANGUAGE: gettext_lazy(
        "“%(value)s” is not a language we know. Use its English name or its code, "
        "such as “Polish” or “pl”."
    ),
    cells.NOT_A_UNIT: gettext_lazy(
        "“%(value)s” is a date. Type the flat as people say it."
    ),
}


@dataclass(frozen=True, slots=True)
class Address:
    """One address of a person; the first of a channel is its main one unless said."""

    channel: str
    value: str
    description: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Details:
    """Everything that staff may write about a person."""

    name: str
    first_name: str = ""
    unit: str = ""
    zone_id: int | None = None
    language: str = ""
    external_id: str = ""
    tags: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()


class Unclean(Refused):
    """What was typed cannot be kept: field name → sentence.

    Addresses are named ``addresses-0`` and so on, by their place in the details.
    """

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


@dataclass(slots=True)
class _Cleaner:
    problems: dict[str, str] = field(default_factory=dict)

    def of(self, key: str, text: str, clean: Callable[[str], str]) -> str:
        if not text.strip() and key != "name":
            return ""
        try:
            return clean(text)
        except cells.CellError as error:
            self.problems[key] = _sentence(error, text)
            return text

    def tags(self, given: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return clean_tags(given)
        except Unclean as error:
            self.problems |= error.problems
            return given


def cleaned(details: Details, cluster: Cluster) -> Details:
    """The details as they are kept; raises Unclean with every problem at once."""
    cleaner = _Cleaner()
    of = cleaner.of
    result = Details(
        name=of("name", details.name, _name),
        first_name=of("first_name", details.first_name, cells.clean_words),
        unit=of("unit", details.unit, _unit),
        zone_id=details.zone_id,
        language=of("language", details.language, _language(cluster)),
        external_id=of("external_id", details.external_id, cells.clean_words),
        tags=cleaner.tags(details.tags),
        addresses=tuple(_addresses(cleaner, details.addresses, cluster)),
    )
    if cleaner.problems:
        raise Unclean(cleaner.problems)
    return result


def _addresses(
    cleaner: _Cleaner, given: tuple[Address, ...], cluster: Cluster
) -> list[Address]:
    """Each address once, cleaned, with one main address on each channel."""
    found: dict[tuple[str, str], Address] = {}
    for index, address in enumerate(given):
        if not address.value.strip():
            continue
        key = f"addresses-{index}"
        value = cleaner.of(key, address.value, _for(address.channel, cluster))
        words = cleaner.of(key, address.description, cells.clean_words)
        same = found.get((address.channel, value))
        found[address.channel, value] = Address(
            address.channel,
            value,
            words or (same.description if same else ""),
            address.primary or bool(same and same.primary),
        )
    return [replace(row, primary=row == _main(found, row)) for row in found.values()]


def _main(found: dict[tuple[str, str], Address], like: Address) -> Address:
    rows = [row for row in found.values() if row.channel == like.channel]
    return next((row for row in rows if row.primary), rows[0])


def _for(channel: str, cluster: Cluster) -> Callable[[str], str]:
    if channel == ChannelKind.EMAIL:
        return cells.clean_email
    if channel == ChannelKind.SMS:
        return lambda text: cells.clean_phone(text, cluster.phone_region)
    return cells.clean_words


def _language(cluster: Cluster) -> Callable[[str], str]:
    """“English” among people who speak en-gb is en-gb, as in files."""
    ours = cluster.language.lower()

    def clean(text: str) -> str:
        code = cells.clean_language(text)
        return ours if code == ours.partition("-")[0] else code

    return clean


def _unit(text: str) -> str:
    return cells.clean_words(cells.clean_unit(text), MAX_UNIT)


def clean_tags(given: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are kept, each once; raises Unclean."""
    try:
        found = cells.split_tags("\n".join(given))
    except cells.CellError as error:
        raise Unclean({"tags": str(error)}) from error
    # Some signs grow when they are folded; the key has to fit as well.
    for tag in found:
        if len(name_key(tag)) > MAX_TAG_KEY:
            sentence = _("“%(tag)s” is too long. Use a shorter tag.")
            raise Unclean({"tags": sentence % {"tag": tag}})
    return found


def _name(text: str) -> str:
    name = cells.clean_name(text)
    if len(name_key(name)) > MAX_NAME_KEY:
        raise cells.CellError(cells.TOO_LONG, str(_("This name is too long.")))
    return name


def _sentence(error: cells.CellError, text: str) -> str:
    ours = _SENTENCES.get(error.reason)
    words = " ".join(text.split())
    short = words if len(words) <= 60 else f"{words[:59]}…"
    return str(ours) % {"value": short} if ours else str(error)
