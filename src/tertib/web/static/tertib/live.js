// What a live page says of itself, and when it fetches what moved. By itself it serves the page of a matter, which says
// what happened and stays as it is under its reader's hands; live-desk.js makes a desk of it. Every page works without.
(function () {
  "use strict";
  const page = document.getElementById("live");
  if (!page || !window.fetch) return;
  const words = page.dataset;
  const bar = document.getElementById("live-bar"), button = document.getElementById("live-again");
  const shut = document.getElementById("live-shut"), cut = document.getElementById("live-cut");
  let shown = "", connected = true, over = false;

  const live = window.tertibLive = {
    words, wanted: false, rest: 0,
    // From when this page is: as the server counts, and in words.
    at: Number(words.at), clock: words.clock,
    isConnected: () => connected,
    concerns: (moved) => moved.matters.includes(words.matter),
    work: news, tick() {}, show, tellLine, signedOut,
  };
  const reload = () => location.reload();

  function show(html, press) {
    if (html !== shown) bar.innerHTML = shown = html;
    button.hidden = !html;
    button.onclick = press || reload;
    if (shut) shut.hidden = !html;
    page.classList.toggle("says", !!(html || cut.textContent));
  }
  function tellLine() {
    const text = connected || over ? "" : words.cut.replace("%s", live.clock);
    if (cut.textContent !== text) cut.textContent = text;
    page.classList.toggle("says", !!(shown || text));
  }
  function signedOut() {
    over = true;
    tellLine();
    show(words.out);
  }
  async function news() {
    const answer = await fetch(words.news, { headers: { "HX-Request": "true" } });
    if (answer.status === 204) { signedOut(); return; }
    const text = answer.ok ? (await answer.text()).trim() : words.moved;
    if (text) show(text);
  }

  async function tick() {
    if (over || document.hidden) return;
    live.tick();
    if (!live.wanted || Date.now() < live.rest) return;
    live.wanted = false;
    live.rest = Date.now() + 1000;
    try {
      await live.work();
    } catch {
      // What could not be fetched is wanted still, but not at once.
      live.wanted = true;
      live.rest = Date.now() + 4000 + Math.random() * 4000;
    }
  }
  document.addEventListener("tertib:moved", ({ detail }) => {
    if (detail.at <= live.at || !live.concerns(detail)) return;
    live.wanted = true;
    tick();
  });
  document.addEventListener("tertib:line", ({ detail }) => { connected = detail.on; live.rest = 0; tellLine(); });
  document.addEventListener("tertib:out", signedOut);
  if (shut) shut.onclick = () => { show(""); document.getElementById("main").focus(); };
  document.addEventListener("visibilitychange", tick);
  setInterval(tick, 500);
})();
