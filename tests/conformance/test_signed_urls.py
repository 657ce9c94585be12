"""Signed URLs, made by the published clients for Python and used by plain HTTP requests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest
from clients import Client, only_derived
from plain import ask


@pytest.fixture(scope="module")
def shared(client: Client, environment: dict[str, str]) -> Iterator[Any]:  # noqa: ARG001
    """A sandbox with a token, which one client asks for only when it is told to."""
    sandbox = client.create(timeout=600, secure=True)
    yield sandbox
    sandbox.kill()


def assert_refused(message: str, url: str, content: bytes | None = None) -> None:
    body = f'{{"code":401,"message":"{message}"}}\n'.encode()
    assert ask(url, content, Content_Type="application/octet-stream") == (401, body)


def changed(url: str, **values: str | None) -> str:
    """A URL with other values in its query, or without some."""
    parts = urlsplit(url)
    query = {name: given[0] for name, given in parse_qs(parts.query).items()} | values
    kept = {name: value for name, value in query.items() if value is not None}
    return urlunsplit(parts._replace(query=urlencode(kept)))


def test_a_download(shared: Any) -> None:
    shared.files.write("a b+ü.txt", "content")
    for options in ({}, {"use_signature_expiration": 60}, {"user": "user"}):
        url = shared.download_url("a b+ü.txt", **options)
        assert ask(url) == (200, b"content")
    assert ask(url, Range="bytes=3-") == (206, b"tent")


def test_an_upload(shared: Any) -> None:
    url = shared.upload_url("octets", use_signature_expiration=60)
    status, body = ask(url, b"content", Content_Type="application/octet-stream")
    assert status == 200
    assert json.loads(body) == [{"name": "octets", "path": "/home/user/octets", "type": "file"}]
    assert shared.files.read("octets") == "content"
    form = (
        b'--limit\r\nContent-Disposition: form-data; name="file"; filename="any"\r\n\r\n'
        b"from a form\r\n--limit--\r\n"
    )
    url = shared.upload_url("form", user="root")
    assert ask(url, form, Content_Type="multipart/form-data; boundary=limit")[0] == 200
    assert shared.commands.run("cat /root/form", user="root").stdout == "from a form"


def test_it_is_too_late(shared: Any) -> None:
    shared.files.write("file", "content")
    late = "signature is already expired"
    assert_refused(late, shared.download_url("file", use_signature_expiration=-5))
    assert_refused(late, shared.upload_url("file", use_signature_expiration=-5), b"no")
    assert shared.files.read("file") == "content"


@pytest.mark.parametrize(
    "forgery",
    [
        {"path": "other"},
        {"username": "root"},
        {"signature": "v1_RyeEg4C4cy+2NwdX95GPPEUCMle/3EueMb0YM5PoiXY"},
        {"signature": "x"},
        {"signature_expiration": "9999999999"},
        {"signature_expiration": None},
    ],
    ids="-".join,
)
def test_a_forgery(shared: Any, forgery: dict[str, str | None]) -> None:
    shared.commands.run("echo content > file; echo secret > other; rm -f new")
    url = shared.download_url("file", use_signature_expiration=60)
    assert_refused("invalid signature", changed(url, **forgery))
    upload = shared.upload_url("new", use_signature_expiration=60)
    assert_refused("invalid signature", changed(upload, **forgery), b"no")
    assert not shared.files.exists("new")


def test_it_is_for_one_operation(shared: Any) -> None:
    assert_refused("invalid signature", shared.upload_url("file"))
    assert_refused("invalid signature", shared.download_url("file"), b"no")


def test_there_is_none(shared: Any) -> None:
    missing = "missing signature query parameter"
    assert_refused(missing, changed(shared.download_url("file"), signature=None))
    assert_refused(missing, changed(shared.upload_url("file"), signature=None), b"no")


def test_what_it_points_at_is_not_there(shared: Any) -> None:
    status, body = ask(shared.download_url("missing"))
    assert status == 404
    assert json.loads(body) == {"code": 404, "message": "path '/home/user/missing' does not exist"}


def test_the_sandbox_is_not_there(client: Client) -> None:
    sandbox = client.create(timeout=60, secure=True)
    url = sandbox.download_url("/etc/passwd")
    assert ask(url)[0] == 200
    sandbox.kill()
    assert_refused("invalid signature", url)


def test_another_sandbox_has_other_ones(client: Client, shared: Any) -> None:
    other = client.create(timeout=60, secure=True)
    try:
        shared.files.write("whose", "shared")
        other.files.write("whose", "other")
        assert ask(shared.download_url("whose")) == (200, b"shared")
        assert ask(other.download_url("whose")) == (200, b"other")
    finally:
        other.kill()


@only_derived
def test_without_a_token_no_signature(client: Client) -> None:
    sandbox = client.create(timeout=60, secure=False)
    try:
        assert "signature" not in sandbox.download_url("file")
        sandbox.files.write("file", "content")
        assert sandbox.files.read("file") == "content"
    finally:
        sandbox.kill()
