"""What an API says when it cannot: problem+json (RFC 9457), for the description of each route."""

from typing import Any

from pydantic import BaseModel, Field


class Problem(BaseModel):
    type: str = Field(examples=["about:blank"])
    title: str = Field(description="The HTTP status in words.", examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(description="A sentence for a person, in their language.")
    field: str | None = Field(default=None, description="The field at fault, where there is one.")


_SAID_OF = {
    400: "The body is not JSON.",
    401: "No valid bearer token.",
    403: "The token lacks the scope.",
    404: "There is no such thing.",
    409: "It has changed, or was done before.",
    413: "The body is too large.",
    415: "The body must be application/json.",
    422: "A field is missing or has the wrong form. Nothing was changed.",
}
_SCHEMA = Problem.model_json_schema()


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a router or route."""
    return {
        status: {
            "description": _SAID_OF[status],
            "content": {"application/problem+json": {"schema": _SCHEMA}},
        }
        for status in statuses
    }
