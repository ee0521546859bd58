"""Which players a page may show, and how: an address is turned into that of its host's player.

Nothing is loaded before a visitor agrees, and then from the one host alone.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, quote, urlsplit

from flask_babel import gettext as _

YOUTUBE = "www.youtube-nocookie.com"
FACEBOOK = "www.facebook.com"
YOUTUBE_PAGES = frozenset({"www.youtube.com", "youtube.com", "m.youtube.com", "youtu.be", YOUTUBE})
FACEBOOK_PAGES = frozenset({"facebook.com", "m.facebook.com", "web.facebook.com", FACEBOOK})
VIDEO = re.compile(r"[A-Za-z0-9_-]{6,40}")
PEERTUBE = re.compile(r"/(?:w|videos/watch|videos/embed)/([A-Za-z0-9-]{8,40})")
HOST = re.compile(
    r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z]"
)
LONGEST = 500


class InvalidAddress(ValueError):
    """Why an address cannot be shown, in one sentence."""


@dataclass(frozen=True)
class Player:
    """`source` is what a frame loads from `host`; `link` is the page that a visitor can open."""

    host: str
    source: str
    link: str


def host_of(text: str) -> str:
    """A host name as it is kept; raises `InvalidAddress` for anything else."""
    host = text.strip().lower()
    if not HOST.fullmatch(host):
        raise InvalidAddress(_("Write a host name alone, for example video.example.org."))
    return host


def secure(address: str) -> SplitResult:
    """The parts of an https address without credentials; raises `InvalidAddress`."""
    if not address.isascii() or not address.isprintable() or " " in address or "\\" in address:
        raise InvalidAddress(_("This is not an address: it has characters that none can have."))
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise InvalidAddress(_("This is not an address.")) from None
    if parts.scheme != "https":
        raise InvalidAddress(_("The address must begin with https://."))
    if "@" in parts.netloc:
        raise InvalidAddress(_("The address must hold no user name or password."))
    if port not in (None, 443) or not HOST.fullmatch(parts.hostname or ""):
        raise InvalidAddress(_("The address needs a host name, for example video.example.org."))
    return parts


def player(address: str, hosts: Collection[str]) -> Player:
    """The player of `address`, if its host is one of `hosts`; raises `InvalidAddress`."""
    parts = secure(address)
    host = str(parts.hostname)
    if host in YOUTUBE_PAGES:
        found = Player(YOUTUBE, f"https://{YOUTUBE}/embed/{_youtube_video(parts)}", address)
    elif host in FACEBOOK_PAGES:
        source = f"https://{FACEBOOK}/plugins/video.php?href={quote(address, safe='')}"
        found = Player(FACEBOOK, f"{source}&show_text=false", address)
    elif video := PEERTUBE.fullmatch(parts.path):
        found = Player(host, f"https://{host}/videos/embed/{video[1]}?p2p=0", address)
    else:
        query = f"?{parts.query}" if parts.query else ""
        found = Player(host, f"https://{host}{parts.path}{query}", address)
    if found.host not in hosts:
        raise InvalidAddress(
            _("%(host)s is not among the hosts whose videos may be shown here.", host=found.host)
        )
    return found


def _youtube_video(parts: SplitResult) -> str:
    names = parse_qs(parts.query).get("v", []) if parts.path == "/watch" else []
    name = names[0] if names else parts.path.rpartition("/")[2]
    if not VIDEO.fullmatch(name):
        raise InvalidAddress(_("This address names no video of YouTube."))
    return name
