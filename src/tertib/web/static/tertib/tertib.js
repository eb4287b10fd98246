// Keyboard, dismissing and busy buttons. Every page works without it.
(function () {
  "use strict";
  const typing = (e) => e.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog");
  // Who speaks to their computer may have switched single letters off.
  const off = document.documentElement.dataset.keys === "off";
  // What lies folded away can't have the focus.
  const lines = () => Array.from(document.querySelectorAll("[data-line]")).filter((one) => !one.closest("details:not([open]) > :not(summary)"));

  function step(by) {
    const all = lines();
    if (!all.length) return;
    const item = document.activeElement.closest("li");
    const at = all.findIndex((one) => one === document.activeElement || (item && item.contains(one)));
    const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  let going = 0;
  document.addEventListener("keydown", (e) => {
    if (e.key === "Escape") {
      document.querySelectorAll("details.drop[open]").forEach((d) => { d.open = false; d.querySelector("summary").focus(); });
      if (typing(e)) e.target.blur();
      return;
    }
    if (off || typing(e) || e.ctrlKey || e.metaKey || e.altKey || e.key.length !== 1) return;
    const goes = Date.now() - going < 1500;
    going = e.key === "g" && !goes ? Date.now() : 0;
    if (going) return;
    if (goes) {
      const place = document.querySelector('[data-go="' + CSS.escape(e.key) + '"]');
      if (place) { e.preventDefault(); location.href = place.href; }
      return;
    }
    // The page itself may have something better to do with it.
    if (!document.dispatchEvent(new CustomEvent("tertib:key", { detail: e.key, cancelable: true }))) { e.preventDefault(); return; }
    // Where there are no lines, the same keys go to the next and the previous letter.
    if ((e.key === "j" || e.key === "k") && lines().length) { e.preventDefault(); step(e.key === "j" ? 1 : -1); return; }
    if (e.key === "?") { e.preventDefault(); document.dispatchEvent(new CustomEvent("tertib:keys")); return; }
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

  // Enter in the search of a picker looks there; it would send the whole form. Without script the server does the same,
  // by the name of the button that Enter presses, which must not catch Enter in the other fields.
  document.querySelectorAll("[data-enter]").forEach((button) => button.removeAttribute("name"));
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || e.isComposing || !e.target.matches("form[method=post] [name^=look]")) return;
    e.preventDefault();
    // Posts are found without the rest of the form.
    if (window.htmx && e.target.hasAttribute("hx-get")) e.target.dispatchEvent(new Event("look"));
    else e.target.parentElement.querySelector("button").click();
  });

  // Who opens a field to write in begins to write.
  document.addEventListener("toggle", (e) => {
    if (e.target.open && e.target.matches("[data-write]")) e.target.querySelector("textarea").focus();
  }, true);

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
    forget(() => true);
    if (!e.defaultPrevented && "serviceWorker" in navigator && "PushManager" in window) { e.preventDefault(); unpushed(e.target); }
  });
  // Nor is it told any more of what arrives for who has left. A push service that doesn't answer keeps nobody here.
  async function unpushed(form) {
    const end = async () => {
      const worker = await navigator.serviceWorker.getRegistration("/");
      if (!worker) return;
      const told = await worker.pushManager.getSubscription();
      if (!told) return;
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: "endpoint", value: told.endpoint });
      form.append(field);
      (await worker.getNotifications()).forEach((one) => one.close());
      await told.unsubscribe();
    };
    try { await Promise.race([end(), new Promise((done) => { setTimeout(done, 2000); })]); } catch (x) { /* there is none */ }
    form.submit();
  }
  function forget(which) {
    [["localStorage", "tertib.draft:"], ["sessionStorage", "tertib.typed:"]].forEach(([place, kind]) => {
      try { Object.keys(window[place]).filter((k) => k.startsWith(kind) && which(k)).forEach((k) => window[place].removeItem(k)); } catch (x) { /* forbidden */ }
    });
  }
  const me = document.body.dataset.me, dayAgo = Date.now() - 864e5;
  const old = (k) => { try { return JSON.parse(localStorage.getItem(k) || sessionStorage.getItem(k)).at < dayAgo; } catch (x) { return true; } };
  // What is typed into a form stays in this tab until it went: a success leads elsewhere, a refusal and the way back don't.
  function went() {
    try {
      const key = sessionStorage.getItem("tertib.went"), came = performance.getEntriesByType("navigation")[0];
      sessionStorage.removeItem("tertib.went");
      return !("posted" in document.body.dataset) && came && came.redirectCount ? key : null;
    } catch (x) { return null; }
  }
  const done = went();
  forget((k) => {
    const mine = me && /^tertib\.(draft|typed):/.exec(k)[0] + me + ":";
    return k.startsWith("tertib.draft:") ? me && (!k.startsWith(mine) || old(k)) : !me || !k.startsWith(mine) || k === done || old(k);
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

  // A form that was refused stands at its own address: to come back to it asks for it anew and sends nothing again.
  const own = (f) => f.method === "post" && f.action === location.href.split("#")[0];
  if ("posted" in document.body.dataset && Array.from(document.querySelectorAll("main form")).some(own)) history.replaceState(null, "", location.href);

  // What was typed wrongly is where the reader wants to be.
  const summary = document.querySelector(".summary");
  if (summary) { summary.tabIndex = -1; summary.focus(); }
})();
