"""Errors as people and programs meet them: a page with one sentence, or problem+json."""

from http import HTTPStatus
from urllib.parse import quote
from uuid import uuid4

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.errors import Refused
from core.language import gettext as _
from core.permissions import SignInNeeded
from core.web import go, page

log = structlog.get_logger()


def install(app: FastAPI) -> None:
    app.exception_handler(Refused)(_refused)
    app.exception_handler(SignInNeeded)(_sign_in_needed)
    app.exception_handler(HTTPException)(_http_error)
    app.exception_handler(RequestValidationError)(_malformed)
    app.exception_handler(Exception)(_unforeseen)


def error_page(request: Request, status: int, sentence: str, field: str = "") -> Response:
    """The sentence in the form that the caller reads."""
    title = _title(status)
    if not request.url.path.startswith("/api/"):
        return page(request, "core/error.html", status=status, title=title, sentence=sentence)
    problem = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    problem |= {"detail": sentence} | ({"field": field} if field else {})
    headers = {"www-authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(problem, status, headers, media_type="application/problem+json")


def _title(status: int) -> str:
    titles = {
        401: _("Logga in först"),
        403: _("Ingen behörighet"),
        404: _("Det finns inte"),
        405: _("Så går det inte att göra här"),
        409: _("Något har ändrats"),
        413: _("För stort"),
        422: _("Det gick inte"),
        429: _("Vänta lite"),
    }
    return titles.get(status, _("Något gick fel"))


def _sentence(status: int) -> str:
    sentences = {
        404: _("Sidan finns inte. Den kan ha flyttats, eller så är adressen felskriven."),
        405: _("Adressen finns, men den tar inte emot det som skickades."),
        415: _("Det som skickades måste vara JSON (application/json). Ingenting har ändrats."),
        413: _("Det som skickades är större än vad som tas emot. Ingenting har ändrats."),
    }
    return sentences.get(status, _("Det som skickades gick inte att läsa. Ingenting har ändrats."))


async def _refused(request: Request, error: Refused) -> Response:
    return error_page(request, error.status, error.sentence, error.field)


async def _http_error(request: Request, error: HTTPException) -> Response:
    response = error_page(request, error.status_code, _sentence(error.status_code))
    response.headers.update(error.headers or {})
    return response


async def _malformed(request: Request, error: RequestValidationError) -> Response:
    if all(fault["loc"][:1] == ("path",) for fault in error.errors()):
        return error_page(request, 404, _sentence(404))
    if unread := _unread_body(request, {fault["type"] for fault in error.errors()}):
        return error_page(request, unread, _sentence(unread))
    fields = {str(fault["loc"][-1]) for fault in error.errors() if fault["loc"]}
    sentence = _("Uppgiften saknas eller har fel form: {fields}.")
    return error_page(request, 422, sentence.format(fields=", ".join(sorted(fields))))


def _unread_body(request: Request, faults: set[str]) -> int | None:
    """The status when a program's body could not be read as JSON at all."""
    if not request.url.path.startswith("/api/") or request.method not in {"POST", "PUT", "PATCH"}:
        return None
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind and kind != "application/json" and not kind.endswith("+json"):
        return 415
    return 400 if "json_invalid" in faults else None


async def _sign_in_needed(request: Request, _error: SignInNeeded) -> Response:
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if "hx-request" in request.headers:  # a part of a page: htmx then changes the whole page
        return Response(status_code=401, headers={"hx-redirect": "/sign-in"})
    back = asked if request.method == "GET" and asked != "/" else ""
    return go(f"/sign-in?next={quote(back)}" if back else "/sign-in")


async def _unforeseen(request: Request, error: Exception) -> Response:
    reference = uuid4().hex[:8]
    log.error("unforeseen", reference=reference, method=request.method, exc_info=error)
    sentence = _("Felet är noterat. Ange {reference} om du hör av dig om det.")
    response = error_page(request, 500, sentence.format(reference=reference))
    # Starlette answers this one outside of all middleware.
    response.headers.update(request.app.state.security_headers)
    response.headers["cache-control"] = "no-store"
    return response
