"""The fake on its own: `python -m tests.fakes.twilio --target http://127.0.0.1:8000`.

Start `krislarm serve` with KRISLARM_TWILIO_API_URL at it, then be the phones with curl:

    GET  /phones                             everything: texts, calls, problems
    POST /phones/+46701740605                {"line": "busy", "sms_error": "30003"}
    POST /phones/+46701740605/text           {"body": "JA"}
    POST /phones/+46701740605/pick_up        the newest call; also hang_up, lets_it_ring,
    POST /phones/+46701740605/press          reject, stay_silent; {"key": "1"}
    POST /faults                             {"fault": "429", "to": "", "times": 1}
    POST /release                            answer the requests that hang
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import web

from tests.fakes.twilio.faults import Fault, Line
from tests.fakes.twilio.server import ACCOUNT_SID, AUTH_TOKEN, NUMBER, FakeTwilio

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Controls:
    """The phones by HTTP and JSON; what a phone hears comes back as {"says": ...}."""

    def __init__(self, fake: FakeTwilio) -> None:
        self._fake = fake

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/phones", self._show),
            web.post("/phones/{number}", self._set),
            web.post("/phones/{number}/text", self._text),
            web.post("/phones/{number}/press", self._press),
            web.post("/phones/{number}/{deed}", self._do),
            web.post("/faults", self._fault),
            web.post("/release", self._release),
        ]

    async def _show(self, _request: web.Request) -> web.Response:
        phones = {
            number: {
                "texts": phone.texts,
                "calls": [{"status": call.status, "heard": call.heard} for call in phone.calls],
                "opted_out": phone.opted_out,
            }
            for number, phone in self._fake.phones.items()
        }
        return web.json_response({"phones": phones, "problems": self._fake.problems})

    async def _set(self, request: web.Request) -> web.Response:
        phone, wish = self._fake.phone(request.match_info["number"]), await request.json()
        phone.line = Line(wish.get("line", phone.line))
        phone.sms_error = wish.get("sms_error", phone.sms_error)
        return web.json_response({"line": phone.line, "sms_error": phone.sms_error})

    async def _text(self, request: web.Request) -> web.Response:
        phone = self._fake.phone(request.match_info["number"])
        return web.json_response({"says": await phone.text((await request.json())["body"])})

    async def _press(self, request: web.Request) -> web.Response:
        call = self._fake.phone(request.match_info["number"]).calls[-1]
        return web.json_response({"says": await call.press((await request.json())["key"])})

    async def _do(self, request: web.Request) -> web.Response:
        call = self._fake.phone(request.match_info["number"]).calls[-1]
        deeds = {
            "pick_up": call.pick_up,
            "stay_silent": call.stay_silent,
            "hang_up": call.hang_up,
            "lets_it_ring": call.lets_it_ring,
            "reject": call.reject,
        }
        return web.json_response({"says": await deeds[request.match_info["deed"]]()})

    async def _fault(self, request: web.Request) -> web.Response:
        wish = await request.json()
        self._fake.fault(Fault(wish["fault"]), to=wish.get("to", ""), times=wish.get("times", 1))
        return web.json_response({})

    async def _release(self, _request: web.Request) -> web.Response:
        self._fake.release()
        return web.json_response({})


@web.middleware
async def explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A wrong wish is answered with what was wrong about it."""
    try:
        return await handler(request)
    except (AssertionError, LookupError, ValueError) as error:
        return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)


async def serve(given: argparse.Namespace) -> None:
    fake = FakeTwilio(
        target=given.target,
        account_sid=given.account,
        auth_token=given.token,
        number=given.number,
    )
    fake.app.middlewares.append(explain)
    fake.app.add_routes(Controls(fake).routes())
    await fake.start(given.port)
    print(f"KRISLARM_TWILIO_API_URL={fake.url}")
    print(f"KRISLARM_TWILIO_ACCOUNT_SID={fake.account_sid}")
    print(f"KRISLARM_TWILIO_AUTH_TOKEN={fake.auth_token}")
    print(f"KRISLARM_TWILIO_FROM={fake.number}", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await fake.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.twilio")
    parser.add_argument("--port", type=int, default=8010)
    parser.add_argument("--target", default="http://127.0.0.1:8000")
    parser.add_argument("--account", default=ACCOUNT_SID)
    parser.add_argument("--token", default=AUTH_TOKEN)
    parser.add_argument("--number", default=NUMBER)
    given = parser.parse_args()
    asyncio.run(serve(given))


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
