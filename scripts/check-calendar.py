"""Drives a sandbox over its API and reads its calendars with the package icalendar.

Every event is compared with what the API says of its phase: whole days as dates, times as the same instant.
"""

import email
import email.policy
import json
import pathlib
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import date, datetime, timezone

import icalendar

binary, folder = sys.argv[1], pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
keys = 0


def call(method, path, body=None, token=None, etag=None):
    """One request; answers status, headers and text."""
    global keys
    keys += 1
    headers = {"idempotency-key": f"calendar-{keys}"}
    if body is not None:
        headers["content-type"] = "application/json"
    if token:
        headers["authorization"] = f"Bearer {token}"
    if etag:
        headers["if-match"] = etag
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as refused:
        raise SystemExit(f"{method} {path}: {refused.code} {refused.read().decode()}") from refused


def post(path, body, token):
    return json.loads(call("POST", path, body, token)[2])


def move(path, event, token, body=None):
    etag = call("GET", path, token=token)[1]["etag"]
    return json.loads(call("POST", f"{path}/{event}", body, token, etag)[2])


def person(name):
    body = {"email": f"{name}@people.example", "password": "four words make it", "display_name": name, "locale": "en"}
    return post("/v1/auth/register", body, None)["access_token"]


def parse(raw):
    """A calendar without a single complaint of the parser."""
    assert b"\n" not in raw.replace(b"\r\n", b""), "a bare line feed"
    assert all(len(line) <= 75 for line in raw.split(b"\r\n")), "a long line"
    calendar = icalendar.Calendar.from_ical(raw)
    for component in calendar.walk():
        assert not component.errors, component.errors
    assert icalendar.Calendar.from_ical(calendar.to_ical()), "it does not survive being written again"
    return calendar


def check(calendar, phases):
    """Each phase as the API tells it; answers the number of events that were compared."""
    events = {str(event["UID"]): event for event in calendar.walk("VEVENT")}
    assert len(events) == len(calendar.walk("VEVENT")), "an id comes twice"
    for phase in phases:
        event = events[f"{phase['id']}@guildhall"]
        for key, local, instant in (("DTSTART", "from", "starts_at"), ("DTEND", "to", "ends_at")):
            found, said = event[key].dt, datetime.fromisoformat(phase[local])
            if isinstance(found, datetime):
                exact = datetime.fromisoformat(phase[instant].replace("Z", "+00:00"))
                assert found.replace(tzinfo=None) == said, (phase, found)
                assert found.astimezone(timezone.utc) == exact, (phase, found)
            else:
                assert isinstance(found, date) and found == said.date(), (phase, found)
        assert str(event["TRANSP"]) == "TRANSPARENT" and "RRULE" not in event
    return len(phases)


