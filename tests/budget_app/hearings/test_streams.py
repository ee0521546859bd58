"""Which addresses become players, and of which host."""

import pytest

from budget_app.hearings.streams import InvalidAddress, host_of, player

FACEBOOK = "https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com"
ALLOWED = {"www.youtube-nocookie.com", "www.facebook.com", "video.example.org"}


@pytest.mark.parametrize(
    ("address", "source"),
    [
        (
            "https://www.youtube.com/watch?v=aqz-KE-bpKQ&t=3",
            "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ",
        ),
        ("https://youtu.be/aqz-KE-bpKQ", "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ"),
        (
            "https://www.youtube.com/live/aqz-KE-bpKQ",
            "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ",
        ),
        (
            "https://www.facebook.com/parliament/videos/1234567890/",
            FACEBOOK + "%2Fparliament%2Fvideos%2F1234567890%2F&show_text=false",
        ),
        (
            "https://video.example.org/w/aBcDeFgHiJkLmN",
            "https://video.example.org/videos/embed/aBcDeFgHiJkLmN?p2p=0",
        ),
        ("https://VIDEO.example.org/live?room=7", "https://video.example.org/live?room=7"),
    ],
)
def test_an_address_becomes_the_player_of_its_host(address: str, source: str) -> None:
    assert player(address, ALLOWED).source == source


@pytest.mark.parametrize(
    "address",
    [
        "http://video.example.org/w/aBcDeFgHiJkLmN",
        "javascript:alert(1)",
        "data:text/html,hello",
        "//video.example.org/w/aBcDeFgHiJkLmN",
        "https://ana:secret@video.example.org/live",
        "https://video.example.org@evil.example/live",
        "https://video.example.org:8443/live",
        "https://video.example.org:port/live",
        "https://evil.example/live",
        "https://video.example.org.evil.example/live",
        "https://127.0.0.1/live",
        "https://localhost/live",
        "https://[::1]/live",
        "https://video.example.org\\@evil.example/",
        "https://video.example.org/a b",
        "https://video.example.org/\r\nX: y",
        "https://vidéo.example.org/live",
        "https://www.youtube.com/watch?v=<script>",
        "https://www.youtube.com/watch?v=",
        "https://[",
        "not an address",
    ],
)
def test_what_is_no_safe_address_of_an_allowed_host_is_refused(address: str) -> None:
    with pytest.raises(InvalidAddress):
        player(address, ALLOWED)


@pytest.mark.parametrize("text", ["*", "*.example.org", "https://a.example", "a.example/x", "a b"])
def test_a_host_is_a_name_and_no_pattern(text: str) -> None:
    with pytest.raises(InvalidAddress):
        host_of(text)
