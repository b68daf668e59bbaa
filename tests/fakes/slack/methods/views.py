"""views.open, push, update and publish."""

from __future__ import annotations

from tests.fakes.slack.call import Call, Method
from tests.fakes.slack.people import Person
from tests.fakes.slack.rules.views import checked_view
from tests.fakes.slack.wire import Json, RefusedError


def _open(call: Call) -> Json:
    content = _content(call, "modal")
    trigger = call.server.triggers.take(call.text("trigger_id"))
    return {"view": call.server.views.open(trigger.person, content).wire()}


def _push(call: Call) -> Json:
    content = _content(call, "modal")
    trigger = call.server.triggers.take(call.text("trigger_id"))
    if trigger.view is None or trigger.view.content["type"] != "modal":
        message = "[ERROR] must match the `type` of the root view whose stack we're pushing onto"
        raise RefusedError("invalid_arguments", f"{message} [json-pointer:/view/type]")
    return {"view": call.server.views.push(trigger.person, content).wire()}


def _update(call: Call) -> Json:
    views = call.server.views
    view = views.find(call.text("view_id"), call.text("external_id"))
    content = _content(call, str(view.content["type"]), replaces=call.text("external_id"))
    views.replace(view, content, call.text("hash"))
    return {"view": view.wire()}


def _publish(call: Call) -> Json:
    content = _content(call, "home")
    person = call.workspace.users.get(call.text("user_id"))
    if not isinstance(person, Person):
        raise RefusedError("user_not_found")
    return {"view": call.server.views.publish(person, content, call.text("hash")).wire()}


def _content(call: Call, kind: str, *, replaces: str = "") -> Json:
    content = checked_view(call.value("view"), kind)
    external_id = content.get("external_id", "")
    if external_id and external_id != replaces and call.server.views.has_external_id(external_id):
        raise RefusedError("duplicate_external_id")
    return content


METHODS = {
    "views.open": Method(_open),
    "views.push": Method(_push),
    "views.update": Method(_update),
    "views.publish": Method(_publish),
}
