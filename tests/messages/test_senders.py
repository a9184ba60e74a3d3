"""Sending over real servers: what arrives, and what is made of every answer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import time
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.wecombot import NotifyWeComBot

from tests.messages.made import ANN, SECRET, T0, hook, outgoing
from tests.messages.receivers import Answer, MailServer, Receiver, is_signed
from wall.messages.channels import Channel
from wall.messages.senders import sender_of
from wall.messages.sending import Attempt, Outgoing
from wall.people.account import Account
from wall.ports import free_port


def _sent(channel: Channel, message: Outgoing) -> Attempt:
    return sender_of(channel, lambda: T0).send(message)


def test_a_webhook_gets_the_message_signed_with_the_id_it_keeps_at_every_try() -> None:
    with Receiver(Answer(503)) as receiver:
        channel = hook(f"{receiver.url}/in?x=1")
        assert _sent(channel, outgoing()).outcome == "again"
        assert _sent(channel, outgoing()) == Attempt("sent")
    first, second = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == outgoing().id
    assert first.headers["webhook-timestamp"] == str(T0 // 1000)
    assert is_signed(first, SECRET)
    assert not is_signed(first, "whsec_" + base64.b64encode(bytes(24)).decode())
    assert second.content["type"] == "kpiwall.fired"
    assert second.content["data"]["title"] == "严重 · 总装一线 · one"
    assert second.content["data"]["alerts"] == ["alert-one"]
    assert second.content["data"]["recipient"] is None


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        (Answer(204, body=b""), Attempt("sent")),
        (Answer(500), Attempt("again", "HTTP 500")),
        (Answer(408), Attempt("again", "HTTP 408")),
        (Answer(429, headers={"Retry-After": "30"}), Attempt("again", "HTTP 429", 30_000)),
        (Answer(400, body=b'{"error": "bad field"}'), Attempt("refused", "HTTP 400: bad field")),
        (Answer(302, headers={"Location": "http://127.0.0.1:1/"}), Attempt("refused", "HTTP 302")),
        (Answer(0), Attempt("again", "the connection failed")),
        (Answer(after_s=3), Attempt("again", "no answer within 1 s")),
    ],
    ids=lambda one: str(one.status) if isinstance(one, Answer) else "",
)  # fmt: skip
def test_every_answer_of_a_webhook_means_sent_again_or_refused(answer: Answer, wanted: Attempt) -> None:
    with Receiver(always=answer) as receiver:
        assert _sent(hook(receiver.url, timeout=1), outgoing()) == wanted


def test_nobody_listening_is_tried_again() -> None:
    assert _sent(hook(f"http://127.0.0.1:{free_port()}/"), outgoing()) == Attempt("again", "the connection failed")


def test_what_a_receiver_says_back_tells_no_secret() -> None:
    body = json.dumps({"error": f"bad signature for {SECRET}\n\x1b[2J"}).encode()
    with Receiver(always=Answer(401, body=body)) as receiver:
        error = _sent(hook(receiver.url), outgoing()).error
    assert SECRET not in error
    assert error.isprintable()


def test_feishu_gets_a_signed_card_and_its_code_decides() -> None:
    with Receiver(Answer(body=b'{"code":0}'), Answer(body=b'{"code":19021,"msg":"sign match fail"}'),
                  Answer(body=b'{"code":11232,"msg":"too fast"}')) as receiver:  # fmt: skip
        channel = Channel(id="team", feishu=f"{receiver.url}/hook/tok", secret="geheim", unit="company")
        done = [_sent(channel, outgoing()) for _ in range(3)]
    assert [one.outcome for one in done] == ["sent", "refused", "again"]
    assert done[1].error == "19021: sign match fail"
    content = receiver.requests[0].content
    key = f"{content['timestamp']}\ngeheim".encode()
    assert content["sign"] == base64.b64encode(hmac.digest(key, b"", hashlib.sha256)).decode()
    assert content["card"]["header"] == {"title": {"tag": "plain_text", "content": outgoing().title}, "template": "red"}
    text, link = content["card"]["elements"]
    assert text["text"] == {"tag": "plain_text", "content": outgoing().text}
    assert link["actions"][0]["url"] == "https://kpi.example.com/phone/-/alerts/a1"
    assert link["actions"][0]["text"]["content"] == "打开"


def test_dingtalk_is_signed_by_apprise_and_refuses_with_status_200(monkeypatch: pytest.MonkeyPatch) -> None:
    said = [b'{"errcode":0,"errmsg":"ok"}', b'{"errcode":310000,"errmsg":"sign not match, token abc123def456"}',
            b'{"errcode":130101,"errmsg":"send too fast"}']  # fmt: skip
    with Receiver(*(Answer(body=one) for one in said), Answer(500)) as receiver:
        monkeypatch.setattr(NotifyDingTalk, "notify_url", receiver.url + "/robot/send?access_token={token}")
        channel = Channel(id="ding", url="dingtalk://SEC0123456789abcdef@abc123def456", unit="company")
        done = [_sent(channel, outgoing()) for _ in range(4)]
    assert [one.outcome for one in done] == ["sent", "refused", "again", "again"]
    assert done[1].error == "310000: sign not match, token …"
    request = receiver.requests[0]
    asked = parse_qs(urlsplit(request.path).query)
    signed = f"{asked['timestamp'][0]}\nSEC0123456789abcdef".encode()
    wanted = base64.b64encode(hmac.digest(b"SEC0123456789abcdef", signed, hashlib.sha256)).decode()
    assert asked["sign"][0].replace("%2B", "+").replace("%2F", "/").replace("%3D", "=") == wanted
    assert request.content["msgtype"] == "markdown"
    assert "second_line \\*2\\*" in request.content["markdown"]["text"]
    assert "https://kpi.example.com/phone/-/alerts/a1" in request.content["markdown"]["text"]


def test_wecom_gets_plain_text_within_its_bytes_and_its_errcode_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver(Answer(body=b'{"errcode":0}'), Answer(body=b'{"errcode":93000,"errmsg":"invalid webhook url"}'),
                  Answer(body=b'{"errcode":45009,"errmsg":"api freq out of limit"}')) as receiver:  # fmt: skip
        monkeypatch.setattr(NotifyWeComBot, "notify_url", receiver.url + "/send?key={key}")
        channel = Channel(id="wecom", url="wecombot://0123456789abcdef", unit="company")
        long = outgoing(text="\n".join("总装一线准时交付率下降" * 3 for _ in range(60)))
        done = [_sent(channel, long) for _ in range(3)]
    assert [one.outcome for one in done] == ["sent", "refused", "again"]
    content = receiver.requests[0].content["text"]["content"]
    assert len(content.encode()) <= 2048
    assert "…" in content
    assert content.endswith("https://kpi.example.com/phone/-/alerts/a1")


def test_an_http_service_of_apprise_tells_why_it_did_not_send() -> None:
    answers = [Answer(), Answer(429, headers={"Retry-After": "9"}), Answer(403), Answer(0), Answer(after_s=3)]
    with Receiver(*answers) as receiver:
        channel = Channel(id="json", url=f"json://127.0.0.1:{receiver.port}/in", unit="company", timeout=1)
        began = time.monotonic()
        done = [_sent(channel, outgoing()) for _ in answers]
    assert [one.outcome for one in done] == ["sent", "again", "refused", "again", "again"]
    assert (done[1].wait_ms, done[2].error, done[4].error) == (9000, "HTTP 403", "no answer within 1 s")
    assert time.monotonic() - began < 5.5, "Apprise waits between messages"


def test_a_mail_arrives_and_a_refused_recipient_is_refused() -> None:
    with MailServer({"bob@example.com": "550 no such user", "cat@example.com": "451 later"}) as server:
        channel = Channel(
            id="mail", url=f"mailto://127.0.0.1:{server.port}?from=kpi@example.com&to={{email}}", personal=True
        )
        done = {name: _sent(channel, outgoing(account=_with_mail(name))) for name in ("ann", "bob", "cat")}
    assert done["ann"] == Attempt("sent")
    assert (done["bob"].outcome, done["bob"].error) == ("refused", "SMTP 550: no such user")
    assert done["cat"].outcome == "again"
    assert [mail[0] for mail in server.mails] == ["ann@example.com"]
    _, subject, text = server.mails[0]
    assert subject == "严重 · 总装一线 · one"
    assert "second_line *2*" in text
    assert "https://kpi.example.com/phone/-/alerts/a1" in text


def _with_mail(name: str) -> Account:

    return replace(ANN, id=name, email=f"{name}@example.com")


def test_nothing_that_apprise_logs_comes_through(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG), Receiver(always=Answer(403)) as receiver:
        channel = Channel(id="json", url=f"json://user:hunter2secret@127.0.0.1:{receiver.port}/in", unit="company")
        assert _sent(channel, outgoing()) == Attempt("refused", "HTTP 403")
    told = caplog.text + "".join(capfd.readouterr())
    assert "hunter2secret" not in told
    assert "apprise" not in told
