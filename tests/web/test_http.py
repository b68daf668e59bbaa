"""The API, the documents, health, metrics, and who is let in."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from prometheus_client import CollectorRegistry
from starlette.responses import PlainTextResponse

from adapters.web.access import COOKIE, COOKIE_SECONDS, Token
from adapters.web.adapter import Web
from adapters.web.app import create_app
from adapters.web.health import Probe
from adapters.web.server import CannotListenError, HttpServer
from bot.metrics import Metrics
from bot.running import beside
from db.pool import Database
from db.process import Process
from db.talent_search import Talents
from db.turns import Turns
from memory.embedder import LocalEmbedder
from tests.talents.rosters import talent_id
from tests.web.site import TEAM

TOKEN = "a-token-of-the-tests"


@pytest.fixture
async def talents(database: Database, roster: None, embedder: LocalEmbedder) -> Talents:
    return Talents(database, embedder)


@asynccontextmanager
async def http(
    database: Database,
    talents: Talents,
    *,
    access_token: str | None = None,
    probes: dict[str, Probe] | None = None,
    registry: CollectorRegistry | None = None,
    base_url: str = "http://localhost:3001",
) -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app(
        web=Web(Turns(Process(database, lease_seconds=5)), talents),
        talents=talents,
        audience=TEAM,
        probes=probes or {},
        registry=registry or CollectorRegistry(),
        access_token=access_token,
    )
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url=base_url) as client:
        yield client


@pytest.fixture
async def client(database: Database, talents: Talents) -> AsyncIterator[httpx2.AsyncClient]:
    async with http(database, talents) as client:
        yield client


# --- the API ---------------------------------------------------------------------------------


async def test_search_understands_plain_words(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/api/talents", params={"q": "women who speak Marathi", "limit": 5})
    found: dict[str, Any] = answer.json()
    assert answer.status_code == 200
    assert found["query"]["filters"] == {"genders": ["female"], "languages": ["Marathi"]}
    assert found["relaxed"] == []
    assert [match["name"] for match in found["matches"]] == ["Asha Sample"]
    assert found["matches"][0]["reasons"]


async def test_any_characters_can_be_searched_for(client: httpx2.AsyncClient) -> None:
    for odd in ("\x00", "%", "'; --", "मराठी", "🎭", "\\"):
        answer = await client.get("/api/talents", params={"q": f"{odd} dancer"})
        assert answer.status_code == 200


async def test_a_talent_has_its_public_fields_only(client: httpx2.AsyncClient) -> None:
    answer = await client.get(f"/api/talents/{talent_id(1)}")
    assert answer.json()["name"] == "Asha Sample"
    assert answer.json()["city"] == "Mumbai"
    assert "Invented Agency" not in answer.text
    assert "asha@example.com" not in answer.text


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/api/talents", 422, "q: Field required"),
        ("/api/talents?q=", 422, "q: String should have at least 1 character"),
        ("/api/talents?q=x&limit=0", 422, "limit: Input should be greater than or equal to 1"),
        ("/api/talents?q=x&limit=many", 422, "limit: "),
        ("/api/talents/zzzzzzzzzz", 404, "Nobody on the roster has that id"),
        ("/api/talents/%00", 404, "Nobody on the roster has that id"),
        ("/nothing", 404, "Not Found"),
    ],
)
async def test_errors_are_one_sentence(
    client: httpx2.AsyncClient, path: str, status: int, says: str
) -> None:
    answer = await client.get(path)
    assert answer.status_code == status
    assert says in answer.json()["error"]


async def test_without_a_database_the_api_says_so(
    client: httpx2.AsyncClient, database: Database
) -> None:
    await database.close()
    answer = await client.get("/api/talents", params={"q": "anyone"})
    assert answer.status_code == 503
    assert "cannot be reached" in answer.json()["error"]


async def test_the_api_is_described(client: httpx2.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    assert set(paths) == {
        *("/api/talents", "/api/talents/{talent_id}", "/healthz", "/readyz", "/metrics"),
    }
    assert (await client.get("/docs")).status_code == 200


# --- health and metrics ----------------------------------------------------------------------


async def works() -> str:
    return ""


async def fails() -> str:
    return "cannot be reached"


async def test_ready_only_when_every_part_works(database: Database, talents: Talents) -> None:
    async with http(database, talents, probes={"database": works, "redis": works}) as client:
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    async with http(database, talents, probes={"database": works, "redis": fails}) as client:
        answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["parts"] == {"database": "ok", "redis": "cannot be reached"}
        assert (await client.get("/healthz")).status_code == 200


async def test_metrics_are_those_of_the_registry(database: Database, talents: Talents) -> None:
    metrics = Metrics()
    metrics.edits.labels("web", "post").inc(3)
    async with http(database, talents, registry=metrics.registry) as client:
        text = (await client.get("/metrics")).text
    assert 'castmatch_edits_total{call="post",platform="web"} 3.0' in text


# --- who is let in ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/static/main.js", "/api/talents?q=x", "/docs", "/nothing"])
async def test_every_response_has_the_security_headers(
    client: httpx2.AsyncClient, path: str
) -> None:
    headers = (await client.get(path)).headers
    policy = dict(
        directive.split(" ", 1) for directive in headers["content-security-policy"].split("; ")
    )
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "img-src": "'self' https:",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/", "/docs"])
async def test_pages_have_nothing_inline(client: httpx2.AsyncClient, path: str) -> None:
    html = (await client.get(path)).text
    assert "<style" not in html
    assert " style=" not in html
    assert not re.search(r"<[^>]*\son\w+\s*=", html)
    assert html.count("<script") == html.count('<script type="module" src="/static/')


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:3001", 200),
        ("127.0.0.1", 200),
        ("[::1]:3001", 200),
        ("evil.example", 421),
        ("localhost.evil.example:3001", 421),
        ("[", 421),
    ],
)
async def test_on_loopback_only_its_own_names_are_answered(
    client: httpx2.AsyncClient, host: str, status: int
) -> None:
    assert (await client.get("/", headers={"Host": host})).status_code == status
    assert (await client.get("/healthz", headers={"Host": host})).status_code == 200


async def test_with_a_token_everything_but_health_wants_it(
    database: Database, talents: Talents
) -> None:
    async with http(database, talents, access_token=TOKEN) as client:
        for path in ("/healthz", "/readyz", "/sign-in", "/static/style.css"):
            assert (await client.get(path)).status_code == 200
        for path in ("/api/talents?q=x", "/metrics", "/openapi.json"):
            refused = await client.get(path)
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"] == "Bearer"
            wrong = {"Authorization": "Bearer wrong"}
            assert (await client.get(path, headers=wrong)).status_code == 401
            right = {"Authorization": f"Bearer {TOKEN}"}
            assert (await client.get(path, headers=right)).status_code == 200
        page = await client.get("/")
        assert (page.status_code, page.headers["location"]) == (303, "/sign-in")


async def test_signing_in_sets_a_cookie_that_opens_the_page(
    database: Database, talents: Talents
) -> None:
    base_url = "https://castmatch.example.com"
    async with http(database, talents, access_token=TOKEN, base_url=base_url) as client:
        refused = await client.post("/sign-in", data={"token": "wrong"})
        assert refused.headers["location"] == "/sign-in?refused"
        too_long = await client.post("/sign-in", data={"token": TOKEN, "more": "x" * 5000})
        assert too_long.headers["location"] == "/sign-in?refused"
        assert (await client.get("/")).status_code == 303

        accepted = await client.post("/sign-in", data={"token": TOKEN})
        assert accepted.headers["location"] == "/"
        cookie = accepted.headers["set-cookie"]
        for attribute in ("HttpOnly", "SameSite=strict", "Secure"):
            assert attribute in cookie
        assert TOKEN not in cookie
        assert (await client.get("/")).status_code == 200
        assert (await client.get("/api/talents?q=x")).status_code == 200


def test_cookies_expire_and_cannot_be_made() -> None:
    token, now = Token(TOKEN), time.time()
    cookie = token.cookie(now)
    assert token.accepts_cookie(cookie, now)
    assert not token.accepts_cookie(cookie, now + COOKIE_SECONDS + 1)
    assert not Token("another-token-of-tests").accepts_cookie(cookie, now)
    expires, _, signature = cookie.partition(".")
    for forged in ("", ".", "x.y", f"{int(expires) + 9}.{signature}", f"{expires}.", "é.é"):
        assert not token.accepts_cookie(forged, now)
    assert COOKIE.isidentifier()


# --- listening -------------------------------------------------------------------------------


async def test_a_taken_port_is_replaced_by_the_next_free_one() -> None:
    first = HttpServer(PlainTextResponse("first"), host="127.0.0.1", port=0)
    second = HttpServer(PlainTextResponse("second"), host="127.0.0.1", port=first.port)
    assert first.port < second.port <= first.port + 50
    assert second.address == f"http://127.0.0.1:{second.port}"
    async with beside(first.run()), beside(second.run()), httpx2.AsyncClient() as client:
        answers = [await client.get(server.address) for server in (first, second)]
    assert [answer.text for answer in answers] == ["first", "second"]


@pytest.mark.parametrize(
    ("host", "says"), [("203.0.113.9", "cannot listen"), ("no such host", "is not an address")]
)
def test_an_address_of_another_machine_is_one_clear_line(host: str, says: str) -> None:
    with pytest.raises(CannotListenError, match=says):
        HttpServer(PlainTextResponse("never"), host=host, port=3001)
