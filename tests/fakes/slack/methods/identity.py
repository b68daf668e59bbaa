"""auth.*, apps.*, team.info, users.info: who calls, and of whom they may know."""

from __future__ import annotations

from tests.fakes.slack.call import Call, Method
from tests.fakes.slack.wire import Json, RefusedError, without_nothing


def _auth_test(call: Call) -> Json:
    assert call.token is not None
    if call.token.kind == "app":
        return {"app_name": call.server.app.name, "app_id": call.server.app.id}
    workspace = call.workspace
    return {
        "url": f"https://{workspace.domain}.slack.example/",
        "team": workspace.name,
        "user": workspace.bot.name,
        "team_id": workspace.id,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot.bot_id,
        "is_enterprise_install": False,
        **without_nothing(enterprise_id=workspace.enterprise_id),
    }


def _connections_open(call: Call) -> Json:
    ticket = call.server.sockets.ticket()
    host = call.server.url.replace("http://", "ws://")
    return {"url": f"{host}/link/?ticket={ticket}&app_id={call.server.app.id}"}


def _team_info(call: Call) -> Json:
    workspace = call.workspace
    team: Json = {
        "id": workspace.id,
        "name": workspace.name,
        "url": f"https://{workspace.domain}.slack.example/",
        "domain": workspace.domain,
        "email_domain": "",
        "icon": {"image_default": True},
        **without_nothing(enterprise_id=workspace.enterprise_id),
    }
    return {"team": team}


def _users_info(call: Call) -> Json:
    user = call.workspace.users.get(call.text("user"))
    if user is None:
        raise RefusedError("user_not_found")
    return {"user": user.wire()}


METHODS = {
    "auth.test": Method(_auth_test),
    "apps.connections.open": Method(_connections_open, tokens="app"),
    "team.info": Method(_team_info, ("team:read",)),
    "users.info": Method(_users_info, ("users:read",)),
}
