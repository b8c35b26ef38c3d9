"""A sandbox with an alliance and its mail, read by other programs. See check-mail.sh and check-pages.sh."""

import base64
import email
import email.policy
import hashlib
import hmac
import imaplib
import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

BOUNCES = "bounces.guild.example"
SECRET = "a secret between two machines"


class Service:
    """A running sandbox."""

    def __init__(self, program, folder, settings):
        self.folder = pathlib.Path(folder) / "data"
        environment = dict(
            os.environ,
            GUILDHALL_LISTEN="127.0.0.1:0",
            GUILDHALL_DATA_DIR=str(self.folder),
            GUILDHALL_MIN_FREE_DISK_MIB="1",
            GUILDHALL_MAIL_FROM="Guild <post@guild.example>",
            GUILDHALL_MAIL_BOUNCE_DOMAIN=BOUNCES,
            GUILDHALL_MAIL_HOOK_SECRET=SECRET,
            GUILDHALL_LOG="warn",
            **settings,
        )
        self.process = subprocess.Popen(
            [program, "serve", "--sandbox"], env=environment, stdout=subprocess.PIPE, text=True
        )
        line = self.process.stdout.readline()
        assert line.startswith("listening on "), line
        self.url = line.split()[-1]

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=60)

    def call(self, method, path, body=None, token=None, headers=None):
        """One request; answers status, headers and body."""
        url = path if path.startswith("http") else self.url + path
        request = urllib.request.Request(url, method=method)
        if isinstance(body, (dict, list)):
            request.data = json.dumps(body).encode()
            request.add_header("content-type", "application/json")
        elif body is not None:
            request.data = body
        if token:
            request.add_header("authorization", f"Bearer {token}")
        request.add_header("idempotency-key", os.urandom(16).hex())
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                text = response.read()
                return response.status, response.headers, json.loads(text) if text[:1] in (b"{", b"[") else text
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from error

    def drain(self):
        self.call("POST", "/sandbox/drain")

    def person(self, name, locale):
        body = {"email": f"{name}@people.example", "password": "four words make it", "display_name": name, "locale": locale}
        return self.call("POST", "/v1/auth/register", body)[2]["access_token"]

    def mails(self):
        self.drain()
        files = sorted((self.folder / "mail").glob("*.eml"))
        return [path.read_bytes() for path in files]


class Guild:
    """An alliance under China's rules, with a member who reads Chinese and one who reads English."""

    def __init__(self, service):
        self.service = service
        self.olga = service.person("olga", "en")
        body = {"name": "West Lake", "kind": "regional", "time_zone": "Asia/Shanghai", "currency": "CNY", "locale": "zh-CN"}
        self.id = service.call("POST", "/v1/alliances", body, self.olga)[2]["id"]
        service.call("POST", self.path("by-laws"), {"country_pack": "cn"}, self.olga)
        for name, locale in (("mei", "zh-CN"), ("ben", "en")):
            token = service.person(name, locale)
            shop = {"name": f"{name}'s shop", "region": "Hangzhou", "category": "food", "locale": locale}
            merchant = service.call("POST", "/v1/merchants", shop, token)[2]["id"]
            member = service.call("POST", self.path("memberships"), {"merchant_id": merchant}, self.olga)[2]["id"]
            self.step(f"/v1/memberships/{member}", "approve", token)
            service.call("PUT", self.path("preferences/me"), {"promotion": True, "digest": True}, token)

    def path(self, collection):
        return f"/v1/alliances/{self.id}/{collection}"

    def step(self, path, event, token):
        tag = self.service.call("GET", path, token=token)[1]["etag"]
        self.service.call("POST", f"{path}/{event}", token=token, headers={"if-match": tag})

    def promotion(self):
        body = {"name": "六一", "main_day": "2029-06-01", "template": "one_day"}
        made = self.service.call("POST", self.path("promotions"), body, self.olga)[2]["id"]
        for event in ("propose", "schedule"):
            self.step(f"/v1/promotions/{made}", event, self.olga)
        return made

    def campaign(self, category, promotion=None):
        """Sends a campaign to all members; answers its path."""
        words = {"subject": "{{ alliance_name }} 六一 & more", "html": "<p>Dear {{ merchant_name }}</p>", "text": "Dear {{ merchant_name }}\n" + "long " * 400}
        body = {"name": category, "category": category, "locales": {"zh-CN": words, "en": words}}
        template = self.service.call("POST", self.path("templates"), body, self.olga)[2]["id"]
        body = {"template_id": template, "audience": "all_members"}
        if promotion:
            body["promotion_id"] = promotion
        made = self.service.call("POST", self.path("campaigns"), body, self.olga)[2]["id"]
        path = f"/v1/campaigns/{made}"
        for event in ("approve", "schedule"):
            self.step(path, event, self.olga)
        self.service.drain()
        return path

    def items(self, collection):
        return self.service.call("GET", self.path(collection) + "?limit=100", token=self.olga)[2]["items"]


