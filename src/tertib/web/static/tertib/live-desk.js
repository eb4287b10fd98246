// A desk that something moved on fetches itself anew and puts its list in place, unless somebody is busy with it. Who
// may see what is decided by the ordinary page that is fetched.
(function () {
  "use strict";
  const live = window.tertibLive, list = document.getElementById("desk");
  if (!live || !list) return;
  const words = live.words, said = document.getElementById("live-said");
  const many = (name, count) => (count === 1 ? words[name + "One"] : words[name + "Many"].replace("%s", count));
  const lines = (place) => [...place.querySelectorAll("[data-line]")];
  // Behind the question mark stands where the line lies, which moves with its clock.
  const key = (element) => element.pathname;
  const late = (place) => new Set(lines(place).filter((one) => one.querySelector(".clock.late")).map(key));
  const marked = new Map(); // which lines are new, and since when
  let loaded = Date.now(), waiting = null, handled = 0, pressed = false;

  function busy() {
    const active = document.activeElement, chosen = getSelection();
    return pressed || Date.now() - handled < 800
      || !!(active && active.matches("input, textarea, select, [contenteditable]"))
      || !!document.querySelector("details.drop[open], dialog[open]")
      || !!list.querySelector("input:checked, details[open], [data-busy]")
      || !!(chosen && !chosen.isCollapsed && list.contains(chosen.anchorNode));
  }
  function arrivals(fresh) {
    const old = lines(list).map(key), now = lines(fresh).map(key);
    // Where the page is full, what moves up from the next one is not new.
    const last = old.length >= 100 ? Math.max(...now.map((one, place) => (old.includes(one) ? place : -1))) : now.length;
    return now.filter((one, place) => place < last && !old.includes(one));
  }
  function mark(line) {
    if (Date.now() - (marked.get(key(line)) || 0) > 600000) return;
    const word = document.createElement("span");
    word.className = "fresh";
    word.textContent = words.new;
    line.querySelector(".subject").prepend(word);
  }
  function put(fresh) {
    waiting = null;
    const came = arrivals(fresh), before = late(list), known = new Set(lines(list).map(key));
    const lapsed = [...late(fresh)].filter((one) => known.has(one) && !before.has(one));
    came.forEach((one) => marked.set(one, Date.now()));
    const active = list.contains(document.activeElement) ? document.activeElement : null;
    const place = active ? lines(list).indexOf(active) : -1;
    const anchor = active || (scrollY > 80 && lines(list).find((one) => one.getBoundingClientRect().bottom > 64));
    const name = anchor && key(anchor), top = anchor && anchor.getBoundingClientRect().top;
    const chosen = new Set([...list.querySelectorAll("input:checked")].map((one) => one.value.split(":")[0]));
    list.replaceChildren(...fresh.childNodes);
    // What was chosen stays so, as it is now: whoever looks at it sees what has moved.
    list.querySelectorAll(".pick input").forEach((one) => { one.checked = chosen.has(one.value.split(":")[0]); });
    lines(list).forEach(mark);
    if (window.htmx) window.htmx.process(list);
    const found = name && [...list.querySelectorAll("[href]")].find((one) => key(one) === name);
    const next = found || (place >= 0 && lines(list)[Math.min(place, lines(list).length - 1)]) || null;
    if (active && next) next.focus({ preventScroll: true });
    if (found && scrollY > 0) scrollBy(0, found.getBoundingClientRect().top - top);
    live.show("");
    document.dispatchEvent(new CustomEvent("tertib:put"));
    if (came.length || lapsed.length) said.textContent = [came.length && many("new", came.length), lapsed.length && many("late", lapsed.length)].filter(Boolean).join(". ");
  }
  function offer() {
    if (!waiting) return;
    if (!busy()) { put(waiting.fresh); return; }
    if (Date.now() - waiting.since < 1500) return;
    const came = arrivals(waiting.fresh).length;
    live.show(came ? many("new", came) : words.changed, () => {
      put(waiting.fresh);
      // The button that was pressed is gone.
      (list.querySelector(".fresh") ? list.querySelector(".line:has(.fresh)") : document.getElementById("main")).focus();
    });
  }
  async function refresh() {
    loaded = Date.now();
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error();
    const made = new DOMParser().parseFromString(await answer.text(), "text/html");
    const other = made.getElementById("live"), fresh = made.getElementById("desk");
    // Signed out, or somebody else is signed in by now: theirs must not get under this one's name.
    if (!fresh || other.dataset.who !== words.who) { live.signedOut(); return; }
    live.at = Number(other.dataset.at);
    live.clock = other.dataset.clock;
    plan(fresh);
    live.tellLine();
    waiting = { fresh: document.adoptNode(fresh), since: waiting ? waiting.since : Date.now() };
    offer();
  }

  // The next moment at which something lapses. Many desks have the same, so each comes a little later by chance.
  let due = Infinity;
  function plan(place) { due = Date.now() + Number(place.dataset.next) * 1000 + Math.random() * 6000; }

  live.concerns = (moved) => moved.desk;
  live.work = refresh;
  live.tick = () => {
    const age = Date.now() - loaded;
    if (Date.now() > due) { due = Infinity; live.wanted = true; }
    // How much time is left is told in words, which grow old; without a line this is all there is.
    if (age > (live.isConnected() ? 600000 : 60000) && navigator.onLine !== false) live.wanted = true;
    offer();
  };
  plan(list);
  const touch = () => { handled = Date.now(); };
  ["pointermove", "keydown", "wheel", "touchmove"].forEach((kind) => list.addEventListener(kind, touch, { passive: true }));
  list.addEventListener("pointerdown", () => { pressed = true; });
  ["pointerup", "pointercancel"].forEach((kind) => addEventListener(kind, () => { pressed = false; }));
})();
