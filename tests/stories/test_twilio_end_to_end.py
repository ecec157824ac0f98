"""A real alarm through Twilio: raised on the page, carried by the official client, answered by phone."""

from sqlalchemy import update

from rosters.models import ContactPoint
from tests.fakes.twilio import Fault, Line
from tests.stories.forms import form_to, forms
from tests.stories.service import Service

CORE = tuple(f"P{number}" for number in range(17, 24))


async def test_a_tib_calls_in_the_staff_and_the_board_follows_until_five_of_five(
    service: Service,
) -> None:
    tib = await service.sign_in("tib")
    at = await service.raise_alarm(tib, "LV-03", note="Storm", wait=False)
    service.expect_silence()  # five seconds to undo
    await service.wait(seconds=5)
    calls = dict(zip(("P11", "P15", *CORE), service.expect_alarm("P11", "P15", *CORE), strict=True))
    assert "0 av 5 kommer" in await service.board(tib, at, "Stabens kärna")

    for count, (ref, text) in enumerate(zip(CORE, ("JA", "ja tack", " 1 ", "30"), strict=False), 1):
        await service.texts(ref, text)
        assert "Noterat: kommer" in service.phone(ref).expect_text()
        assert f"{count} av 5 kommer" in await service.board(tib, at, "Stabens kärna")
    assert "Kristallen" in await calls["P21"].pick_up()
    assert "noterat" in await calls["P21"].press("1")
    await service.settle()

    assert "5 av 5 kommer" in await service.board(tib, at, "Stabens kärna")
    assert "framme 03:42" in await service.board(tib, at, "Stabens kärna")
    for ref in ("P22", "P23"):
        assert "behöver inte komma" in service.phone(ref).expect_text()


async def test_a_no_moves_the_chain_at_once_and_an_unclear_answer_waits_for_a_hand(
    service: Service,
) -> None:
    tib = await service.sign_in("tib")
    at = await service.raise_alarm(tib, "LV-03")
    service.expect_alarm("P11", "P15", *CORE)

    await service.texts("P11", "NEJ")
    assert "kan inte" in service.phone("P11").expect_text()
    service.expect_alarm("P12")

    await service.texts("P15", "Vad har hänt? Är det <b>Dalby</b>?")
    assert "gick inte att tolka" in service.phone("P15").expect_text()
    await tib.sees(at, "Svar som väntar på dig")
    html = (await tib.get(at)).text
    assert "<b>Dalby" not in html
    accept = next(
        each
        for each in forms(html)
        if each.fields.get("said") == "yes" and "/replies/" in each.action
    )
    assert (await accept.send(tib)).status_code == 303
    await service.settle()
    assert "1 av 1 kommer" in await service.board(tib, at, "Stabschef")


async def test_the_key_three_repeats_the_question_and_any_other_key_does_too(
    service: Service,
) -> None:
    tib = await service.sign_in("tib")
    await service.raise_alarm(tib, "LV-02", note="Presskonferens")
    (call,) = service.expect_alarm("P07")
    question = await call.pick_up()
    assert await call.press("3") == question
    assert await call.press("9") == question
    assert "noterat" in await call.press("2")
    await service.settle()
    service.expect_alarm("P23")


async def test_a_voicemail_is_no_answer_and_stands_on_the_board(service: Service) -> None:
    tib = await service.sign_in("tib")
    service.phone("P07").line = Line.VOICEMAIL
    at = await service.raise_alarm(tib, "LV-02")
    assert "SKARPT" in service.phone("P07").expect_text()
    assert "Kommunikatör" in " ".join(service.phone("P07").expect_call().heard)
    said = await service.board(tib, at, "Kommunikatör i beredskap")
    assert "0 av 1 kommer" in said
    assert "Telefonsvarare svarade" in said
    await service.wait(seconds=60)
    service.phone("P07").expect_call()  # the next wave, in vain, and then the one after it at once
    assert "SKARPT" in service.phone("P07").expect_text()
    await service.texts("P07", "ok")
    assert "Noterat" in service.phone("P07").expect_text()


