"""What comes from outside to /twilio: late, twice, backwards, forged, replayed, far too large."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from alerting.models import CallIn, Message, MessageState, Reply
from alerting.plan import ChannelKind
from tests.fakes.twilio import Timing
from tests.stories.service import PUBLIC, Service


async def messages(service: Service, ref: str) -> dict[ChannelKind, Message]:
    async with service.site.database.reading() as session:
        query = select(Message).where(Message.address == service.numbers[ref])
        return {each.channel: each for each in await session.scalars(query)}


async def everything(service: Service) -> list[tuple[object, ...]]:
    """All that a callback could change."""
    async with service.site.database.reading() as session:
        found: list[tuple[object, ...]] = []
        for table in (Message.__table__, CallIn.__table__, Reply.__table__):
            rows = await session.execute(select(table).order_by(table.c.id))
            found += [tuple(row) for row in rows]
        return found


@pytest.mark.parametrize("timing", [Timing.EARLY, Timing.DOUBLED])
async def test_callbacks_may_come_early_or_twice(service: Service, timing: Timing) -> None:
    service.twilio.timing = timing
    tib = await service.sign_in("tib")
    at = await service.raise_alarm(tib, "LV-02")
    (call,) = service.expect_alarm("P07")
    assert (await messages(service, "P07"))[ChannelKind.SMS].state is MessageState.DELIVERED
    await call.pick_up()
    await call.press("1")
    await service.settle()
    assert "1 av 1 kommer" in await service.board(tib, at, "Kommunikatör i beredskap")


@pytest.mark.parametrize("backwards", [False, True])
async def test_callbacks_may_come_late_and_in_any_order(service: Service, backwards: bool) -> None:
    service.twilio.timing = Timing.LATE
    tib = await service.sign_in("tib")
    await service.raise_alarm(tib, "LV-02")
    service.expect_alarm("P07")
    assert (await messages(service, "P07"))[ChannelKind.SMS].state is MessageState.SENT
    await service.twilio.post_held(backwards=backwards)
    await service.settle()
    assert (await messages(service, "P07"))[ChannelKind.SMS].state is MessageState.DELIVERED


async def test_a_forged_callback_is_refused_and_changes_nothing(service: Service) -> None:
    tib = await service.sign_in("tib")
    await service.raise_alarm(tib, "LV-02")
    service.expect_alarm("P07")
    before, sent = await everything(service), await messages(service, "P07")
    number, call, text = service.numbers["P07"], sent[ChannelKind.VOICE], sent[ChannelKind.SMS]
    forged = {
        "/twilio/sms": {"From": number, "Body": "JA", "MessageSid": "SM1"},
        f"/twilio/status/{text.id}": {"MessageStatus": "failed"},
        f"/twilio/voice/{call.id}": {"CallStatus": "in-progress"},
        f"/twilio/voice/{call.id}/digits": {"Digits": "1"},
    }
    for path, form in forged.items():
        assert (await service.callback(path, form, signed=False)).status_code == 403, path
        changed = form | {"From": "+46701740699"}
        signature = service.twilio.sign(f"{PUBLIC}{path}", form)
        visitor = service.site.visitor()
        answer = await visitor.client.post(
            path, data=changed, headers={"x-twilio-signature": signature}
        )
        assert answer.status_code == 403, "the form is not what was signed"
        assert (await visitor.client.post(path, data=form)).status_code == 403
    await service.settle()
    assert await everything(service) == before


async def test_a_replayed_callback_changes_nothing(service: Service) -> None:
    tib = await service.sign_in("tib")
    await service.raise_alarm(tib, "LV-02")
    service.expect_alarm("P07")
    form = {"From": service.numbers["P07"], "Body": "JA", "MessageSid": "SM7", "To": "+46701740699"}
    assert (await service.callback("/twilio/sms", form)).status_code == 200
    await service.settle()
    assert "Noterat" in service.phone("P07").expect_text()
    before = await everything(service)
    for _ in range(3):
        answer = await service.callback("/twilio/sms", form)
        assert answer.status_code == 200, "Twilio would only try again"
    await service.settle()
    assert await everything(service) == before


async def test_an_unknown_message_is_not_found_and_a_wrong_method_is_said(
    service: Service,
) -> None:
    unknown = uuid4()
    for path in (
        f"/twilio/status/{unknown}",
        f"/twilio/voice/{unknown}",
        f"/twilio/voice/{unknown}/digits",
        "/twilio/status/latest",
    ):
        form = {"Digits": "1", "CallStatus": "completed"}
        assert (await service.callback(path, form)).status_code == 404, path
    for path in ("/twilio/sms", f"/twilio/voice/{unknown}"):
        answer = await service.site.visitor().get(path)
        assert answer.status_code == 405
        assert answer.headers["allow"] == "POST"


async def test_a_text_of_ten_thousand_characters_is_kept_shortened(service: Service) -> None:
    tib = await service.sign_in("tib")
    at = await service.raise_alarm(tib, "LV-02")
    service.expect_alarm("P07")
    await service.texts("P07", "Jag undrar " + "åäö{{7*7}}" * 1000)
    assert "gick inte att tolka" in service.phone("P07").expect_text()
    said = await service.board(tib, at)
    assert "{{7*7}}" in said
    assert len(said) < 30_000


async def test_larger_than_any_text_is_refused_and_the_next_one_is_taken(
    service: Service,
) -> None:
    tib = await service.sign_in("tib")
    await service.raise_alarm(tib, "LV-02")
    service.expect_alarm("P07")
    number = service.numbers["P07"]
    for size in (20_000, 2_000_000):
        form = {"From": number, "Body": "x" * size, "MessageSid": f"SM{size}"}
        assert (await service.callback("/twilio/sms", form)).status_code == 413
    await service.texts("P07", "JA")
    assert "Noterat" in service.phone("P07").expect_text()


@pytest.mark.parametrize(
    "text",
    ["'; DROP TABLE message; --", "\x00\x1f", "👍👍🏽", "{% raise %}", "<script>", " ", "999999"],
)
async def test_whatever_is_texted_is_kept_and_breaks_nothing(service: Service, text: str) -> None:
    tib = await service.sign_in("tib")
    at = await service.raise_alarm(tib, "LV-02")
    service.expect_alarm("P07")
    await service.texts("P07", text)
    service.look_away()
    page = await tib.get(at)
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    async with service.site.database.reading() as session:
        kept = (await session.scalars(select(Reply))).one()
    assert kept.text == text.replace("\x00", "")


async def test_a_stranger_gets_no_reply_but_is_shown(service: Service) -> None:
    tib = await service.sign_in("tib")
    at = await service.raise_alarm(tib, "LV-02")
    service.expect_alarm("P07")
    form = {"From": "+46313900601", "Body": "Vem är detta?", "MessageSid": "SM9"}
    assert (await service.callback("/twilio/sms", form)).status_code == 200
    await service.settle()
    assert "Okänd avsändare" in await service.board(tib, at)


async def test_an_answer_after_the_end_is_kept_and_said(service: Service) -> None:
    tib = await service.sign_in("tib")
    at = await service.raise_alarm(tib, "LV-02")
    (call,) = service.expect_alarm("P07")
    assert (await tib.post(f"{at}/close")).status_code == 303
    await service.settle()
    assert "gäller inte längre" in await call.pick_up()
    await service.texts("P07", "JA")
    assert "avslutat" in service.phone("P07").expect_text()
