// Keyboard, dismissing and busy buttons. Every page works without it.
(function () {
  "use strict";
  const typing = (e) => e.target.closest("input, textarea, select, [contenteditable]");
  const lines = () => Array.from(document.querySelectorAll("[data-line]"));

  function step(by) {
    const all = lines();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (e) => {
    if (e.key === "Escape") {
      document.querySelectorAll("details.drop[open]").forEach((d) => { d.open = false; d.querySelector("summary").focus(); });
      if (typing(e)) e.target.blur();
      return;
    }
    if (typing(e) || e.ctrlKey || e.metaKey || e.altKey) return;
    // Where there are no lines, the same keys go to the next and the previous letter.
    if ((e.key === "j" || e.key === "k") && lines().length) { e.preventDefault(); step(e.key === "j" ? 1 : -1); return; }
    if (e.key === "?") { const help = document.querySelector("a[data-help], a[href='/bantuan/papan-ketik']"); if (help) location.href = help.href; return; }
    const found = document.querySelector('[data-key="' + CSS.escape(e.key) + '"]');
    if (!found || found.offsetParent === null) return;
    e.preventDefault();
    if (found.matches("input, textarea, select")) found.focus(); else found.click();
  });

  document.addEventListener("click", (e) => {
    const shut = e.target.closest("[data-shut]");
    if (shut) shut.closest(".notice").remove();
    document.querySelectorAll("details.drop[open]").forEach((d) => { if (!d.contains(e.target)) d.open = false; });
  });

  // A pressed button answers at once, and the same form isn't sent twice.
  document.addEventListener("submit", (e) => {
    if (e.target.method !== "post" || e.defaultPrevented) return;
    if (e.target.dataset.sent) { e.preventDefault(); return; }
    e.target.dataset.sent = "1";
    if (e.submitter) e.submitter.setAttribute("aria-busy", "true");
  });
  // Nothing anybody typed stays in the browser of a desk that others use.
  document.addEventListener("submit", (e) => {
    if (!/\/logout\/$/.test(e.target.action)) return;
    try { Object.keys(localStorage).filter((k) => k.startsWith("tertib.draft:")).forEach((k) => localStorage.removeItem(k)); } catch (x) { /* forbidden */ }
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((f) => { delete f.dataset.sent; });
    document.querySelectorAll("[aria-busy]").forEach((b) => b.removeAttribute("aria-busy"));
  });
  document.body.addEventListener("htmx:afterRequest", (e) => {
    const form = e.target.closest("form");
    if (form) { delete form.dataset.sent; form.querySelectorAll("[aria-busy]").forEach((b) => b.removeAttribute("aria-busy")); }
  });

  // Where tabs don't all fit, the open one is in sight.
  const tab = document.querySelector(".tabs [aria-current]");
  if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 16;

  // What was typed wrongly is where the reader wants to be.
  const summary = document.querySelector(".summary");
  if (summary) { summary.tabIndex = -1; summary.focus(); }
})();
