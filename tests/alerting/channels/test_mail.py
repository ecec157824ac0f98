"""Mail: what it looks like, and everything that goes wrong at a mail server."""

import ssl
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest

from alerting.channels.base import UNCLEAR, Outgoing, SendError
from alerting.channels.mail import Mail
from alerting.plan import ChannelKind
from tests.alerting.channels.conftest import outgoing
from tests.fakes.smtp import PASSWORD, USER, FakeMailServer, MailFault

ALVA = "alva@lund.example"
SENDER = "Krislarm Lund <larm@lund.example>"


def mail_to(server: FakeMailServer, scheme: str = "smtp", user: str = "") -> Mail:
    url = f"{scheme}://{user}127.0.0.1:{server.port}"
    return Mail(url, sender=SENDER, trust=server.trust())


def message(**changes: str) -> Outgoing:
    return replace(outgoing(ChannelKind.MAIL, ALVA), **changes)  # type: ignore[arg-type]


async def test_a_mail_arrives_as_text_and_html_from_us_to_one_person() -> None:
    sent = message()

    async with FakeMailServer() as server:
        reference = await mail_to(server).send(sent)
        (mail,) = server.mails(ALVA)

    assert (mail["From"], mail["To"]) == (SENDER, ALVA)
    assert mail["Subject"] == "Larm: gasläcka"
    text, html = (part.get_content().strip() for part in mail.iter_parts())
    assert (text, html) == (sent.text, sent.html)
    assert reference == mail["Message-ID"] == f"<{sent.id}@lund.example>"


async def test_a_mail_says_that_a_machine_wrote_it_and_which_message_it_is() -> None:
    sent = message()

    async with FakeMailServer() as server:
        await mail_to(server).send(sent)
        (mail,) = server.mails(ALVA)

    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["X-Krislarm-Message"] == str(sent.id)
    assert mail["Date"]


async def test_a_mail_without_html_is_plain_text() -> None:
    async with FakeMailServer() as server:
        await mail_to(server).send(message(html=""))
        (mail,) = server.mails(ALVA)

    assert mail.get_content_type() == "text/plain"


@pytest.mark.parametrize(("scheme", "tls"), [("smtps", "smtps"), ("smtp+plain", "none")])
async def test_tls_from_the_start_and_no_tls_on_this_machine_work_too(
    scheme: str, tls: str
) -> None:
    async with FakeMailServer(tls=tls) as server:
        await mail_to(server, scheme).send(message())
        assert len(server.mails(ALVA)) == 1


async def test_the_password_may_have_any_characters() -> None:
    async with FakeMailServer(login=True) as server:
        await mail_to(server, user=f"{USER}:{quote(PASSWORD, safe='')}@").send(message())
        assert len(server.mails(ALVA)) == 1


@pytest.mark.logs_errors
async def test_a_wrong_password_names_the_setting_and_is_logged_as_an_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with FakeMailServer(login=True) as server:
        with pytest.raises(SendError, match="KRISLARM_SMTP_URL") as refused:
            await mail_to(server, user=f"{USER}:wrong@").send(message())

    assert (refused.value.permanent, refused.value.code) == (False, "535")
    assert "ERROR" in {r.levelname for r in caplog.records if r.name == "alerting.channels.mail"}


@pytest.mark.parametrize(
    ("fault", "permanent", "reason"),
    [
        (MailFault.BUSY, False, "Mejlservern tar inte emot just nu."),
        (MailFault.FULL, False, "Mejlservern tar inte emot just nu."),
        (MailFault.CLOSING, False, "Mejlservern tar inte emot just nu."),
        (MailFault.UNKNOWN, True, "Mejladressen finns inte."),
        (MailFault.SENDER_REFUSED, True, "Mejlservern vägrade ta emot mejlet."),
        (MailFault.SPAM, True, "Mejlservern vägrade ta emot mejlet."),
    ],
)
async def test_four_hundreds_pass_and_five_hundreds_do_not(
    fault: MailFault, permanent: bool, reason: str
) -> None:
    async with FakeMailServer() as server:
        server.fault(fault)
        mail = mail_to(server)
        with pytest.raises(SendError) as refused:
            await mail.send(message())
        await mail.send(message())
        assert len(server.mails(ALVA)) == 1

    assert (refused.value.permanent, refused.value.reason) == (permanent, reason)
    assert refused.value.code == fault.value[:3]


