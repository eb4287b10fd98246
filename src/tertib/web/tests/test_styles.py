"""Styles written into the page of a browser that does not have them yet."""

from __future__ import annotations

import base64
import hashlib
import re

from django.test import Client

from tertib.web import assets, styles

DOOR = "/accounts/login/"
OPENED = {"Sec-Fetch-Dest": "document"}
WRITTEN = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def test_a_new_browser_gets_the_styles_in_the_page_and_links_after(visitor: Client) -> None:
    first = visitor.get(DOOR, headers=OPENED)
    (text,) = WRITTEN.findall(first.content.decode())
    assert text.encode() == assets.read("tertib/common.css")
    # Kept for the next page, and no browser waits for it.
    link = f'<link rel="stylesheet" href="/static/{assets.hashed("tertib/common.css")}"'
    assert f'{link} media="print">' in first.content.decode()
    cookie = first.cookies[styles.COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie.value in assets.hashed("tertib/common.css")
    second = visitor.get(DOOR, headers=OPENED)
    assert "<style" not in second.content.decode() and f"{link}>" in second.content.decode()
    assert styles.COOKIE not in second.cookies and "style-src" not in second["Content-Security-Policy"]


def test_the_policy_names_what_was_written_and_nothing_else(visitor: Client) -> None:
    answer = visitor.get(DOOR, headers=OPENED)
    (text,) = WRITTEN.findall(answer.content.decode())
    total = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    policy = answer["Content-Security-Policy"]
    assert f"style-src 'self' 'sha256-{total}'" in policy and "unsafe" not in policy and "script-src" not in policy


def test_styles_that_changed_are_written_once_more(visitor: Client) -> None:
    old = "0123456789ab"
    for given in (old, "?", f"{old}.x.<style>", ".".join([old] * 500)):
        visitor.cookies[styles.COOKIE] = given
        answer = visitor.get(DOOR, headers=OPENED)
        assert "<style>" in answer.content.decode()
        marks = answer.cookies[styles.COOKIE].value.split(".")
        assert len(marks) <= styles.MOST and all(len(mark) == 12 and mark.isalnum() for mark in marks)


def test_scripts_and_other_programs_get_links(visitor: Client) -> None:
    for headers in ({}, {"Sec-Fetch-Dest": "empty"}):
        answer = visitor.get(DOOR, headers=headers)
        assert "<style" not in answer.content.decode() and styles.COOKIE not in answer.cookies


def test_error_pages_have_their_looks_too(visitor: Client) -> None:
    answer = visitor.get("/tidak-ada", headers=OPENED)
    assert answer.status_code == 404
    assert len(WRITTEN.findall(answer.content.decode())) == answer["Content-Security-Policy"].count("'sha256-") == 1
