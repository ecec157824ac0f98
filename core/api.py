"""JSON: what the API can do, described for programs."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from core.permissions import anyone

router = APIRouter()


@router.get("/api/v1/openapi.json", include_in_schema=False, dependencies=[Depends(anyone)])
async def description(request: Request) -> JSONResponse:
    return JSONResponse(request.app.openapi())
