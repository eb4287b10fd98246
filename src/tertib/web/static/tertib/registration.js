// Registration by keys alone: senders and subjects of the past, what the scan proposes, the next letter by one chord.
(function () {
  "use strict";
  const form = document.getElementById("register");
  if (!form) return;
  document.documentElement.classList.add("scripted");
  form.querySelectorAll("[data-keys]").forEach((part) => { part.hidden = false; });
  const field = (name) => form.elements[name];
  const changed = (input) => { input.dispatchEvent(new Event("input", { bubbles: true })); input.dispatchEvent(new Event("change", { bubbles: true })); };

  function fill(values) {
    Object.entries(values).forEach(([name, value]) => {
      const input = field(name);
      if (!input) return;
      if (input instanceof RadioNodeList) {
        Array.from(input).forEach((radio) => { radio.checked = radio.value === value; });
      } else input.value = value;
    });
  }

  // Names of the past: a combobox as screen readers know it.
  form.querySelectorAll("[data-past]").forEach((box) => {
    const input = box.querySelector("input");
    const list = document.createElement("ul");
    const told = document.createElement("span");
    list.className = "past"; list.id = input.id + "_past"; list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", box.dataset.list);
    told.className = "unseen"; told.setAttribute("role", "status");
    input.closest(".field").append(list, told);
    input.closest(".field").style.position = "relative";
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    input.autocomplete = "off";
    let timer = 0, asked = 0;
    // Keys pressed before the names are there count for them: whoever types fast must not send the form instead.
    let pending = false, ahead = 0, taken = false;
    const options = () => Array.from(list.children);
    const marked = () => list.querySelector('[aria-selected="true"]');

    function show(open) {
      list.hidden = !open;
      input.setAttribute("aria-expanded", String(open));
      if (!open) { mark(null); told.textContent = ""; }
    }
    function mark(option) {
      options().forEach((other) => other.setAttribute("aria-selected", String(other === option)));
      if (option) { input.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
      else input.removeAttribute("aria-activedescendant");
    }
    function choose(option) {
      fill(JSON.parse(option.dataset.fill));
      show(false);
      asked += 1;
      list.textContent = "";
      input.dispatchEvent(new Event("change", { bubbles: true }));
      // Of a unit or government the name stands in a list, and its field is gone.
      if (!input.offsetParent) { const shown = [field("sender_unit"), field("sender_government")].find((other) => other.offsetParent); if (shown) shown.focus(); }
      proposals();
    }
    function look() {
      const text = input.value.trim(), number = (asked += 1);
      if (text.length < 2) { pending = false; list.textContent = ""; show(false); return; }
      const asks = new URLSearchParams({ q: text, unit: field("unit").value });
      if (box.dataset.with) asks.set(box.dataset.with, field(box.dataset.with).value);
      fetch(box.dataset.past + "?" + asks, { headers: { "HX-Request": "true" } })
        .then((answer) => (answer.ok ? answer.text() : "")).then((html) => {
          if (number !== asked) return;
          pending = false;
          if (document.activeElement !== input) return;
          list.innerHTML = html;
          const count = options().length;
          show(count > 0);
          told.textContent = count ? box.dataset.found.replace("#", count) : "";
          if (count && ahead) {
            const option = options()[Math.min(ahead, count) - 1];
            if (taken) choose(option); else mark(option);
          }
          ahead = 0; taken = false;
        }).catch(() => { pending = false; show(false); });
    }
    input.addEventListener("input", (e) => { if (e.isTrusted) { pending = true; ahead = 0; taken = false; clearTimeout(timer); timer = setTimeout(look, 150); } });
    input.addEventListener("blur", () => setTimeout(() => show(false), 150));
    list.addEventListener("mousedown", (e) => { const option = e.target.closest("li"); if (option) { e.preventDefault(); choose(option); } });
    input.addEventListener("keydown", (e) => {
      const all = options(), at = all.indexOf(marked());
      if (pending && input.value.trim().length > 1 && (e.key === "ArrowDown" || (e.key === "Enter" && !e.ctrlKey && ahead))) {
        e.preventDefault();
        if (e.key === "Enter") taken = true; else ahead += 1;
        return;
      }
      if ((e.key === "ArrowDown" || e.key === "ArrowUp") && all.length) {
        e.preventDefault();
        show(true);
        mark(all[(at + (e.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1) + all.length) % all.length]);
      } else if (e.key === "Enter" && !e.ctrlKey && at >= 0 && !list.hidden) { e.preventDefault(); choose(all[at]); }
      else if (e.key === "Escape" && !list.hidden) { e.preventDefault(); e.stopPropagation(); show(false); }
    });
  });

  // The same letter of the same sender is told as soon as both are there.
  const twin = document.getElementById("twin");
  const marks = ["number", "sender_name", "sender_unit", "sender_government"];
  let wait = 0, last = "";
  function seek() {
    const asks = new URLSearchParams({ unit: field("unit").value, sender_kind: field("sender_kind").value });
    marks.forEach((name) => asks.set(name, field(name).value));
    const box = document.getElementById("id_confirmed");
    if (String(asks) === last) return;
    last = String(asks);
    if (box && box.checked) asks.set("confirmed", box.value);
    const mine = last;
    fetch(twin.dataset.twin + "?" + asks, { headers: { "HX-Request": "true" } })
      .then((answer) => (answer.ok ? answer.text() : "")).then((html) => { if (mine === last) twin.innerHTML = html; })
      .catch(() => { last = ""; });
  }
  form.addEventListener("input", (e) => {
    if (marks.includes(e.target.name) && field("number").value.trim()) { clearTimeout(wait); wait = setTimeout(seek, 400); }
  });
  form.addEventListener("change", (e) => {
    if ((marks.includes(e.target.name) || e.target.name === "sender_kind") && field("number").value.trim()) seek();
  });

  // What the scan proposes stands below its field; the arrow down takes it, nothing is filled in by itself.
  const offersOf = (scan) => JSON.parse((scan && scan.dataset.proposals) || "{}");
  let offers = offersOf(document.getElementById("scan"));
  // Among choices the arrow moves by itself once somebody has chosen there.
  const chosen = new Set();
  const choices = (input) => input instanceof RadioNodeList || input.tagName === "SELECT";
  const one = (input) => (input instanceof RadioNodeList ? Array.from(input).find((radio) => radio.checked) || input[0] : input);
  function has(name, input) {
    // A letter is never proposed to be less secret than it is entered.
    if (name === "security") return Number(input.value) >= Number(offers[name].fill[name]);
    return choices(input) ? input.value === offers[name].fill[name] : input.value.trim() !== "";
  }
  function proposals() {
    form.querySelectorAll("[data-propose]").forEach((button) => {
      const name = button.dataset.propose, input = field(name), line = button.closest(".propose");
      const named = input instanceof RadioNodeList ? one(input).closest("fieldset") : input;
      line.hidden = !offers[name] || has(name, input);
      button.querySelector("[data-said]").textContent = offers[name] ? offers[name].said : "";
      button.querySelector("kbd").hidden = chosen.has(name);
      button.tabIndex = -1;
      // What was wrong with the field is said as well.
      const others = (named.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && id !== line.id);
      const told = line.hidden ? others : [...others, line.id];
      if (told.length) named.setAttribute("aria-describedby", told.join(" ")); else named.removeAttribute("aria-describedby");
    });
  }
  function take(button) {
    const name = button.dataset.propose, input = field(name);
    fill(offers[name].fill);
    if (choices(input)) chosen.add(name);
    changed(one(input));
    // Of a unit the name stands in a list, and the field of the name is gone.
    (one(input).offsetParent ? one(input) : field("sender_unit")).focus();
    proposals();
  }
  form.addEventListener("change", (e) => {
    if (e.isTrusted && e.target.name && choices(field(e.target.name))) { chosen.add(e.target.name); proposals(); }
  });
  form.addEventListener("click", (e) => {
    const button = e.target.closest("[data-propose]");
    if (button) { e.preventDefault(); take(button); }
  });
  form.addEventListener("input", proposals);
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || !(e.ctrlKey || e.metaKey)) return;
    e.preventDefault();
    form.requestSubmit(form.querySelector("[data-next]") || form.querySelector(".button.primary"));
  });
  form.addEventListener("keydown", (e) => {
    if (e.key !== "ArrowDown" || e.defaultPrevented || !e.target.name) return;
    const button = form.querySelector('[data-propose="' + e.target.name + '"]');
    if (!button || button.closest(".propose").hidden || chosen.has(e.target.name) || e.altKey) return;
    e.preventDefault();
    take(button);
  });

  // A form that is loaded anew, or come back to, comes empty. What is typed stays in this tab, with the scans the server
  // keeps, until the letter is registered or somebody signs out (`went` and `forget` in tertib.js). Of a secret letter
  // nothing stays; whoever leaves it is warned.
  const key = "tertib.typed:" + document.body.dataset.me + ":" + location.pathname, posted = "posted" in document.body.dataset;
  let unfinished = null, sent = false;
  const secret = () => Math.max(Number(field("security").value), offers.security ? Number(offers.security.fill.security) : 0) >= 2;
  const inputs = () => Array.from(form.elements).filter((input) => input.name && input.matches("input:not([type=hidden], [type=file], [type=checkbox]), select, textarea"));
  function differs(input) {
    if (input.type === "radio") return input.checked !== input.defaultChecked;
    const first = input.options && (Array.from(input.options).find((option) => option.defaultSelected) || input.options[0]);
    return input.value !== (input.options ? (first || input).value : input.defaultValue);
  }
  const begun = () => posted || inputs().some(differs);
  function keep() {
    if (unfinished && !begun()) return;
    const tokens = Array.from(document.querySelectorAll("#scan [name=kept]"), (kept) => kept.value);
    const typed = Object.fromEntries(inputs().map((input) => [input.name, field(input.name).value]));
    try {
      if (secret() || !begun()) sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, JSON.stringify({ at: Date.now(), typed: typed, kept: tokens }));
    } catch (x) { /* forbidden */ }
  }
  // Until the server has shown them again, the scans are in the form already: whoever is fast registers nothing without.
  function scans(tokens) {
    const scan = document.getElementById("scan"), place = document.querySelector("[data-drop-address]"), asks = new FormData();
    const ask = { pane: "1", again: "1", whole: "1", csrfmiddlewaretoken: form.querySelector("[name=csrfmiddlewaretoken]").value };
    Object.entries(ask).forEach(([name, value]) => asks.append(name, value));
    scan.querySelectorAll("[name=kept]").forEach((kept) => kept.remove());
    tokens.forEach((token) => {
      const kept = document.createElement("input");
      Object.assign(kept, { type: "hidden", name: "kept", value: token });
      kept.setAttribute("form", form.id);
      scan.append(kept);
      asks.append("kept", token);
    });
    fetch(place.dataset.dropAddress, { method: "POST", body: asks })
      .then((answer) => (answer.ok ? answer.text() : "")).then((html) => { if (html) arrived(html); }).catch(() => {});
  }
  function bring(held) {
    unfinished = null;
    fill(held.typed);
    form.querySelector("[data-restored]").hidden = false;
    if (held.kept.length) scans(held.kept);
    keep();
    proposals();
  }
  // Whoever comes here anew may have meant another letter.
  function offer(held) {
    const box = form.querySelector("[data-unfinished]"), left = document.getElementById("left");
    unfinished = held;
    box.querySelector("[data-what]").textContent = [held.typed.sender_name, held.typed.subject].filter(Boolean).join(": ");
    const decided = () => { box.hidden = true; left.hidden = false; };
    box.querySelector("[data-resume]").addEventListener("click", () => { decided(); bring(held); field("sender_name").focus(); });
    box.querySelector("[data-discard]").addEventListener("click", () => { decided(); unfinished = null; keep(); field("sender_name").focus(); });
    box.hidden = false;
    // Its scan comes back with it.
    left.hidden = held.kept.length > 0;
  }
  function begin() {
    const came = performance.getEntriesByType("navigation")[0];
    let held = null;
    try { held = JSON.parse(sessionStorage.getItem(key)); } catch (x) { /* forbidden */ }
    if (posted) keep();
    else if (held && held.typed && Array.isArray(held.kept)) { if (came && came.type !== "navigate") bring(held); else offer(held); }
  }
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("submit", () => { sent = true; try { sessionStorage.setItem("tertib.went", key); } catch (x) { /* forbidden */ } });
  addEventListener("pageshow", () => { sent = false; });
  addEventListener("beforeunload", (e) => { if (!sent && secret() && begun()) e.preventDefault(); });

  // A scan that came after the page did: it is shown beside the form, and what was typed stays.
  function arrived(html) {
    const held = document.createElement("template");
    held.innerHTML = html.trim();
    const scan = held.content.querySelector("#scan");
    if (!scan) return;
    const left = held.content.querySelector("#left");
    if (left) document.getElementById("left").replaceWith(left);
    const before = document.getElementById("scan"), within = before.contains(document.activeElement);
    before.replaceWith(scan);
    if (within) document.getElementById("id_files").focus();
    offers = offersOf(scan);
    proposals();
    keep();
    if (window.tertibViewer) window.tertibViewer(scan.parentElement);
  }
  document.addEventListener("tertib:scan", (e) => arrived(e.detail));
  document.addEventListener("change", (e) => {
    if (e.target.id === "id_files" && e.target.files.length && window.tertibUpload) window.tertibUpload(e.target.files, Boolean(document.querySelector("#scan [name=kept]")));
  });
  begin();
  proposals();
})();
