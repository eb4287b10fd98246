"""A page walked through by Tab alone: every control is reached, in reading order, seen, not covered, and left again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

# 1280 by 860 at 200 %: half of it in each direction (WCAG 2.2, 1.4.4).
ZOOMED = {"width": 640, "height": 430}
# A list of hundreds is walked so far.
MOST = 250
BEYOND = "document.documentElement.scrollWidth - innerWidth"
BEGIN = """() => {
  // From the top, wherever the page has put the focus.
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  scrollTo(0, 0);
  window.walked = [];
}"""
# Where the focus went: null at the end, else what is wrong there. A field of a date is one control with several stops.
# WCAG 2.2, 2.4.11: some of it can be seen, whatever sticks to the edges of the window; 2.4.7: and it shows.
STEP = """() => {
  const here = document.activeElement;
  if (!here || here === document.body || here === document.documentElement) return null;
  const last = walked.at(-1), name = here.outerHTML.slice(0, 100);
  if (here === last) return here.type === "date" || here.type === "time" ? [] : [`the focus stays on ${name}`];
  if (walked.includes(here)) return here === walked[0] ? null : [`the focus comes back to ${name}`];
  walked.push(here);
  const wrong = [];
  if (last && !(last.compareDocumentPosition(here) & Node.DOCUMENT_POSITION_FOLLOWING))
    wrong.push(`the focus goes back to ${name}`);
  const shown = here.closest("label") ?? here, box = shown.getBoundingClientRect();
  const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
  const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
  const open = [0.05, 0.5, 0.95].some((x) => [0.05, 0.5, 0.95].some((y) => {
    const at = document.elementFromPoint(left + x * (right - left), top + y * (bottom - top));
    return right > left && bottom > top && at && shown.contains(at);
  }));
  if (!open) wrong.push(`nothing is seen of ${name}`);
  const marked = [here, shown, shown.querySelector("span"), here.nextElementSibling].filter(Boolean).some((one) => {
    const style = getComputedStyle(one);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
  if (!marked) wrong.push(`nothing marks the focus on ${name}`);
  return wrong;
}"""
# What could be reached and was not. Of radio buttons of one name one is reached.
MISSED = """() => [...document.querySelectorAll(
  "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0'], [contenteditable=true]"
)].filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.tabIndex >= 0
  && !one.closest("[inert]") && !walked.includes(one)
  && !(one.type === "radio" && walked.some((other) => other.type === "radio" && other.name === one.name))
).map((one) => one.outerHTML.slice(0, 100))"""


def obstacles(page: Page) -> Iterator[str]:
    """What is in the way of somebody with a keyboard on the page as it stands, at 200 %."""
    before = page.viewport_size
    page.set_viewport_size(ZOOMED)
    if (beyond := page.evaluate(BEYOND)) > 0:
        yield f"{beyond} pixels too wide at 200 %"
    page.evaluate(BEGIN)
    for _ in range(MOST):
        page.keyboard.press("Tab")
        found = page.evaluate(STEP)
        if found is None:
            missed = page.evaluate(MISSED)
            yield from (f"the focus never comes to {name}" for name in missed[:3])
            break
        yield from found
        if found and "comes back" in found[0]:
            break
    if before:
        page.set_viewport_size(before)
