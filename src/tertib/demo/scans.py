"""The letters that came in on paper: a page for each, as a scan would show it."""

from __future__ import annotations

from datetime import date, datetime

from tertib.demo.story import Letter, Party
from tertib.government.models import Post, Unit
from tertib.papers import heads
from tertib.papers.typeset import Letterhead, render
from tertib.rooms.letters import composing


def scan(letter: Letter, number: str, dated: date, to: Unit, at: datetime) -> bytes:
    """The PDF of a letter with its sender's head and the text of the story."""
    sender = letter.parties[0]
    head, place = _head(sender, to)
    addressee = Post.objects.filter(unit=to, is_head=True).values_list("name", flat=True).first() or to.name
    data = {
        "number": number or "-",
        "date": dated.isoformat(),
        "place": place,
        "nature": nature(letter),
        "subject": letter.subject,
        "to": [addressee],
        "body": paragraphs(letter.text),
        "signer": _signer(sender),
    }
    return render("surat_dinas", data, head, created=at)


def nature(letter: Letter) -> str:
    """The line “sifat”: how secret and how urgent, where it is either."""
    said = [step.replace("_", " ") for step in (letter.security, letter.urgency) if step != "biasa"]
    return " / ".join(said or ["biasa"]).capitalize()


def paragraphs(text: str) -> list[dict[str, str]]:
    """Text with empty lines between paragraphs, as the blocks of a paper."""
    return [{"type": "paragraph", "text": " ".join(part.split())} for part in text.split("\n\n") if part.strip()]


def _head(sender: Party, to: Unit) -> tuple[Letterhead, str]:
    if sender.kind == "unit":
        unit = Unit.objects.get(code=sender.unit)
        return heads.letterhead(unit), heads.place(unit)
    place = sender.address.rpartition(",")[2].strip() or heads.place(to)
    name = sender.name if sender.kind == "citizen" else sender.name.upper()
    return Letterhead(government=name[:160], address=sender.address), place[:60]


def _signer(sender: Party) -> dict[str, str]:
    if sender.kind == "unit":
        head = Post.objects.filter(unit__code=sender.unit, is_head=True).first()
        return composing.signer(head) if head else {"post": sender.unit, "name": "…"}
    if sender.kind == "citizen":
        return {"post": "Hormat kami", "name": sender.name}
    return {"post": "Pimpinan", "name": "Pejabat Contoh"}