def drive():
    olga = person("olga")
    compared = 0
    feeds = []
    for zone, kind in (("Asia/Shanghai", "regional"), ("Europe/Berlin", "product"), ("Australia/Lord_Howe", "brand"),
                       ("America/New_York", "regional"), ("Europe/Dublin", "regional")):
        name = f"联盟; {zone}, \"east\""
        body = {"name": name, "kind": kind, "time_zone": zone, "currency": "CNY", "locale": "zh-CN"}
        alliance = post("/v1/alliances", body, olga)["id"]
        merchant = post("/v1/merchants", {"name": f"茶庄 {zone}", "region": "-", "category": "food", "locale": "en"}, olga)["id"]
        membership = post(f"/v1/alliances/{alliance}/memberships", {"merchant_id": merchant}, olga)["id"]
        move(f"/v1/memberships/{membership}", "approve", olga)
        phases = []
        for promotion in (
            {"name": "双十一全球狂欢节：预售，第一波与第二波；全场满减，跨店五折", "festival": "double_eleven", "year": 2028},
            {"name": "Spring forward", "main_day": "2029-03-25", "phases": [
                {"phase": "main", "from": "2029-03-24T20:30:00", "to": "2029-03-26T02:15:00"}]},
            {"name": "Fall back\\, again", "main_day": "2028-10-29", "phases": [
                {"phase": "main", "from": "2028-10-28T01:30:00", "to": "2028-10-29T02:30:00"}]},
        ):
            made = post(f"/v1/alliances/{alliance}/promotions", promotion, olga)
            path = f"/v1/promotions/{made['id']}"
            move(path, "propose", olga)
            phases += move(path, "schedule", olga)["phases"]
        owners = {f"/v1/alliances/{alliance}": name, f"/v1/merchants/{merchant}": f"茶庄 {zone}"}
        for owner, title in owners.items():
            url = post(f"{owner}/calendar-feeds", {"name": "check"}, olga)["url"]
            feeds.append(url)
            status, headers, text = call("GET", url.removeprefix(base))
            assert headers["content-type"].startswith("text/calendar"), headers
            calendar = parse(text.encode())
            assert str(calendar["X-WR-CALNAME"]) == title, calendar["X-WR-CALNAME"]
            assert str(calendar["METHOD"]) == "PUBLISH"
            zones = [str(found["TZID"]) for found in calendar.walk("VTIMEZONE")]
            assert zones == [zone], zones
            compared += check(calendar, phases)
            feasts = [event for event in calendar.walk("VEVENT") if str(event["UID"]).startswith("festival-")]
            assert len(feasts) > 40, len(feasts)
    return compared, len(feeds), mails()


def mails():
    """Calendar files of the mails written so far."""
    call("POST", "/sandbox/drain")
    found = 0
    for path in (folder / "mail").glob("*.eml"):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for part in message.iter_attachments():
            if part.get_content_type() == "text/calendar":
                calendar = parse(part.get_payload(decode=True))
                assert str(calendar["METHOD"]) == "PUBLISH" and part.get_param("method") == "PUBLISH"
                found += 1
    return found


def announce():
    """An alliance that re-dates what a member enrolled in: the mail carries a file."""
    olga, mei = person("ola"), person("mei")
    body = {"name": "West Lake", "kind": "regional", "time_zone": "Europe/Berlin", "currency": "CNY", "locale": "en"}
    alliance = post("/v1/alliances", body, olga)["id"]
    merchant = post("/v1/merchants", {"name": "Tea", "region": "-", "category": "food", "locale": "en"}, mei)["id"]
    membership = post(f"/v1/alliances/{alliance}/memberships", {"merchant_id": merchant}, olga)["id"]
    move(f"/v1/memberships/{membership}", "approve", mei)
    made = post(f"/v1/alliances/{alliance}/promotions", {"name": "Day", "main_day": "2030-06-01", "template": "one_day"}, olga)
    path = f"/v1/promotions/{made['id']}"
    move(path, "propose", olga)
    move(path, "schedule", olga)
    call("PUT", "/sandbox/clock", {"now": "2030-05-05T00:00:00Z"})
    # Sessions live on real time, so both are still logged in.
    post(f"{path}/enrolments", {"membership_id": membership}, mei)
    move(path, "re-date", olga, {"main_day": "2030-06-08"})


settings = {"GUILDHALL_LISTEN": "127.0.0.1:0", "GUILDHALL_DATA_DIR": str(folder), "GUILDHALL_LOG": "error",
            "GUILDHALL_MIN_FREE_DISK_MIB": "1"}
service = subprocess.Popen([binary, "serve", "--sandbox"], env=settings, stdout=subprocess.PIPE, text=True)
try:
    base = service.stdout.readline().strip().removeprefix("listening on ")
    compared, feeds, _ = drive()
    announce()
    files = mails()
    assert files > 0, "no mail carried a calendar"
    print(f"{feeds} feeds with {compared} phases and {files} calendar files of mails read by icalendar {icalendar.__version__}")
finally:
    service.terminate()
    service.wait()
