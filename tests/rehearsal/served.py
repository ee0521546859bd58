"""The application as gunicorn serves it in production, on loopback."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import NotFound
from werkzeug.middleware.http_proxy import ProxyMiddleware
from werkzeug.test import Client

from budget_app.settings import Settings
from tests.tallying.witness.served import free_port

ROOT = Path(__file__).parents[2]
ERRORS, ACCESS = "gunicorn-errors.log", "gunicorn-access.log"
PATIENCE_SECONDS = 30
LOOK_SECONDS = 0.05


@contextmanager
def gunicorn(app: Flask, folder: Path) -> Iterator[int]:
    """A server with the settings of `app`, at the port answered; it writes its logs to `folder`."""
    port = free_port()
    logs = ("--error-logfile", folder / ERRORS, "--access-logfile", folder / ACCESS)
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    command += [*map(str, logs), "--log-level", "debug", "--capture-output", "wsgi:app"]
    with subprocess.Popen(command, env=_environment(app, folder), cwd=ROOT) as process:
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def _environment(app: Flask, folder: Path) -> dict[str, str]:
    settings: Settings = app.extensions["settings"]
    return {
        **os.environ,
        "HOME": str(folder),
        "TMPDIR": str(folder / "tmp"),
        "PB_INSTANCE_PATH": str(settings.instance_path),
        "PB_DATABASE_URL": settings.database_url,
        "PB_SECRET_KEY": settings.secret_key,
        "PB_MAIL_BACKEND": settings.mail_backend,
        "PB_EMBEDDED_WORKER": "false",
    }


def _wait_for(port: int) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(LOOK_SECONDS)
    raise TimeoutError(f"Nothing listens at port {port}.")


def over_the_network(client: FlaskClient, port: int) -> FlaskClient:
    """The same browser, with the same sign-in, whose requests go to the server at `port`."""
    target = {"target": f"http://127.0.0.1:{port}", "remove_prefix": False}
    # The first request waits until the server has loaded the platform, long on a busy machine.
    browser = Client(ProxyMiddleware(NotFound(), {"/en/": target}, timeout=PATIENCE_SECONDS))
    signed_in = client.get_cookie("session")
    assert signed_in is not None
    browser.set_cookie("session", signed_in.value)
    return cast("FlaskClient", browser)
