"""Whether the process lives, whether it can serve, and its metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.responses import JSONResponse, Response

PROBE_SECONDS = 3

Probe = Callable[[], Awaitable[str]]
"""What is wrong with a part, in a few words; empty when it works. Does not raise."""


Note = Callable[[], str]
"""What a part does in this process, for people."""


def health_routes(
    probes: Mapping[str, Probe], registry: CollectorRegistry, notes: Mapping[str, Note]
) -> APIRouter:
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz", summary="Is the process alive?")
    async def healthz() -> dict[str, str]:
        """Always 200 while the process answers: restart it when it does not."""
        return {"status": "alive"}

    @routes.get(
        "/readyz",
        summary="Can it serve?",
        responses={503: {"description": "A part fails; `parts` says which and how."}},
    )
    async def readyz() -> JSONResponse:
        """Each part with `ok` or what is wrong with it: send no traffic while it says 503. In
        `notes` is what some do here."""
        said = await asyncio.gather(*map(_ask, probes.values()))
        parts = {part: wrong or "ok" for part, wrong in zip(probes, said, strict=True)}
        return JSONResponse(
            {
                "status": "failing" if any(said) else "ready",
                "parts": parts,
                "notes": {part: note() for part, note in notes.items()},
            },
            status_code=503 if any(said) else 200,
        )

    @routes.get("/metrics", summary="Metrics for Prometheus", response_class=Response)
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return routes


async def _ask(probe: Probe) -> str:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            return await probe()
    except TimeoutError:
        return f"no answer within {PROBE_SECONDS} s"
