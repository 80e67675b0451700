"""Whatever comes in, the answer is a table, a value, or a sentence."""

from __future__ import annotations

import io
import zipfile

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications.errors import TocsinError
from notifications.fingerprints import name_key
from notifications.importing import cells, phones
from notifications.importing.cells import CellError
from notifications.importing.columns import check_mapping, guess_mapping
from notifications.importing.grid import Row
from notifications.importing.limits import ImportRefused
from notifications.importing.reading import Table, inspect, read
from notifications.importing.rows import read_people

from .files import DATA, archive, cell, line, ods, xlsx

REGIONS = ["GB", "FR", "DE", "PL", "ES", "US", "IT", "IE", "BR", "KZ", "GG", ""]
NAMES = ["people.csv", "people.tsv", "people.xlsx", "people.ods", "people"]
WORKBOOK = xlsx(("Name", "Email"), ("Ann", "a@example.org"))
DOCUMENT = ods(f'<table:table table:name="a">{line(cell("Name"))}</table:table>')
ODDITIES = "\ufeff\u200b\u200d\u0130ß\u1e9eŉǰ\u0345ﬁﷺ\u2019＠@.-+ \t<>mailto:"
odd_text = st.text(max_size=40) | st.text(alphabet=ODDITIES + "aZ07", max_size=30)
relaxed = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


def is_a_sentence(error: TocsinError) -> None:
    assert str(error).endswith(".")


def gives_a_table_or_a_sentence(data: bytes, filename: str) -> Table | None:
    try:
        table = read(data, filename)
    except ImportRefused as refused:
        is_a_sentence(refused)
        return None
    assert inspect(data, filename).header_row == table.guess.header_row
    mapping = guess_mapping(table.headings, table.rows)
    check_mapping(mapping)
    assert len(list(read_people(table, mapping, "GB", "en"))) == len(table.rows)
    return table


@relaxed
@given(st.binary(max_size=400), st.sampled_from(NAMES))
def test_any_bytes_give_a_table_or_a_sentence(data: bytes, filename: str) -> None:
    gives_a_table_or_a_sentence(data, filename)


@relaxed
@given(st.text(alphabet='ab,;|\t"\n\r@é ', max_size=120), st.sampled_from(NAMES))
def test_any_text_gives_a_table_or_a_sentence(text: str, filename: str) -> None:
    gives_a_table_or_a_sentence(text.encode(), filename)


@relaxed
@given(
    st.sampled_from([WORKBOOK, DOCUMENT]),
    st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), max_size=8),
)
def test_a_workbook_with_spoilt_bytes_gives_a_table_or_a_sentence(
    data: bytes, changes: list[tuple[int, int]]
) -> None:
    spoilt = bytearray(data)
    for place, value in changes:
        spoilt[place % len(spoilt)] = value
    gives_a_table_or_a_sentence(bytes(spoilt), "people")


@relaxed
@given(
    st.sampled_from([WORKBOOK, DOCUMENT]),
    st.integers(0, 9),
    st.lists(st.tuples(st.integers(0, 5_000), st.binary(max_size=6)), max_size=4),
)
def test_a_workbook_with_spoilt_xml_gives_a_table_or_a_sentence(
    data: bytes, which: int, changes: list[tuple[int, bytes]]
) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    name = sorted(members)[which % len(members)]
    for place, value in changes:
        content = members[name]
        place %= len(content) + 1
        members[name] = content[:place] + value + content[place + len(value) :]
    gives_a_table_or_a_sentence(archive(dict(members)), "people")


@relaxed
@given(st.binary(min_size=1, max_size=3), st.integers(0, 43_000))
def test_a_real_file_with_a_spoilt_place_loses_no_row_in_silence(
    value: bytes, place: int
) -> None:
    data = bytearray((DATA / "st-annes-estate.csv").read_bytes())
    kept = value.translate(None, b'\n\r";\x00')
    data[place : place + len(kept)] = kept
    if data.count(b"\n") == 613 and data.count(b'"') == 8:
        table = gives_a_table_or_a_sentence(bytes(data), "people.csv")
        assert table is None or table.rows[-1].number == 613


@relaxed
@given(odd_text)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    for clean in (cells.clean_email, cells.clean_name, name_key):
        try:
            once = clean(text)
        except CellError:
            continue
        assert clean(once) == once


@relaxed
@given(st.sampled_from(REGIONS), st.text(alphabet="0123456789+-() ", max_size=18))
def test_a_clean_number_stays_what_it_is_everywhere(region: str, text: str) -> None:
    try:
        once = cells.clean_phone(text, region)
    except CellError:
        return
    assert cells.clean_phone(once, region) == once
    assert cells.clean_phone(once, "") == once


@relaxed
@given(st.sampled_from(REGIONS), st.text(alphabet="0123456789", max_size=15))
def test_the_short_way_gives_what_the_parser_gives(region: str, digits: str) -> None:
    quick = phones._usual(digits, region)
    assert quick in (None, phones._parsed(digits, region))


@relaxed
@given(st.sampled_from(REGIONS), st.integers(0, 10**7), st.booleans())
def test_the_short_way_is_right_for_numbers_of_each_country(
    region: str, tail: int, trunk: bool
) -> None:
    form = phones._form(region)
    if form is not None:
        length, first = form.mobile
        digits = (form.trunk if trunk else "") + first + f"{tail:015d}"[1 - length :]
        quick = phones._usual(digits, region)
        assert quick in (None, phones._parsed(digits, region))


@relaxed
@given(odd_text)
def test_no_tag_and_no_language_raises_anything_else(text: str) -> None:
    for clean in (cells.split_tags, cells.clean_language, cells.clean_unit):
        try:
            clean(text)
        except CellError as error:
            is_a_sentence(error)


@relaxed
@given(st.lists(st.text(max_size=12), max_size=8), st.lists(odd_text, max_size=8))
def test_a_guess_never_takes_a_field_twice(
    headings: list[str], values: list[str]
) -> None:
    mapping = guess_mapping(headings, [Row(2, tuple(values))])
    single = [field for field in mapping.values() if field != "tags"]
    assert len(single) == len(set(single))
