"""Sends usage with the CloudEvents SDK for Python, in each form that the standard has: see script/cloudevents-sdk."""

import http.client
import json
import os
import urllib.parse
from datetime import datetime, timezone

from cloudevents.core.bindings.http import to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

service = urllib.parse.urlsplit(os.environ["SERVICE"])
token = os.environ["TOKEN"]
format = JSONFormat()


def event(id, **attributes):
    known = {"type": "ai.usage.recorded", "source": "/desk/köln", "subject": "Zoë 100% \"quoted\"", "id": id}
    known["time"] = datetime.now(timezone.utc)
    known["datacontenttype"] = "application/json"
    known.update(attributes)
    known = {name: value for name, value in known.items() if value is not None}
    return CloudEvent(attributes=known, data={"feature": "draft", "units": 2, "channel": "chat"})


def send(headers, body):
    connection = http.client.HTTPConnection(service.hostname, service.port)
    headers = {**headers, "authorization": f"Bearer {token}"}
    connection.request("POST", "/v1/workspaces/acme/usage", body, headers)
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def ledger():
    connection = http.client.HTTPConnection(service.hostname, service.port)
    connection.request("GET", "/v1/workspaces/acme/ledger", headers={"authorization": f"Bearer {token}"})
    lines = connection.getresponse().read().decode().splitlines()
    return [body for body in (json.loads(line)["body"] for line in lines) if body["type"] == "usage"]


def told(form, status, answer):
    outcome = answer.get("outcome") or [one["answer"]["outcome"] for one in answer["answers"]]
    print(f"{form}: {status} {outcome}")
    return status, outcome


structured, binary, first, second = event("é-1"), event("é-2"), event("é-3"), event("é-4", traceparent="00-1-2-01")
message = to_structured(structured, format)
assert told("structured", *send(message.headers, message.body)) == (201, "recorded")
message = to_binary(binary, format)
assert "%C3%A9" in message.headers["ce-id"] and message.headers["ce-subject"] == "Zo%C3%AB%20100%25%20%22quoted%22"
assert told("binary", *send(message.headers, message.body)) == (201, "recorded")
# The same in the other mode is the same usage: both were read alike.
message = to_structured(binary, format)
assert told("binary, again as structured", *send(message.headers, message.body)) == (200, "duplicate")
message = to_binary(structured, format)
assert told("structured, again as binary", *send(message.headers, message.body)) == (200, "duplicate")
# What does not say that it is JSON goes without a content type.
message = to_binary(event("é-5", datacontenttype=None), format)
assert "content-type" not in {name.lower() for name in message.headers}
assert told("binary without a content type", *send(message.headers, message.body)) == (201, "recorded")
# The SDK has no batches: they are JSON arrays of events as it writes them.
batch = b"[" + b",".join(map(format.write, [first, second])) + b"]"
headers = {"content-type": "application/cloudevents-batch+json"}
assert told("batch", *send(headers, batch)) == (200, ["recorded", "recorded"])
assert told("batch, again whole", *send(headers, batch)) == (200, ["duplicate", "duplicate"])

recorded = ledger()
assert [one["id"] for one in recorded] == ["é-1", "é-2", "é-5", "é-3", "é-4"], recorded
for one in recorded:
    assert (one["source"], one["member"], one["units"]) == ("/desk/köln", "Zoë 100% \"quoted\"", 2), one
print(f"all {len(recorded)} are in the ledger, each once, as they were meant")
