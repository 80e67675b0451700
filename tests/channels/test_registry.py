"""Channels are found by the settings, and a wrong setting says what to do."""

from __future__ import annotations

import pytest
from django.core.checks.registry import registry

from notifications.channels import Channel, ChannelRegistry, UnknownChannel, get_channel
from notifications.channels.checks import check_channels
from notifications.channels.email import EmailChannel
from notifications.errors import TocsinError


class Pigeon(EmailChannel):
    """A project's own channel."""

    kind = "pigeon"


class Pair(EmailChannel):
    """Made with options, as one of several providers is."""

    def __init__(self, *, url: str = "") -> None:
        super().__init__()


A: dict[str, object] = {
    "name": "a",
    "class": f"{__name__}.Pair",
    "options": {"url": "smtp://ada:secret@127.0.0.1"},
}
B = {"name": "b", "class": f"{__name__}.Pair"}


class NoChannel:
    kind = "email"


def test_email_is_a_channel_out_of_the_box(settings):
    with get_channel("email") as channel:
        assert isinstance(channel, EmailChannel)
        assert isinstance(channel, Channel)


def test_everybody_gets_a_channel_of_their_own():
    assert get_channel("email") is not get_channel("email")


def test_a_project_adds_its_own_channel_in_the_settings(settings):
    settings.TOCSIN_CHANNELS = {
        **settings.TOCSIN_CHANNELS,
        "pigeon": f"{__name__}.Pigeon",
    }
    with get_channel("pigeon") as channel:
        assert isinstance(channel, Pigeon)
    assert check_channels(None) == []


def test_a_channel_that_nobody_set_up_is_said_in_a_sentence():
    channels = ChannelRegistry({"email": "x.Y", "sms": "x.Z"})
    with pytest.raises(TocsinError, match="no channel “fax”.*one of: email, sms"):
        channels.create("fax")
    with pytest.raises(UnknownChannel):
        channels.providers("fax")


def test_a_kind_may_have_several_providers_in_order():
    channels = ChannelRegistry({"email": [A, B]})
    assert [one.name for one in channels.providers("email")] == ["a", "b"]
    assert isinstance(channels.create("email"), Pair)


def test_options_which_may_hold_a_password_are_in_no_text():
    (found,) = ChannelRegistry({"email": [A]}).providers("email")
    assert "secret" not in repr(found)


def test_the_settings_of_this_project_pass_the_checks():
    assert check_channels(None) == []


def problems(settings, channels: object) -> list[tuple[str | None, str | None]]:
    settings.TOCSIN_CHANNELS = channels
    return [(one.id, one.hint) for one in check_channels(None)]


@pytest.mark.parametrize(
    "channels",
    [
        None,
        {},
        [],
        "email",
        {"email": EmailChannel},
        {"email": []},
        {"email": ["x.Y"]},
        {"email": [{"name": "a"}]},
        {"email": [{"class": B["class"]}]},
        {"email": [{**B, "name": ""}]},
        {"email": [{**B, "name": "n" * 61}]},
        {"email": [{**B, "options": ["url"]}]},
        {"email": [{**B, "optoins": {}}]},
    ],
)
def test_a_table_of_channels_that_is_none_is_found(settings, channels):
    ((id, hint),) = problems(settings, channels)
    assert id == "tocsin.E040"
    assert "notifications.channels.email.EmailChannel" in (hint or "")


@pytest.mark.parametrize(
    "path", ["nowhere.Channel", "notifications.channels.email.Emial", "word", ""]
)
def test_a_path_to_nothing_is_found(settings, path):
    ((id, hint),) = problems(settings, {"email": path})
    assert id == "tocsin.E041"
    assert "dotted path" in (hint or "")


@pytest.mark.parametrize("path", [f"{__name__}.NoChannel", f"{__name__}.problems"])
def test_a_class_that_is_no_channel_is_found(settings, path):
    ((id, hint),) = problems(settings, {"email": path})
    assert id == "tocsin.E042"
    assert "docs/channels.md" in (hint or "")


def test_a_channel_under_the_wrong_name_is_found(settings):
    ((id, _),) = problems(settings, {"sms": f"{__name__}.Pigeon"})
    assert id == "tocsin.E043"


def test_several_providers_pass_the_checks(settings):
    assert problems(settings, {"email": [A, B]}) == []


def test_two_providers_of_one_name_are_found(settings):
    ((id, hint),) = problems(settings, {"email": [A, {**B, "name": "a"}]})
    assert id == "tocsin.E045"
    assert "name of its own" in (hint or "")


def test_options_that_the_class_does_not_take_are_found(settings):
    wrong = {**A, "options": {"pasword": "secret"}}
    settings.TOCSIN_CHANNELS = {"email": [wrong]}
    (found,) = check_channels(None)
    assert found.id == "tocsin.E046"
    assert "pasword" in found.msg
    assert "secret" not in found.msg


@pytest.mark.parametrize("url", ["http://x", "smtp://ada:secret@", "smtp://x?speed=9"])
def test_an_address_of_a_second_server_that_is_none_is_found(settings, url):
    fallback = {
        "name": "fallback",
        "class": "notifications.channels.email.EmailChannel",
        "options": {"url": url},
    }
    settings.TOCSIN_CHANNELS = {"email": [fallback]}
    (found,) = check_channels(None)
    assert found.id == "tocsin.E046"
    assert "EMAIL_FALLBACK_URL" in (found.hint or "")
    assert "secret" not in found.msg


def test_two_kinds_of_encryption_at_once_are_found(settings):
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = True
    assert [one.id for one in check_channels(None)] == ["tocsin.E044"]


def test_the_checks_run_with_the_others():
    assert check_channels in registry.get_checks()
