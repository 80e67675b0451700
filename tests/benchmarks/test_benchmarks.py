"""The instruments are right: figures, the page they are written into, and the sink."""

from __future__ import annotations

import smtplib
import socket
from email.message import EmailMessage

import pytest

from tests.benchmarks import raw, tables
from tests.benchmarks.figures import Finding, Invalid, at_least, at_most
from tests.benchmarks.sinks import Sink


def finding(ours, theirs, aim, **more):
    given = {"row": "raw", "vendor": "sqlite", "what": "raw SMTP", "unit": "messages/s"}
    return Finding(**given | more, ours=ours, theirs=theirs, aim=aim)


def test_a_figure_is_of_medians_and_its_spread_of_pairs():
    found = finding([10, 30, 20], [10, 10, 5], at_least(2))
    assert found.ratio == "2.00 (1.00–4.00)"
    assert found.verdict == "pass"


def test_what_falls_short_says_by_how_much():
    assert finding([24], [100], at_least(0.3)).verdict == "20% short"
    assert finding([3], [2], at_most(1.2)).verdict == "25% over"


def test_what_did_not_do_its_work_has_no_figure():
    found = finding([], [], at_least(1), problem="3 of 5\nmessages arrived")
    assert found.verdict == "invalid: 3 of 5 messages arrived"
    assert found.ratio == ""


def test_a_finding_survives_the_way_between_two_processes():
    found = finding([1.0], [2.0], at_most(3))
    assert Finding.from_json(found.to_json()) == found


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "benchmarks.md"
    path.write_text(f"Before\n{tables.BEGIN}\n{tables.END}\nAfter\n")
    return path


def test_a_row_measured_again_takes_its_own_place_only(page):
    memory = finding([5], [5], at_most(1.3), row="memory", what="1 000 entries")
    tables.write_down(page, [memory], 5)
    tables.write_down(page, [finding([1], [4], at_least(0.4), what="old words")], 5)
    tables.write_down(page, [finding([2], [4], at_least(0.4))], 5)
    lines = [line for line in page.read_text().splitlines() if line.startswith("|")]
    assert len(lines) == 4
    assert "0.50 (0.50–0.50)" in lines[2]
    assert "1.00 (1.00–1.00)" in lines[3]
    assert page.read_text().startswith("Before")
    assert page.read_text().endswith("After\n")


def mail(key, to="ann@near.example"):
    found = EmailMessage()
    found["From"], found["To"], found["X-Tocsin-Key"] = "office@x.example", to, key
    found.set_content(".\nA line that begins with a dot")
    return found


def test_the_sink_keeps_each_key_and_whom_it_was_for():
    with Sink() as sink, smtplib.SMTP("127.0.0.1", sink.port) as client:
        client.send_message(mail("one"))
        client.send_message(mail("two", "bob@far.example"))
        report = sink.checked(2)
    assert report["by_domain"] == {"near.example": 1, "far.example": 1}
    assert report["bytes"] > 200


def test_the_sink_does_not_take_a_double_for_a_message():
    with Sink() as sink, smtplib.SMTP("127.0.0.1", sink.port) as client:
        client.send_message(mail("one"))
        client.send_message(mail("one"))
        with pytest.raises(Invalid, match="1 different of 2"):
            sink.checked(2)


def test_the_sink_sees_who_does_not_wait_for_its_answers():
    with Sink(pipelining=False) as sink:
        with socket.create_connection(("127.0.0.1", sink.port)) as client:
            client.recv(1000)
            client.sendall(b"EHLO x\r\n")
            assert b"PIPELINING" not in client.recv(1000)
            client.sendall(b"MAIL FROM:<a@x.example>\r\nRCPT TO:<b@x.example>\r\n")
            while client.recv(1000).count(b"250") < 2:
                pass
        assert sink.report()["early"] == 1


def test_the_sink_has_no_more_connections_than_it_was_told():
    with Sink(most=1) as sink, smtplib.SMTP("127.0.0.1", sink.port):
        with pytest.raises(smtplib.SMTPConnectError):
            smtplib.SMTP("127.0.0.1", sink.port)
        assert sink.report()["refused"] == 1


def test_what_the_sink_kept_can_be_pushed_again_as_it_was(tmp_path):
    kept = tmp_path / "kept"
    with Sink() as sink:
        sink.keep(kept)
        with smtplib.SMTP("127.0.0.1", sink.port) as client:
            for key in ("one", "two", "three"):
                client.send_message(mail(key))
        sink.keep(None)
        sink.reset()
        messages = list(raw.kept(kept))
        raw.push(sink.port, messages, connections=2)
        assert sink.checked(3)["hasty"] == 0
