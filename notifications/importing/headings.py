"""What estates call their columns, in the languages that they keep lists in."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

# Best word first: of two columns that would do, the earlier word wins.
WORDS: Final[dict[str, str]] = {
    "external_id": (
        "external id|externalid|reference|ref|id|resident id|person id|tenant id|"
        "customer id|account|account no|account number|tenancy ref|resident ref|"
        "customer number|payroll no|staff no|staff id|member id|uid|code|"
        "identifiant|no client|kundennummer|mieternummer|kennung|identyfikator|"
        "nr klienta|identificador|codigo"
    ),
    "first_name": (
        "first name|firstname|forename|forenames|first names|given name|given names|"
        "christian name|known as|prenom|vorname|imie|nombre de pila|first|nome"
    ),
    "last_name": (
        "last name|lastname|surname|family name|familyname|second name|"
        "nom de famille|nachname|familienname|nazwisko|apellido|apellidos|last|"
        "cognome"
    ),
    "name": (
        "full name|fullname|name|resident|resident name|tenant|tenant name|"
        "display name|contact name|person|name of resident|names|nom complet|"
        "nom et prenom|nom prenom|nom|vollstandiger name|vor und nachname|"
        "imie i nazwisko|nombre completo|nombre y apellidos|nombre"
    ),
    "email": (
        "email|e mail|email address|e mail address|emailaddress|mail|main email|"
        "primary email|personal email|adresse email|adresse e mail|courriel|mel|"
        "e mail adresse|emailadresse|mailadresse|adres email|adres e mail|poczta|"
        "correo|correo electronico|email privat"
    ),
    "phone": (
        "mobile|mobile phone|mobile number|mobile no|mobile tel|mob|cell|cell phone|"
        "cellphone|phone|phone number|phone no|tel|tel no|telephone|"
        "telephone number|telephone no|contact number|contact no|sms|portable|"
        "telephone portable|mobiltelefon|handy|handynummer|mobil|mobilnummer|telefon|"
        "telefonnummer|telefon komorkowy|komorka|numer telefonu|nr telefonu|movil|"
        "telefono movil|telefono|home phone|home tel|landline|work phone"
    ),
    "zone": (
        "building|block|tower|zone|building name|block name|tower name|house name|"
        "property|estate|site|wing|court|batiment|tour|immeuble|residence|gebaude|"
        "haus|hausname|turm|budynek|blok|wieza|edificio|bloque|torre|portal"
    ),
    "unit": (
        "unit|unit no|unit number|flat|flat no|flat number|apartment|apartment no|"
        "apartment number|apt|apt no|flat unit|unit flat|door|door no|room|room no|"
        "suite|plot|appartement|appt|logement|porte|wohnung|wohnungsnummer|"
        "wohnungsnr|whg|mieszkanie|nr mieszkania|numer mieszkania|lokal|nr lokalu|"
        "piso|vivienda|apartamento|puerta"
    ),
    "language": (
        "language|preferred language|lang|main language|first language|"
        "spoken language|locale|langue|langue preferee|sprache|bevorzugte sprache|"
        "jezyk|idioma|lengua"
    ),
    "tags": (
        "tags|tag|labels|label|groups|group|role|roles|category|categories|"
        "resident type|tenure|etiquettes|etiquette|groupe|groupes|schlagworte|"
        "gruppe|gruppen|rolle|etykiety|grupa|rola|etiquetas|grupo|rol"
    ),
}
# One of these anywhere in a longer heading, the first that is found.
_SIGNS: Final[dict[str, str]] = {
    "email": "email emails mail courriel correo emailadresse",
    "phone": "mobile phone tel telephone cell mob telefon telefono mobil movil handy",
    "language": "language langue sprache jezyk idioma",
    "last_name": "surname nachname nazwisko apellidos apellido",
    "first_name": "forename prenom vorname imie",
    "unit": "flat apartment apt unit wohnung appartement mieszkania",
    "zone": "building block tower batiment gebaude budynek edificio",
    "tags": "tags",
}
# About somebody or something else, whatever the other words are.
_NOT_OURS: Final = (
    "birth comment comments consent count date dob emergency fax guarantor kin "
    "landlord next note notes opt owner password previous remarks spouse status time "
    "verified preference manager agent"
)
_SECOND: Final = re.compile(r" (?:[2-9]|ii)$| second| secondary| other| alternative")
_LETTERS: Final = str.maketrans(
    {"ł": "l", "ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i"}
)


def plain(heading: str) -> str:
    """A heading without capitals, accents and punctuation."""
    bare = unicodedata.normalize("NFKD", heading.casefold()).translate(_LETTERS)
    kept = "".join(c for c in bare if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", kept).strip()


@cache
def _exact() -> dict[str, tuple[str, float]]:
    found: dict[str, tuple[str, float]] = {}
    for field, words in WORDS.items():
        for place, word in enumerate(words.split("|")):
            found.setdefault(word, (field, 4 - place / 100))
    return found


def meaning(heading: str) -> tuple[str, float] | None:
    """The field that a heading speaks of and how clearly (4 at best), or nothing."""
    words = re.sub(r" 1$", "", plain(heading))
    known, less = _exact().get(words), 0.0
    if known is None and _SECOND.search(f" {words}"):
        words, less = _SECOND.sub("", f" {words}").strip(), 1.5
        known = _exact().get(words)
    if known:
        return known[0], known[1] - less
    parts = set(words.split())
    if parts.isdisjoint(_NOT_OURS.split()):
        for field, signs in _SIGNS.items():
            if not parts.isdisjoint(signs.split()):
                return field, 2 - less
    return None
