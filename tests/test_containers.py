"""The container files are right, as far as that can be told without a container engine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import Settings

ROOT = Path(__file__).parent.parent
SETTINGS = {name.upper() for name in Settings.model_fields}


@pytest.fixture
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text()))


@pytest.fixture
def dockerfile() -> list[str]:
    joined = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    return [line for line in joined.splitlines() if line and not line.startswith("#")]


def test_every_service_is_healthy_before_the_bot_starts(compose: dict[str, Any]) -> None:
    stores = {"postgres", "redis"}
    assert set(compose["services"]) == stores | {"bot"}
    for name in stores:
        assert compose["services"][name]["healthcheck"]["test"]
        assert compose["services"]["bot"]["depends_on"][name]["condition"] == "service_healthy"


def test_the_bot_is_given_settings_that_exist(compose: dict[str, Any]) -> None:
    environment = compose["services"]["bot"]["environment"]
    assert set(environment) <= SETTINGS
    assert {"DATABASE_URL", "REDIS_URL", "ACCESS_TOKEN"} <= set(environment)


def test_only_the_page_is_published_and_only_to_this_machine(compose: dict[str, Any]) -> None:
    published = {
        name: service["ports"]
        for name, service in compose["services"].items()
        if "ports" in service
    }
    assert published == {"bot": ["127.0.0.1:3001:3001"]}


def test_volumes_are_declared(compose: dict[str, Any]) -> None:
    used = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", ())
    }
    assert used == set(compose["volumes"])


def test_the_stop_waits_longer_than_a_clean_shutdown(compose: dict[str, Any]) -> None:
    assert int(compose["services"]["bot"]["stop_grace_period"].rstrip("s")) > 5


def test_the_image_runs_as_an_ordinary_user(dockerfile: list[str]) -> None:
    last_stage = dockerfile[
        max(i for i, line in enumerate(dockerfile) if line.startswith("FROM")) :
    ]
    user = next(i for i, line in enumerate(last_stage) if line.startswith("USER"))
    assert last_stage[user] != "USER root"
    assert not any(line.startswith("RUN") for line in last_stage[user:])


def test_what_the_image_copies_exists_and_is_not_ignored(dockerfile: list[str]) -> None:
    allowed = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    for line in dockerfile:
        if line.startswith("COPY") and "--from" not in line:
            *sources, _ = line.split()[1:]
            for source in sources:
                assert (ROOT / source).exists(), source
                assert source in allowed, source


def test_the_image_sets_settings_that_exist(dockerfile: list[str]) -> None:
    of_the_tools = {"PATH", "PYTHONUNBUFFERED", "PIP_NO_CACHE_DIR", "PIP_DISABLE_PIP_VERSION_CHECK"}
    for line in dockerfile:
        if line.startswith("ENV"):
            assert set(re.findall(r"([A-Z_]+)=", line)) <= SETTINGS | of_the_tools


def test_the_image_has_a_health_check_that_calls_an_endpoint_we_serve(
    dockerfile: list[str],
) -> None:
    check = next(line for line in dockerfile if line.startswith("HEALTHCHECK"))
    assert "/healthz" in check


def test_lock_files_hold_hashes_and_no_addresses() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert "--hash=sha256:" in text
        assert len(re.findall(r"^[a-z0-9].*==", text, re.MULTILINE)) <= text.count("--hash=")
