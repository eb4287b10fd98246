// A desk by keyboard: choosing lines, what is done with them together, the letter of each action, the reason of a clock
// beside its line. Without it every box, button and link works the same.
(function () {
  "use strict";
  const desk = document.getElementById("desk"), said = document.getElementById("desk-said");
  if (!desk || !said) return;
  const words = said.dataset;
  const boxes = () => [...desk.querySelectorAll(".pick input")];
  const chosen = () => boxes().filter((box) => box.checked);
  const row = (element) => element && element.closest("#desk .work > li");
  let last = null;

  function tell() {
    const form = document.getElementById("chosen"), bar = form && form.querySelector(".together");
    if (!bar) return;
    const picked = chosen();
    const can = (button) => picked.every((box) => row(box).dataset.together.split(" ").includes(button.dataset.does));
    form.classList.add("handy");
    form.classList.toggle("choosing", picked.length > 0);
    bar.querySelectorAll("[data-does]").forEach((button) => { button.hidden = !can(button); });
    bar.querySelector(".count").textContent = said.textContent = picked.length ? words.chosen.replace("%s", picked.length) : "";
  }
  function pick(box, on) {
    const most = Number(document.getElementById("chosen").dataset.most);
    box.checked = on;
    if (chosen().length <= most) return true;
    box.checked = false;
    return false;
  }
  // From the line that was chosen last to this one, as in a list of mails.
  function choose(box, range) {
    const all = boxes(), from = range && last ? all.indexOf(last) : -1, to = all.indexOf(box), on = box.checked;
    const span = from < 0 ? [box] : all.slice(Math.min(from, to), Math.max(from, to) + 1);
    const fit = span.every((one) => pick(one, on));
    last = box;
    tell();
    if (!fit) said.textContent = document.querySelector(".together .count").textContent = words.most;
  }

  async function explain(link) {
    const item = row(link), open = item.querySelector(".because");
    if (open) { open.remove(); link.setAttribute("aria-expanded", "false"); return; }
    const place = document.createElement("div");
    place.className = "because";
    place.dataset.busy = "";
    link.setAttribute("aria-expanded", "true");
    item.append(place);
    try {
      const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = answer.ok ? [...page.querySelectorAll("#main .panel, #main .empty")] : [];
      if (!found.length) throw new Error();
      place.append(...found.map((one) => document.adoptNode(one)));
      said.textContent = place.innerText;
    } catch {
      place.textContent = said.textContent = words.failed;
    }
  }

  desk.addEventListener("click", (e) => {
    const box = e.target.closest(".pick input"), link = e.target.closest(".reason");
    if (box) choose(box, e.shiftKey);
    if (!link || e.ctrlKey || e.metaKey || e.shiftKey || e.button) return;
    e.preventDefault();
    explain(link);
  });
  desk.addEventListener("reset", () => { last = null; setTimeout(tell); });
  // Shift and a click would mark text on the way.
  desk.addEventListener("mousedown", (e) => { if (e.shiftKey && e.target.closest(".pick")) e.preventDefault(); });
  desk.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || !e.target.matches(".pick input")) return;
    // Enter opens a line wherever one stands in it; it must not send the form.
    e.preventDefault();
    row(e.target).querySelector("[data-line]").click();
  });
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || document.querySelector("dialog[open], details.drop[open]")) return;
    const item = row(document.activeElement), open = item && item.querySelector(".because");
    if (open) explain(item.querySelector(".reason"));
    else if (chosen().length) document.getElementById("chosen").reset();
  });

  document.addEventListener("tertib:key", (e) => {
    const item = row(document.activeElement), picked = chosen(), key = e.detail;
    if (picked.length) {
      const button = [...desk.querySelectorAll(".together [data-letter]")].find((one) => one.dataset.letter === key && !one.hidden);
      if (button) { e.preventDefault(); button.click(); return; }
    }
    if (!item) return;
    const box = item.querySelector(".pick input"), link = item.querySelector(".reason");
    if (key === "x") { e.preventDefault(); box.checked = !box.checked; choose(box, false); return; }
    if (key === "w") { e.preventDefault(); if (link) explain(link); return; }
    const act = (item.dataset.acts || "").split(" ").find((one) => one[0] === key);
    // With several chosen a letter means them all; it must not begin something with one.
    if (act && !picked.length) { e.preventDefault(); location.href = item.dataset.at + "/" + act.slice(2) + item.querySelector("[data-line]").search; }
  });
  document.addEventListener("tertib:put", () => { last = null; tell(); });
  addEventListener("pageshow", tell);
  tell();
})();
