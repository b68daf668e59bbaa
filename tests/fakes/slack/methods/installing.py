"""oauth.v2.access, auth.revoke and apps.uninstall."""

from __future__ import annotations

from tests.fakes.slack.call import Call, Method
from tests.fakes.slack.wire import Json, RefusedError


def _access(call: Call) -> Json:
    return call.server.installs.exchange(call.arguments)


def _revoke(call: Call) -> Json:
    assert call.token is not None
    if call.flag("test"):
        return {"revoked": False}
    call.token.state = "token_revoked"
    return {"revoked": True}


def _uninstall(call: Call) -> Json:
    app = call.server.app
    if call.text("client_id") != app.client_id:
        raise RefusedError("invalid_client_id")
    if call.text("client_secret") != app.client_secret:
        raise RefusedError("bad_client_secret")
    call.server.installs.uninstall(call.workspace)
    return {}


METHODS = {
    "oauth.v2.access": Method(_access, tokens="none"),
    "auth.revoke": Method(_revoke),
    "apps.uninstall": Method(_uninstall),
}
