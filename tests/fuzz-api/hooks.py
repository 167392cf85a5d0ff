"""What schemathesis cannot know of the service from its OpenAPI document: see script/fuzz-api."""

import json
import os
import urllib.parse

import jsonschema_rs
import schemathesis

USAGE = "/v1/workspaces/{workspace}/usage"
BATCH = "application/cloudevents-batch+json"
# An event's attributes are headers in binary mode, and there alone. OpenAPI has no words for that, so that each has its turn.
IS_BINARY = os.environ.get("FUZZ_API_FORM") == "binary"
VISIBLE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')
ATTRIBUTES = ("ce-specversion", "ce-type", "ce-source", "ce-id")


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Leaves of reported usage binary mode alone, or all but that."""
    operation = raw_schema["paths"][USAGE]["post"]
    content = operation["requestBody"]["content"]
    if IS_BINARY:
        for media in [media for media in content if media != "application/json"]:
            del content[media]
        for parameter in operation["parameters"]:
            parameter["required"] = parameter["required"] or parameter["name"] in ATTRIBUTES
    else:
        del content["application/json"]
        parameters = operation["parameters"]
        operation["parameters"] = [one for one in parameters if not one["name"].startswith("ce-")]


@schemathesis.hook
def before_call(context, case, kwargs):
    """Attributes are percent-encoded in headers."""
    for name, value in (case.headers or {}).items():
        if name in ATTRIBUTES + ("ce-time", "ce-subject"):
            case.headers[name] = urllib.parse.quote(str(value), safe=VISIBLE)


def waits(case):
    """Whether a ledger's tail is followed from where nothing has come yet: the next sign of life comes in 15 seconds."""
    given = [value for values in (case.query, case.headers) for name, value in (values or {}).items()]
    after = [int(value) for value in given if str(value).isascii() and str(value).isdigit()]
    return any(0 < value < 2**53 for value in after)


@schemathesis.hook
def filter_case(context, case):
    """Leaves out a tail that waits; and a batch with what is no event in it, of which batch_conformance says more."""
    if case.operation.path.endswith("/ledger/stream") and waits(case):
        return False
    is_batch = case.operation.path == USAGE and case.media_type == BATCH
    is_negative = case.meta is not None and case.meta.generation.mode.is_negative
    return not (is_batch and is_negative and isinstance(case.body, list) and len(case.body) <= 1000)


@schemathesis.check
def batch_conformance(ctx, response, case):
    """A batch is answered event by event, and what is no event is refused, alone."""
    if case.operation.path != USAGE or response.status_code != 200:
        return
    try:
        events = json.loads(response.request.body)
    except (TypeError, ValueError):
        return
    if not isinstance(events, list):
        return
    answers = response.json()["answers"]
    assert len(answers) == len(events), f"{len(answers)} answers to {len(events)} events"
    schema = {"$ref": "#/components/schemas/UsageEvent", "components": case.operation.schema.raw_schema["components"]}
    validator = jsonschema_rs.validator_for(schema)
    for sent, answer in zip(events, answers):
        assert answer["status"] >= 400 or validator.is_valid(sent), f"this was taken for an event: {sent}"


@schemathesis.check
def ledger_conformance(ctx, response, case):
    """Each line of a ledger is what the document says of one."""
    if "application/x-ndjson" not in "".join(response.headers.get("content-type", [])):
        return
    schema = {"$ref": "#/components/schemas/LedgerLine", "components": case.operation.schema.raw_schema["components"]}
    validator = jsonschema_rs.validator_for(schema)
    for line in filter(None, response.content.split(b"\n")):
        assert validator.is_valid(json.loads(line)), f"this is no line of a ledger: {line!r}"
