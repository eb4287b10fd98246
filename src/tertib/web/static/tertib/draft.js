// Writing a draft: kept while it is typed, one window with the pen, the paper beside it. The form works without it.
(function () {
  "use strict";
  const form = document.getElementById("draft"), said = document.getElementById("draft-says");
  if (!form || !said || !window.fetch) return;
  const words = JSON.parse(said.textContent), find = (name) => form.elements.namedItem(name);
  const key = "tertib.draft:" + form.dataset.who + ":" + (form.dataset.matter || "new" + (find("balas") ? find("balas").value : ""));
  // A window's name; kept only over the reload after it took the pen, so that a duplicated tab is another window.
  let mine = Math.random().toString(36).slice(2) + Date.now().toString(36);
  try { mine = sessionStorage.getItem("tertib.window") || mine; sessionStorage.removeItem("tertib.window"); } catch (e) { /* forbidden */ }
  const AREAS = "#id_body, #id_closing", PAUSE = 1200, LONGEST = 5000, ANSWER = 400;
  find("window").value = mine;

  // Where it says how safe the text is.
  const state = document.createElement("p");
  state.className = "save-state small"; state.setAttribute("role", "status");
  form.prepend(state);
  const say = (text, kind) => { if (state.textContent !== text) state.textContent = text; state.dataset.kind = kind || ""; };

  say(words.ready);
  const edit = () => form.querySelectorAll(AREAS).forEach((area) => { if (!area.editor && window.tertibEditor) window.tertibEditor.attach(area, words); });
  edit();

  const OWN = ["csrfmiddlewaretoken", "version", "copy", "revision", "window", "then"];
  const typed = () => Array.from(new FormData(form).entries()).filter(([n, v]) => !OWN.includes(n) && !/^(look|answer_)/.test(n) && typeof v === "string");
  const post = (url, more, signal) => {
    const data = new URLSearchParams(new FormData(form));
    Object.entries(more || {}).forEach(([n, v]) => data.set(n, v));
    return fetch(url, { method: "POST", body: data, signal: signal, headers: { Accept: "application/json" }, credentials: "same-origin" });
  };

  // In this browser, until the server has it.
  const store = {
    // What is secret is kept by the server only.
    put() { const level = find("security"); if (level && +level.value >= 2) { this.drop(); return; } try { localStorage.setItem(key, JSON.stringify({ at: Date.now(), typed: typed() })); } catch (e) { /* full or forbidden */ } },
    get() { try { return JSON.parse(localStorage.getItem(key)); } catch (e) { return null; } },
    drop() { try { localStorage.removeItem(key); } catch (e) { /* forbidden */ } },
  };

  let locked = "over" in form.dataset, dirty = false, since = 0, busy = null, timer = 0, waiting = null, leaving = false, has = false;
  let before = JSON.stringify(typed());

  function touched() {
    if (locked) return;
    const now = JSON.stringify(typed());
    if (now === before) return;
    before = now;
    if (!dirty) { dirty = true; since = Date.now(); say(words.typing); }
    store.put();
    clearTimeout(timer);
    timer = setTimeout(keep, Math.max(0, Math.min(PAUSE, since + LONGEST - Date.now())));
    preview();
  }

  async function keep() {
    clearTimeout(timer);
    if (!dirty || busy || locked) return;
    const sent = before;
    dirty = false;
    say(words.saving);
    busy = post(form.dataset.keep);
    let wait = 0;
    try {
      const answer = await busy, type = answer.headers.get("Content-Type") || "";
      if (answer.redirected || answer.status === 401 || !type.includes("json")) { dirty = true; say(words.signed_out, "bad"); wait = 15000; }
      else {
        const data = await answer.json();
        if (data.copy) {
          find("copy").value = data.copy; find("revision").value = data.revision;
          // What was typed while the server answered is not what it has.
          if (before === sent || data.aside) say(data.said, data.aside ? "bad" : "ok"); else say(words.typing);
          if (before === sent) store.drop();
          if (data.aside) look("look"); else holds();
        } else {
          dirty = true;
          say((data.problems || []).map((p) => (p.what + " " + p.mend).trim()).join(" "), "bad");
          if (answer.status >= 500) wait = 5000;
        }
      }
    } catch (e) { dirty = true; say(words.offline, "bad"); wait = 5000; }
    busy = null;
    if (waiting) { const go = waiting; waiting = null; leaving = true; form.requestSubmit(go === form ? undefined : go); return; }
    if (dirty && (before !== sent || wait)) { since = Date.now(); timer = setTimeout(keep, wait || PAUSE); }
  }

  form.addEventListener("input", (e) => { if (!/^(look|answer_)/.test(e.target.name || "")) touched(); });
  form.addEventListener("change", touched);
  document.body.addEventListener("htmx:afterSwap", (e) => { if (form.contains(e.target)) { edit(); touched(); } });
  // A row that was added, moved or removed takes the button that did it along: one goes on where rows are added.
  const rows = document.createElement("p");
  rows.className = "unseen"; rows.setAttribute("role", "status");
  form.prepend(rows);
  document.body.addEventListener("htmx:afterSettle", (e) => {
    const asked = e.detail.requestConfig && e.detail.requestConfig.elt, place = asked && /^(add|drop|up)_|^usual_chain$/.test(asked.name || "") && document.getElementById(e.detail.target.id);
    if (!place || (document.activeElement && document.activeElement !== document.body)) return;
    const fresh = Array.from(place.querySelectorAll("[name=to_name]:not([type=hidden])")).pop();
    (/^(body|citizen):$/.test(asked.value) && fresh ? fresh : place.querySelector("input[type=search]")).focus();
    rows.textContent = words[asked.name.split("_")[0]].replace("%s", place.querySelectorAll(".rows > li").length);
  });
  window.addEventListener("online", keep);

  // A version is made of everything: what is under way is waited for. The browser's copy goes with the answer.
  form.addEventListener("submit", (e) => {
    const button = e.submitter;
    if (button && button.formTarget === "_blank") return;
    if (busy && !leaving) { e.preventDefault(); waiting = button || form; return; }
    leaving = true;
    clearTimeout(timer);
    const version = !button || !button.name || button.name === "then" || button.name === "over";
    if (version) { try { sessionStorage.setItem("tertib.sent", key); } catch (x) { /* forbidden */ } }
  });

  // What did not arrive before a crash is offered; what the page already shows is no news.
  function choices(box, text, buttons) {
    box.querySelector("b").textContent = text;
    const row = box.querySelector("[data-choices]");
    row.textContent = "";
    buttons.forEach(([label, act]) => { const b = document.createElement("button"); b.type = "button"; b.className = "button"; b.textContent = label; b.addEventListener("click", act); row.append(b); });
    box.classList.add("warn");
    box.hidden = false;
  }
  function restore(kept) {
    const back = document.createElement("form");
    back.method = "post"; back.hidden = true; back.action = location.href;
    const add = (n, v) => { const i = document.createElement("input"); i.type = "hidden"; i.name = n; i.value = v; back.append(i); };
    kept.typed.forEach(([n, v]) => add(n, v));
    OWN.slice(0, 4).forEach((n) => { if (find(n)) add(n, find(n).value); });
    add("change", "1");
    document.body.append(back);
    leaving = true;
    back.submit();
  }
  // Windows of one browser know of each other: what another one is writing, and keeps, is nothing to restore or throw away.
  const line = window.BroadcastChannel ? new BroadcastChannel(key) : { postMessage() {} };
  const writes = () => !locked && state.dataset.kind !== "bad" && (dirty || !!busy || has || !!find("copy").value);
  line.onmessage = (e) => {
    if (e.data.ask && writes()) line.postMessage({ to: e.data.ask, copy: find("copy").value });
    if (e.data.to === mine) elsewhere(e.data.copy);
  };
  let written = false;
  function elsewhere(copy) {
    written = true;
    document.querySelectorAll("[data-copy]").forEach((b) => {
      if (b.dataset.copy !== copy) return;
      const note = document.createElement("b");
      note.textContent = words.elsewhere;
      b.querySelector("form").replaceWith(note);
    });
    // Of a draft the pen says it, with the way to go on here.
    document.getElementById("unsaved").hidden = true;
  }
  line.postMessage({ ask: mine });
  const clock = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  (function offer() {
    let sent = "";
    try { sent = sessionStorage.getItem("tertib.sent") || ""; sessionStorage.removeItem("tertib.sent"); } catch (e) { /* forbidden */ }
    const kept = store.get();
    const arrived = sent === key && !document.querySelector(".summary") && !("dirty" in form.dataset);
    if (!kept || !Array.isArray(kept.typed) || arrived || JSON.stringify(kept.typed) === before) { if (!("dirty" in form.dataset)) store.drop(); }
    else if (!("dirty" in form.dataset)) setTimeout(() => {
      const box = document.getElementById("unsaved");
      // Another window may have brought it to the server meanwhile.
      if (written || !store.get()) return;
      choices(box, words.unsaved.replace("%s", clock(kept.at)), [
        [words.restore, () => restore(kept)],
        [words.discard, () => { store.drop(); box.hidden = true; const root = form.querySelector(".surface"); if (root) root.focus(); }],
      ]);
    }, window.BroadcastChannel ? ANSWER : 0);
    if ("dirty" in form.dataset && !locked) { dirty = true; since = Date.now(); store.put(); say(words.typing); timer = setTimeout(keep, 200); }
  })();

  // Who holds the pen.
  const box = document.getElementById("pen");
  let beat = 0, poll = 0;
  function holds() { has = true; box.hidden = true; if (form.dataset.pen && !beat) beat = setInterval(() => look("take"), 20000); }
  function lock() {
    if (locked) return;
    // What another hand is writing is not thrown away from here.
    document.querySelectorAll("[data-discard]").forEach((b) => { b.hidden = true; });
    locked = true; has = false;
    clearInterval(beat); beat = 0; clearTimeout(timer);
    form.querySelectorAll(AREAS).forEach((a) => { if (a.editor) a.editor.lock(); });
    form.querySelectorAll("input, textarea, select, button").forEach((n) => { if (n.type === "hidden") return; if (n.readOnly === false && /^(text|textarea|search)$/.test(n.type)) n.readOnly = true; else n.disabled = true; });
  }
  async function look(what) {
    if (!form.dataset.pen) return;
    if (what === "over") leaving = true;
    let data;
    try {
      const answer = await post(form.dataset.pen, { do: what });
      if (!answer.ok) return;
      data = await answer.json();
    } catch (e) { return; }
    if (what === "over") { try { sessionStorage.setItem("tertib.window", mine); } catch (e) { /* forbidden */ } location.reload(); return; }
    if (data.mine) { holds(); return; }
    if (data.free) {
      if (locked) { clearInterval(poll); choices(box, words.free, [[words.reload, () => location.reload()]]); }
      else { box.hidden = true; has = false; clearInterval(beat); beat = 0; }
      return;
    }
    if (dirty && has) await keep();
    lock();
    choices(box, data.said, [[data.own ? words.here : words.take, () => look("over")]]);
    if (!poll) poll = setInterval(() => look("look"), 15000);
  }
  if (form.dataset.pen && !locked) look("look");
  addEventListener("pagehide", () => {
    if (dirty && !locked && !leaving) { const data = new FormData(form); navigator.sendBeacon(form.dataset.keep, new URLSearchParams(data)); }
    if (has) { const data = new URLSearchParams(new FormData(form)); data.set("do", "leave"); navigator.sendBeacon(form.dataset.pen, data); }
  });
  addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });

  // The paper beside the form: renewed after a pause, one at a time; the last good one stays until the next is there.
  const wide = matchMedia("(min-width: 62rem)"), paper = document.getElementById("preview");
  const auto = () => wide.matches && !(navigator.connection && navigator.connection.saveData);
  const trouble = document.createElement("div"), note = document.createElement("p");
  trouble.className = "trouble"; trouble.setAttribute("aria-live", "polite"); note.className = "unseen"; note.setAttribute("role", "status");
  paper.before(note);
  let drawing = false, again = 0, seen = "";
  function preview(soon) { clearTimeout(again); if (auto() && !locked) again = setTimeout(draw, soon ? 100 : 1000); }
  async function draw() {
    if (drawing) { again = setTimeout(draw, 500); return; }
    const now = JSON.stringify(typed());
    if (now === seen) return;
    drawing = true; paper.setAttribute("aria-busy", "true");
    try {
      const data = new URLSearchParams(new FormData(form));
      data.set("later", "1");
      const answer = await fetch(form.dataset.preview, { method: "POST", body: data, headers: { "HX-Request": "true" }, credentials: "same-origin" });
      if (answer.status === 204 || answer.status === 503) again = setTimeout(draw, 2000);
      else if (answer.ok && !answer.redirected) { seen = now; show(await answer.text()); }
    } catch (e) { /* the next change tries again */ }
    drawing = false; paper.removeAttribute("aria-busy");
  }
  function show(html) {
    const page = new DOMParser().parseFromString(html, "text/html"), problems = page.querySelector(".problems");
    trouble.textContent = "";
    form.querySelectorAll(".surface .wrong-block").forEach((n) => { n.classList.remove("wrong-block"); n.removeAttribute("title"); });
    if (problems) {
      trouble.append(document.importNode(problems, true));
      paper.prepend(trouble);
      problems.querySelectorAll("li[data-field]").forEach((li) => {
        const area = document.getElementById("id_" + li.dataset.field), at = area && area.editor && li.dataset.block !== "" && area.editor.block(+li.dataset.block);
        if (at) { at.classList.add("wrong-block"); at.title = li.textContent; }
      });
    }
    if (page.querySelector("img")) {
      const at = [paper.scrollTop, scrollY];
      paper.replaceChildren(...(problems ? [trouble] : []), ...Array.from(page.body.childNodes, (n) => document.importNode(n, true)).filter((n) => !(n.classList && n.classList.contains("problems"))));
      paper.scrollTop = at[0];
      if (scrollY !== at[1]) scrollTo(scrollX, at[1]);
    }
  }
  if (!paper.querySelector("img") || form.dataset.dirty !== undefined || find("copy").value) preview(true);

  // From a remark to its paragraph.
  document.querySelectorAll(".noted .quoted").forEach((q) => {
    const area = document.getElementById("id_" + q.dataset.part.split(".")[0]);
    if (!area || !area.editor) return;
    q.tabIndex = 0; q.setAttribute("role", "link");
    const go = () => { const at = area.editor.find(q.dataset.quote); if (!at) return; area.editor.root.focus(); getSelection().collapse(at, 0); at.scrollIntoView({ block: "center" }); };
    q.addEventListener("click", go);
    q.addEventListener("keydown", (e) => { if (e.key === "Enter") { e.preventDefault(); go(); } });
  });
})();