async def test_a_server_that_hangs_leaves_the_outcome_unclear() -> None:
    async with FakeMailServer() as server:
        server.fault(MailFault.HANGS)
        mail = Mail(
            f"smtp://127.0.0.1:{server.port}",
            sender=SENDER,
            time_limit=timedelta(milliseconds=500),
            trust=server.trust(),
        )
        with pytest.raises(SendError) as refused:
            await mail.send(message())

    assert (refused.value.permanent, refused.value.code) == (False, UNCLEAR)


async def test_a_connection_that_breaks_after_the_mail_leaves_the_outcome_unclear() -> None:
    async with FakeMailServer() as server:
        server.fault(MailFault.DROPS)
        with pytest.raises(SendError) as refused:
            await mail_to(server).send(message())
        assert len(server.mails(ALVA)) == 1

    assert (refused.value.permanent, refused.value.code) == (False, UNCLEAR)


async def test_a_server_that_is_away_has_surely_not_taken_it() -> None:
    async with FakeMailServer() as server:
        mail = mail_to(server)

    with pytest.raises(SendError, match="gick inte att nå") as refused:
        await mail.send(message())

    assert (refused.value.permanent, refused.value.code) == (False, "")


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_certificate_that_nobody_vouches_for_stops_the_mail(scheme: str) -> None:
    tls = {"smtp": "starttls", "smtps": "smtps"}[scheme]

    async with FakeMailServer(tls=tls) as server:
        mail = Mail(f"{scheme}://127.0.0.1:{server.port}", sender=SENDER)
        with pytest.raises(SendError, match="certifikat") as refused:
            await mail.send(message())
        assert server.inbox == {}

    assert refused.value.permanent is False


async def test_a_server_without_encryption_gets_nothing() -> None:
    async with FakeMailServer(tls="none") as server:
        with pytest.raises(SendError, match="saknar kryptering") as refused:
            await mail_to(server).send(message())
        assert server.inbox == {}

    assert refused.value.permanent is False


@pytest.mark.parametrize(
    "address",
    [
        "",
        "alva",
        "alva@",
        "@lund.example",
        "älva@lund.example",
        f"{ALVA}\r\nBcc: x@y.example",
        f"{ALVA}, b@c.example",
    ],
)
async def test_an_address_that_is_none_is_refused_for_good(address: str) -> None:
    async with FakeMailServer() as server:
        with pytest.raises(SendError, match="ogiltig") as refused:
            await mail_to(server).send(message(to=address))
        assert server.inbox == {}

    assert refused.value.permanent is True


async def test_a_domain_may_be_swedish() -> None:
    async with FakeMailServer() as server:
        await mail_to(server).send(message(to="alva@räddning.example"))
        assert list(server.inbox) == ["alva@xn--rddning-5wa.example"]


async def test_no_header_can_be_smuggled_in_by_the_subject() -> None:
    async with FakeMailServer() as server:
        await mail_to(server).send(message(subject="Larm\r\nBcc: mallory@evil.example\x00\n\nHej"))
        (mail,) = server.mails(ALVA)

    assert mail["Bcc"] is None
    assert list(server.inbox) == [ALVA]
    assert mail["Subject"].startswith("Larm  Bcc: mallory@evil.example")


@pytest.mark.parametrize(
    "url", ["", "lund.example", "http://lund.example", "smtp://", "smtp://user:secret@"]
)
def test_a_url_that_is_none_shows_how_one_looks(url: str) -> None:
    with pytest.raises(ValueError, match="smtp://user:password@host:587") as refused:
        Mail(url, sender=SENDER)

    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("host", ["mail.lund.example:25", "10.0.0.5"])
def test_mail_in_the_clear_leaves_this_machine_only_when_somebody_says_so(host: str) -> None:
    with pytest.raises(ValueError, match="in the clear"):
        Mail(f"smtp+plain://{host}", sender=SENDER)

    Mail(f"smtp+plain://{host}?unencrypted=yes", sender=SENDER)
    Mail("smtp+plain://localhost:1025", sender=SENDER)
    Mail("smtp+plain://[::1]:1025", sender=SENDER)


def test_a_sender_that_is_no_address_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="Not a mail address"):
        Mail("smtps://lund.example", sender="Krislarm", trust=ssl.create_default_context())