def check_mail(program, folder, port):
    import dkim
    import icalendar

    scratch = pathlib.Path(folder)
    record = b"v=DKIM1; k=rsa; p=" + (scratch / "dkim.pub").read_bytes().strip()
    service = Service(program, folder, {
        "GUILDHALL_MAIL_DKIM_DOMAIN": "guild.example",
        "GUILDHALL_MAIL_DKIM_SELECTOR": "s1",
        "GUILDHALL_MAIL_DKIM_KEY": str(scratch / "dkim.pem"),
        "GUILDHALL_MAIL_IMAP_URL": f"imap://bounces:s3cr3t@127.0.0.1:{port}/INBOX",
    })
    try:
        guild = Guild(service)
        promotion = guild.promotion()
        guild.campaign("promotion", promotion)
        raws = service.mails()
        advertising = [raw for raw in raws if b"\nList-Unsubscribe: " in raw]
        assert len(advertising) == 2, len(advertising)
        wanted = lambda name, timeout=5: record if name == b"s1._domainkey.guild.example." else None
        for raw in raws:
            # A mailbox keeps the sender of the envelope on top; it was not there when it was signed.
            body = raw.split(b"\r\n", 1)[1]
            assert raw.startswith(b"Return-Path: <b+1"), raw[:60]
            assert dkim.verify(body, dnsfunc=wanted), "dkimpy does not verify:\n" + body[:1500].decode()
            forged = body.replace(b"\r\nSubject: ", b"\r\nSubject: Re: ", 1)
            assert not dkim.verify(forged, dnsfunc=wanted), "a changed subject still verifies"
            extra = b"From: evil@evil.example\r\n" + body
            assert not dkim.verify(extra, dnsfunc=wanted), "a second From still verifies"
            assert body.isascii(), "8-bit bytes"
            assert max(map(len, body.split(b"\r\n"))) <= 998, "a line is too long"
            assert b"\n" not in body.replace(b"\r\n", b"") and b"\r" not in body.replace(b"\r\n", b""), "bare line ends"
        for raw in advertising:
            body = raw.split(b"\r\n", 1)[1]
            message = email.message_from_bytes(body, policy=email.policy.default)
            tags = dkim.util.parse_tag_value(str(message["DKIM-Signature"]).replace("\n", "").encode())
            covered = [name.strip().lower() for name in tags[b"h"].split(b":")]
            assert b"list-unsubscribe" in covered and b"list-unsubscribe-post" in covered, covered
            assert covered.count(b"from") == 2, covered
            subject = message["Subject"].removeprefix("[SANDBOX] ")
            assert subject.startswith(("[广告]", "[AD]")), subject
            assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
            assert message["Auto-Submitted"] == "auto-generated"
            assert message["List-Id"].startswith("<promotion."), message["List-Id"]
            assert message["From"].addresses[0].display_name == "West Lake", message["From"]
            assert str(message["Reply-To"]) == "olga@people.example"
            assert message.get_body(("plain",)) and message.get_body(("html",))
            check_calendar(icalendar, message)
        print("   dkimpy verifies", len(raws), "messages, and none that was changed")
        check_change(icalendar, guild, service, promotion, advertising)
        check_box(guild, service, advertising[0], port, scratch)
    finally:
        service.stop()


def calendar_of(icalendar, message):
    files = [part for part in message.iter_attachments() if part.get_content_type() == "text/calendar"]
    assert len(files) == 1, [part.get_content_type() for part in message.iter_attachments()]
    assert files[0].get_param("method") == "PUBLISH", files[0]["Content-Type"]
    return icalendar.Calendar.from_ical(files[0].get_content() if isinstance(files[0].get_content(), str) else files[0].get_content().decode())


def check_calendar(icalendar, message):
    calendar = calendar_of(icalendar, message)
    assert calendar["METHOD"] == "PUBLISH"
    events = calendar.walk("VEVENT")
    assert events, "no events"
    for event in events:
        assert "ORGANIZER" in event and "ATTENDEE" not in event, event
    return calendar


def check_change(icalendar, guild, service, promotion, before):
    """A new date keeps the identifiers and counts the sequence up."""
    first = check_calendar(icalendar, email.message_from_bytes(before[0].split(b"\r\n", 1)[1], policy=email.policy.default))
    path = f"/v1/promotions/{promotion}"
    headers = {"if-match": service.call("GET", path, token=guild.olga)[1]["etag"]}
    service.call("POST", f"{path}/re-date", {"main_day": "2029-06-08"}, guild.olga, headers)
    known = len(service.mails())
    guild.campaign("promotion", promotion)
    fresh = [raw for raw in service.mails()[known:] if b"\nList-Unsubscribe: " in raw]
    second = check_calendar(icalendar, email.message_from_bytes(fresh[0].split(b"\r\n", 1)[1], policy=email.policy.default))
    told = lambda calendar: {str(event["UID"]): int(event["SEQUENCE"]) for event in calendar.walk("VEVENT")}
    old, new = told(first), told(second)
    assert old.keys() == new.keys(), (old, new)
    assert all(new[uid] == old[uid] + 1 for uid in old), (old, new)
    print("   icalendar reads what is published: same identifiers, one sequence more after a new date")


