"""Nothing of a third party is on a page of ours before whoever reads it has said yes."""

import re

import pytest

from budget_app.hearings import services
from budget_app.rounds.errors import InvalidField
from budget_app.security import CONTENT_SECURITY_POLICY
from tests.budget_app.hearings.meeting import HEARINGS, HOST, PAGE, STREAM, Meeting


def test_nothing_of_a_third_party_is_on_the_page_before_consent(meeting: Meeting) -> None:
    meeting.begin()
    answer = meeting.office.stranger().get(PAGE)
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "frame-src 'none'" in CONTENT_SECURITY_POLICY
    assert "<iframe" not in answer.text
    assert f"Show the stream from {HOST}" in answer.text
    assert f'<a href="{STREAM}"' in answer.text
    assert not re.search(rf'(?:src|action|data|poster)="[^"]*{HOST}', answer.text)
    assert "dns-prefetch" not in answer.text
    assert "preconnect" not in answer.text


def test_after_consent_the_page_may_frame_that_host_alone(meeting: Meeting) -> None:
    answer = meeting.office.stranger().get(PAGE + "?watch=stream")
    policy = dict(
        part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; ")
    )
    assert policy["frame-src"] == f"https://{HOST}"
    usual = dict(part.split(" ", 1) for part in CONTENT_SECURITY_POLICY.split("; "))
    assert policy | {"frame-src": "'none'"} == usual
    frame = re.search(r"<iframe [^>]+>", answer.text)
    assert frame is not None
    assert f'src="https://{HOST}/videos/embed/aBcDeFgHiJkLmN?p2p=0"' in frame[0]
    for part in ("sandbox=", 'referrerpolicy="strict-origin"', "allow="):
        assert part in frame[0]
    assert "allow-top-navigation" not in frame[0]


def test_another_word_is_no_consent(meeting: Meeting) -> None:
    for query in ("?watch=recording", "?watch=1", "?watch=", "?watch=STREAM"):
        answer = meeting.office.stranger().get(PAGE + query)
        assert "<iframe" not in answer.text
        assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


def test_a_host_that_is_no_longer_allowed_is_only_a_link(meeting: Meeting) -> None:
    meeting.browser("ada").saved(HEARINGS + "hosts", {"hosts": "other.example.org"})
    answer = meeting.office.stranger().get(PAGE + "?watch=stream")
    assert "<iframe" not in answer.text
    assert f'<a href="{STREAM}"' in answer.text
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


def test_a_list_of_hosts_holds_names_alone(meeting: Meeting) -> None:
    hosts = {"hosts": "good.example\n*.example.org"}
    answer = meeting.browser("ada").post(HEARINGS + "hosts", hosts)
    assert answer.status_code == 422
    assert "Write a host name alone" in answer.text
    assert meeting.browser("pia").get(HEARINGS + "hosts").status_code == 403


def test_our_own_pages_are_never_put_into_a_frame(meeting: Meeting) -> None:
    with meeting.office.work():
        ours = meeting.office.app.extensions["settings"].model_copy(
            update={"server_hosts": "vote.example.org"}
        )
        meeting.office.app.extensions["settings"] = ours
        with pytest.raises(InvalidField, match="never put into a frame"):
            services.set_hosts(
                meeting.hearing().parliament, ["vote.example.org"], by=meeting.office.person("ada")
            )