async def test_when_neither_call_nor_text_gets_through_the_next_wave_comes_at_once(
    service: Service,
) -> None:
    tib = await service.sign_in("tib")
    service.phone("P07").line, service.phone("P07").sms_error = Line.BUSY, "30008"
    at = await service.raise_alarm(tib, "LV-02")
    service.look_away()
    assert len(service.phone("P07").calls) == 2, "one for each wave that rings"
    assert [call.status for call in service.phone("P23").calls] == ["ringing"]
    assert "Upptaget" in await service.board(tib, at, "Kommunikatör i beredskap")


async def test_who_has_texted_stop_is_still_called_and_the_operator_is_told(
    service: Service,
) -> None:
    tib = await service.sign_in("tib")
    await service.texts("P07", "STOP")
    at = await service.raise_alarm(tib, "LV-02")
    call = service.phone("P07").expect_call()
    assert not service.phone("P07").texts
    await call.pick_up()
    await call.press("1")
    await service.settle()
    assert "1 av 1 kommer" in await service.board(tib, at, "Kommunikatör i beredskap")


async def test_twilio_refuses_a_text_to_who_has_opted_out_there_alone(service: Service) -> None:
    tib = await service.sign_in("tib")
    service.phone("P07").opted_out = True  # at Twilio; we have never heard of it
    at = await service.raise_alarm(tib, "LV-02")
    service.phone("P07").expect_call()
    assert "har svarat stopp" in await service.board(tib, at)
    await service.wait(minutes=2)
    service.look_away()
    asked = [form for form in service.twilio.requests if "Body" in form]
    assert [form["To"] for form in asked].count(service.numbers["P07"]) == 1, "not once again"


async def test_a_throttled_a_broken_and_a_hanging_answer_are_tried_again(service: Service) -> None:
    tib = await service.sign_in("tib")
    for ref, fault in (("P17", Fault.THROTTLED), ("P18", Fault.BROKEN), ("P19", Fault.GIBBERISH)):
        service.twilio.fault(fault, to=service.numbers[ref], times=2)
    await service.raise_alarm(tib, "LV-03")
    await service.wait(seconds=10)
    for ref in ("P17", "P18", "P19"):
        phone = service.phone(ref)
        assert phone.texts, f"no text came to {ref}"
        assert phone.calls, f"{ref} was not called"
    service.look_away()


async def test_an_alarm_that_is_undone_within_five_seconds_reaches_nobody(
    service: Service,
) -> None:
    tib = await service.sign_in("tib")
    at = await service.raise_alarm(tib, "LV-03", wait=False)
    await service.wait(seconds=4)
    undo = form_to((await tib.get(at)).text, "/undo")
    assert (await undo.send(tib)).status_code == 303
    await service.wait(minutes=10)
    assert "återkallat" in (await service.board(tib, at)).lower()
    assert service.twilio.requests == []


async def test_a_called_off_alarm_is_called_off_for_those_it_reached(service: Service) -> None:
    tib = await service.sign_in("tib")
    at = await service.raise_alarm(tib, "LV-02")
    service.expect_alarm("P07")
    end = form_to((await tib.get(f"{at}/end")).text, "/call-off")
    assert (await end.send(tib)).status_code == 303
    await service.settle()
    assert "återkallat" in service.phone("P07").expect_text()
    await service.texts("P07", "JA")
    assert "avslutat" in service.phone("P07").expect_text()


async def test_an_exercise_in_live_operation_reaches_reserved_numbers_only(
    service: Service,
) -> None:
    tib = await service.sign_in("tib")
    async with service.site.database.transaction() as session:
        await session.execute(
            update(ContactPoint)
            .where(ContactPoint.address == service.numbers["P18"])
            .values(address="+46701234567")
        )
    await service.raise_alarm(tib, "LV-03", mode="exercise")
    called = {form["To"] for form in service.twilio.requests}
    assert service.numbers["P17"] in called
    assert "+46701234567" not in called
    assert all("ÖVNING" in text for phone in service.twilio.phones.values() for text in phone.texts)
    service.look_away()