def check_box(guild, service, raw, port, scratch):
    """A bounce in a real mailbox is taken once, and marked as seen."""
    verp = raw.split(b"\r\n", 1)[0].decode().removeprefix("Return-Path: <").removesuffix(">")
    fixture = pathlib.Path("tests/fixtures/dsn/postfix-1.eml").read_text()
    report = fixture.replace("b+v1.1.tok1@bounces.alliance.example", verp)
    with imaplib.IMAP4("127.0.0.1", port) as box:
        box.login("bounces", "s3cr3t")
        for text in (report, "Subject: Away\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n"):
            box.append("INBOX", None, imaplib.Time2Internaldate(time.time()), text.replace("\r\n", "\n").replace("\n", "\r\n").encode())
    for _ in range(2):
        service.drain()
    bounces = guild.items("bounces")
    assert [(b["kind"], b["source"], b["status"]) for b in bounces] == [("hard", "imap", "5.1.1")], bounces
    assert [s["scope"] for s in guild.items("suppressions")] == ["global"]
    with imaplib.IMAP4("127.0.0.1", port) as box:
        box.login("bounces", "s3cr3t")
        box.select("INBOX", readonly=True)
        assert box.search(None, "UNSEEN")[1] == [b""], "not marked as seen"
        assert box.search(None, "SEEN")[1] == [b"1 2"]
    # The same message by the hook changes nothing.
    body = report.replace("\n", "\r\n").encode()
    tag = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    status, _, _ = service.call("POST", "/hooks/bounce", body, headers={"content-type": "message/rfc822", "guildhall-signature": f"sha256={tag}"})
    assert status == 202 and len(guild.items("bounces")) == 1
    print("   a bounce is read from Dovecot once, and marked as seen")


def check_pages(program, folder):
    from selenium import webdriver
    from selenium.webdriver.common.by import By
    from selenium.webdriver.chrome.service import Service as Driver
    from selenium.webdriver.support.ui import WebDriverWait

    service = Service(program, folder, {})
    options = webdriver.ChromeOptions()
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(word)
    options.binary_location = "/usr/bin/chromium"
    browser = webdriver.Chrome(options=options, service=Driver("/usr/bin/chromedriver"))
    wait = WebDriverWait(browser, 20)
    try:
        guild = Guild(service)
        guild.campaign("digest")
        mails = [raw for raw in service.mails() if b"\nList-Unsubscribe: " in raw]
        cases = {
            "mei": ("zh-CN", "退订", "会费账单", "您将不再收到此类邮件"),
            "ben": ("en", "Unsubscribe", "levy notices", "You will not get"),
        }
        for number, (name, (language, label, levy, done)) in enumerate(cases.items()):
            raw = next(raw for raw in mails if f"{name}@people.example".encode() in raw)
            message = email.message_from_bytes(raw, policy=email.policy.default)
            link = str(message["List-Unsubscribe"]).strip("<>")
            for _ in range(3):
                browser.get(link)
            assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == language
            assert len(guild.items("suppressions")) == number, "opening the page refused mail"
            # Both languages are one click away.
            other = "English" if language == "zh-CN" else "中文"
            browser.find_element(By.LINK_TEXT, other).click()
            assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") != language
            assert len(guild.items("suppressions")) == number, "changing the language refused mail"
            browser.get(link)
            body = browser.find_element(By.TAG_NAME, "body").text
            assert levy in body, body
            locked = browser.find_element(By.ID, "levy_notice")
            assert locked.is_selected() and not locked.is_enabled(), "the levy can be refused"
            assert browser.find_element(By.ID, "digest").is_selected()
            browser.find_element(By.CSS_SELECTOR, "button[value=unsubscribe]").click()
            wait.until(lambda browser: done in browser.page_source)
            refused = guild.items("suppressions")
            assert len(refused) == number + 1 and refused[-1]["category"] == "digest", refused
            assert not browser.find_element(By.ID, "digest").is_selected()
        # A tick and the other button take it back.
        browser.find_element(By.ID, "digest").click()
        browser.find_element(By.CSS_SELECTOR, "button[value=save]").click()
        wait.until(lambda browser: "Your choice is saved" in browser.page_source)
        assert len(guild.items("suppressions")) == 1, "a yes did not take the refusal back"
        print("   Chromium: opening the page changes nothing, its buttons do, in both languages")
    finally:
        browser.quit()
        service.stop()


if __name__ == "__main__":
    what, program, folder = sys.argv[1:4]
    if what == "mail":
        check_mail(program, folder, int(sys.argv[4]))
    else:
        check_pages(program, folder)
