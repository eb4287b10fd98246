// What a live page does when something moved: a desk fetches itself anew, a letter says so. Who may see what is decided
// by the ordinary pages that are fetched. Every page works without it.
(function () {
  "use strict";
  const page = document.getElementById("live");
  if (!page || !window.fetch) return;
  const words = page.dataset;
  const list = document.getElementById("desk");
  const bar = document.getElementById("live-bar"), button = document.getElementById("live-again");
  const cut = document.getElementById("live-cut"), said = document.getElementById("live-said");
  const many = (name, count) => (count === 1 ? words[name + "One"] : words[name + "Many"].replace("%s", count));
  let at = Number(words.at), clock = words.clock, connected = true, over = false;
  let loading = false, wanted = false, loaded = Date.now(), waiting = null, handled = 0, pressed = false, shown = "";

  function show(html, press) {
    if (html !== shown) bar.innerHTML = shown = html;
    button.hidden = !html;
    if (html) button.onclick = press;
    page.classList.toggle("says", !!(html || cut.textContent));
  }
  function tellLine() {
    const text = connected || over ? "" : words.cut.replace("%s", clock);
    if (cut.textContent !== text) cut.textContent = text;
    page.classList.toggle("says", !!(shown || text));
  }
  function signedOut() {
    over = true;
    tellLine();
    show(words.out, () => location.reload());
  }
  const escaped = (text) => { const span = document.createElement("span"); span.textContent = text; return span.innerHTML; };

  // ---- A letter: what happened, and a button. The paper under somebody's hands stays as it is.
  async function news() {
    wanted = false;
    const answer = await fetch(words.news, { headers: { "HX-Request": "true" } });
    if (answer.status === 204) { signedOut(); return; }
    const text = answer.ok ? (await answer.text()).trim() : words.moved;
    if (text) show(text, () => location.reload());
  }

  // ---- A desk: its list is fetched and put in place, unless somebody is busy with it.
  const lines = (place) => [...place.querySelectorAll("[data-line]")];
  const key = (element) => element.getAttribute("href");
  const late = (place) => new Set(lines(place).filter((one) => one.querySelector(".clock.late")).map(key));
  const news_of = new Map(); // which lines are new, and since when

  function busy() {
    const active = document.activeElement;
    const chosen = getSelection();
    return pressed || Date.now() - handled < 800
      || !!(active && active.matches("input, textarea, select, [contenteditable]"))
      || !!document.querySelector("details.drop[open], dialog[open]")
      || !!list.querySelector("input:checked, details[open]")
      || !!(chosen && !chosen.isCollapsed && list.contains(chosen.anchorNode));
  }
  function arrivals(fresh) {
    const old = lines(list).map(key), now = lines(fresh).map(key);
    // Where the page is full, what moves up from the next one is not new.
    const last = old.length >= 100 ? Math.max(...now.map((one, place) => (old.includes(one) ? place : -1))) : now.length;
    return now.filter((one, place) => place < last && !old.includes(one));
  }
  function put(fresh) {
    waiting = null;
    const came = arrivals(fresh), before = late(list), known = new Set(lines(list).map(key));
    const lapsed = [...late(fresh)].filter((one) => known.has(one) && !before.has(one));
    came.forEach((one) => news_of.set(one, Date.now()));
    const active = list.contains(document.activeElement) ? document.activeElement : null;
    const place = active ? lines(list).indexOf(active) : -1;
    const anchor = active || (scrollY > 80 && lines(list).find((one) => one.getBoundingClientRect().bottom > 64));
    const name = anchor && key(anchor), top = anchor && anchor.getBoundingClientRect().top;
    list.replaceChildren(...fresh.childNodes);
    lines(list).forEach((one) => {
      if (Date.now() - (news_of.get(key(one)) || 0) > 600000) return;
      const mark = document.createElement("span");
      mark.className = "fresh";
      mark.textContent = words.new;
      one.querySelector(".subject").prepend(mark);
    });
    if (window.htmx) window.htmx.process(list);
    const found = name && list.querySelector('[href="' + CSS.escape(name) + '"]');
    const next = found || (place >= 0 && lines(list)[Math.min(place, lines(list).length - 1)]) || null;
    if (active && next) next.focus({ preventScroll: true });
    if (found && scrollY > 0) scrollBy(0, found.getBoundingClientRect().top - top);
    show("");
    if (came.length || lapsed.length) said.textContent = [came.length && many("new", came.length), lapsed.length && many("late", lapsed.length)].filter(Boolean).join(". ");
  }
  function offer() {
    if (!waiting) return;
    if (!busy()) { put(waiting.fresh); return; }
    if (Date.now() - waiting.since < 1500) return;
    const came = arrivals(waiting.fresh).length;
    show(escaped(came ? many("new", came) : words.changed), () => { button.blur(); put(waiting.fresh); });
  }
  async function refresh() {
    if (loading) return;
    loading = true;
    wanted = false;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error();
      const made = new DOMParser().parseFromString(await answer.text(), "text/html");
      const other = made.getElementById("live"), fresh = made.getElementById("desk");
      // Signed out, or somebody else is signed in by now: theirs must not get under this one's name.
      if (!other || other.dataset.who !== words.who) { signedOut(); return; }
      at = Number(other.dataset.at);
      clock = other.dataset.clock;
      plan(fresh);
      tellLine();
      waiting = { fresh: document.adoptNode(fresh), since: waiting ? waiting.since : Date.now() };
      offer();
    } catch {
      wanted = true;
    } finally {
      loading = false;
      loaded = Date.now();
    }
  }

  // The next moment at which something lapses. Many desks have the same, so each comes a little later by chance.
  let due = Infinity;
  function plan(place) { due = Date.now() + Number(place.dataset.next) * 1000 + Math.random() * 6000; }

  function tick() {
    if (over || document.hidden) return;
    const age = Date.now() - loaded;
    if (list) {
      if (Date.now() > due) { due = Infinity; wanted = true; }
      // How much time is left is told in words, which grow old; without a line this is all there is.
      if (age > (connected ? 600000 : 60000) && navigator.onLine !== false) wanted = true;
      if (wanted && age > 1000) refresh();
      offer();
    } else if (wanted) {
      news().catch(() => { wanted = true; });
    }
  }
  document.addEventListener("tertib:moved", ({ detail }) => {
    if (detail.at <= at || !(list ? detail.desk : detail.matters.includes(words.matter))) return;
    wanted = true;
    tick();
  });
  document.addEventListener("tertib:line", ({ detail }) => { connected = detail.on; tellLine(); });
  document.addEventListener("tertib:out", signedOut);
  document.addEventListener("visibilitychange", tick);
  setInterval(tick, 500);
  if (list) {
    plan(list);
    const touch = () => { handled = Date.now(); };
    ["pointermove", "keydown", "wheel", "touchmove"].forEach((kind) => list.addEventListener(kind, touch, { passive: true }));
    list.addEventListener("pointerdown", () => { pressed = true; });
    ["pointerup", "pointercancel"].forEach((kind) => addEventListener(kind, () => { pressed = false; }));
  }
})();
