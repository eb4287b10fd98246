// The list of keys over the page, under `?`: those of the page for help, and those this page has of its own.
(function () {
  "use strict";
  const link = () => document.querySelector("[data-help]");
  const seen = (one) => one.offsetParent !== null && !one.hidden;
  const name = (one) => (one.getAttribute("aria-label") || one.placeholder || one.textContent).trim().replace(/\s+/g, " ");
  let open = false;

  function rows(title, pairs) {
    if (!pairs.length) return [];
    const head = document.createElement("h3"), list = document.createElement("dl");
    head.textContent = title;
    pairs.forEach(([keys, words]) => {
      const key = document.createElement("dt"), word = document.createElement("dd");
      keys.forEach((one) => { const kbd = document.createElement("kbd"); kbd.textContent = one; key.append(kbd, " "); });
      word.textContent = words;
      list.append(key, word);
    });
    return [head, list];
  }
  function ours() {
    const found = new Map();
    document.querySelectorAll("[data-key]").forEach((one) => {
      if (one.dataset.key && one.dataset.key !== "/" && seen(one) && !found.has(one.dataset.key)) found.set(one.dataset.key, name(one));
    });
    return [...found].map(([key, words]) => [[key], words]);
  }
  function line() {
    const list = document.getElementById("line-keys");
    return list ? [...list.querySelectorAll("dt")].map((one) => [[one.textContent], one.nextElementSibling.textContent]) : [];
  }
  const styled = (style) => new Promise((done) => {
    if (!style || document.querySelector("link[href='" + style + "']")) { done(); return; }
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = style;
    sheet.onload = sheet.onerror = done;
    document.head.append(sheet);
  });

  async function show() {
    if (open || !link()) return;
    open = true;
    let help;
    try {
      const answer = await fetch(link().href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html"), sheet = page.getElementById("keys-style");
      help = page.getElementById("keys");
      if (!answer.ok || !help) throw new Error();
      await styled(sheet && sheet.getAttribute("href"));
    } catch {
      location.href = link().href;
      return;
    }
    const words = help.dataset, box = document.createElement("dialog");
    box.className = "keys";
    box.setAttribute("aria-labelledby", "keys-title");
    const head = document.createElement("h2"), shut = document.createElement("button"), body = document.createElement("div");
    head.id = "keys-title";
    head.textContent = words.title;
    shut.className = "button plain";
    shut.type = "button";
    shut.textContent = words.close;
    shut.onclick = () => box.close();
    const given = [...help.querySelectorAll("section")].map((part) => [part.querySelector("h2").textContent,
      [...part.querySelectorAll("dt")].map((key) => [[...key.querySelectorAll("kbd")].map((one) => one.textContent), key.nextElementSibling.textContent])]);
    const desk = document.getElementById("line-keys");
    const kept = given.filter(([,], place) => desk || help.querySelectorAll("section")[place].dataset.on !== "desk");
    [[words.page, ours()], [words.line, line()], ...kept].forEach(([title, pairs]) => {
      const part = document.createElement("section");
      part.append(...rows(title, pairs));
      if (part.firstChild) body.append(part);
    });
    box.append(head, shut, body);
    box.onclose = () => { box.remove(); open = false; };
    // What lies outside is a way out as well.
    box.onclick = (e) => { if (e.target === box) box.close(); };
    document.body.append(box);
    box.showModal();
  }
  document.addEventListener("tertib:keys", show);
})();
