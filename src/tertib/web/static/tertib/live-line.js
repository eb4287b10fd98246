// The line to the live process. One tab of a browser holds it for all, for a browser opens only a few connections to a
// host. It tells its page, and the other tabs theirs: `tertib:moved` (desk, matters, at) and `tertib:line` (on).
(function () {
  "use strict";
  const page = document.getElementById("live");
  if (!page || !window.EventSource || !window.BroadcastChannel) return;
  const name = "tertib-live-" + page.dataset.who;
  const channel = new BroadcastChannel(name);
  const me = Math.random().toString(36).slice(2);
  const mine = { tab: me, matter: page.dataset.matter || "", at: Number(page.dataset.at) };
  const tabs = new Map([[me, mine.matter]]);
  // `since`: up to when everything was heard. `turn`: which attempt is the newest; what an older one brings is ignored.
  let leads = false, source = null, since = mine.at, on = true, tries = 0, turn = 0, timer = 0, heard = 0, ticket = null;
  let recent = [];

  const tell = (what, detail) => document.dispatchEvent(new CustomEvent("tertib:" + what, { detail }));
  function line(state, again) {
    if (leads && (state !== on || again)) channel.postMessage({ line: state, at: since });
    if (state !== on) { on = state; tell("line", { on }); }
  }
  function moved(said) {
    tell("moved", said);
    if (!leads) return;
    channel.postMessage({ moved: said });
    recent = recent.filter((one) => one.at > said.at - 120);
    recent.push(said);
  }

  const wanted = () => [...new Set([...tabs.values()].filter(Boolean))].slice(-20);
  function close() { turn += 1; clearTimeout(timer); if (source) source.close(); source = null; }
  function later(seconds) { close(); timer = setTimeout(connect, seconds * 1000); }
  // A whole city comes back at once after a restart, so everybody waits for as long as chance says.
  function again() {
    tries += 1;
    if (tries > 2) { ticket = null; line(false); }
    later(0.2 + Math.random() * Math.min(60, 2 ** tries));
  }

  async function connect() {
    close();
    if (!leads || navigator.onLine === false) return;
    const now = turn;
    try {
      const matters = wanted();
      if (!ticket || Date.now() > ticket.until || matters.some((one) => !ticket.matters.includes(one))) {
        const query = new URLSearchParams(matters.map((one) => ["urusan", one]));
        const answer = await fetch(page.dataset.ticket + "?" + query, { headers: { Accept: "application/json" } });
        if (answer.status === 401 || answer.status === 403) { if (now === turn) tell("out"); return; }
        if (!answer.ok) throw new Error();
        const found = await answer.json();
        if (now !== turn) return;
        if (found.who !== page.dataset.who) { tell("out"); return; }
        ticket = { ...found, matters, until: Date.now() + 540000 };
      }
      listen(ticket.address + "?karcis=" + encodeURIComponent(ticket.ticket) + "&sejak=" + since, now);
    } catch {
      if (now === turn) again();
    }
  }
  function listen(address, now) {
    source = new EventSource(address);
    heard = Date.now();
    source.onmessage = (event) => {
      if (now !== turn) return;
      const said = JSON.parse(event.data);
      heard = Date.now();
      // A heart that beats but knows nothing newer: the record can't be read just now.
      const fresh = said.at > since;
      if (fresh) { since = said.at; tries = 0; }
      line(fresh, true);
      if (said.desk || said.matters) moved({ at: said.at, desk: !!said.desk, matters: said.matters || [] });
    };
    source.addEventListener("full", () => { if (now === turn) { line(false); later(120); } });
    source.onerror = () => { if (now === turn) again(); };
  }

  function arrived(hello) {
    const known = tabs.has(hello.tab);
    tabs.set(hello.tab, hello.matter);
    if (!leads || known) return;
    if (hello.matter && (!ticket || !ticket.matters.includes(hello.matter))) {
      since = Math.min(since, hello.at);
      later(0.2);
    } else {
      recent.filter((one) => one.at > hello.at).forEach((one) => channel.postMessage({ moved: one }));
    }
    line(on, true);
  }
  channel.onmessage = ({ data }) => {
    if (data.who) channel.postMessage({ hello: mine });
    if (data.hello) arrived(data.hello);
    if (data.bye) tabs.delete(data.bye);
    if (data.moved) moved(data.moved);
    if ("line" in data && !leads) { since = Math.max(since, data.at); line(data.line); }
  };

  function lead() {
    leads = true;
    channel.postMessage({ who: 1 });
    later(0.15);
  }
  channel.postMessage({ hello: mine });
  if (navigator.locks) {
    // Held for as long as this tab lives; then the next one takes over.
    navigator.locks.request(name, () => new Promise(() => lead()));
  } else {
    // Without locks every tab has a line of its own, but only while it is looked at.
    if (!document.hidden) lead();
    document.addEventListener("visibilitychange", () => { if (document.hidden) { leads = false; close(); } else lead(); });
  }
  addEventListener("offline", () => { close(); line(false); });
  addEventListener("online", () => { tries = 0; if (leads) later(Math.random() * 2); });
  addEventListener("pagehide", () => { channel.postMessage({ bye: me }); close(); });
  addEventListener("pageshow", (event) => { if (event.persisted) { channel.postMessage({ hello: mine }); if (leads) connect(); } });
  // After sleep a line may look alive and be dead.
  setInterval(() => { if (leads && source && Date.now() - heard > 50000) again(); }, 5000);
})();
