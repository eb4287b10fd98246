// The paper: zoom, rotation and turning of pages, and its words over the pictures. Without it the pictures stand there.
(function () {
  "use strict";
  const STEPS = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3];
  const remember = (key, value) => { try { sessionStorage.setItem(key, value); } catch { /* private window */ } };
  const recall = (key) => { try { return sessionStorage.getItem(key); } catch { return null; } };

  function view(root) {
    if (root.dataset.ready) return;
    root.dataset.ready = "1";
    const pane = root.querySelector(".leaves");
    const leaves = Array.from(root.querySelectorAll(".leaf"));
    const natural = Number(root.dataset.natural), ratio = Number(root.dataset.wide) / Number(root.dataset.high);
    const place = "tertib.turned." + root.dataset.viewer;
    let quarter = Number(recall(place)) || 0;
    let zoom = recall("tertib.zoom") || "fit";
    let waiting = 0;

    function lay(say) {
      const sideways = quarter % 2 === 1;
      const wide = sideways ? natural / ratio : natural;
      pane.style.setProperty("--leaf", zoom === "fit" ? "100%" : Math.round(wide * Number(zoom)) + "px");
      leaves.forEach((leaf) => {
        const face = leaf.querySelector(".face");
        leaf.className = "leaf" + (quarter ? " quarter-" + quarter : "");
        leaf.style.aspectRatio = sideways ? String(1 / ratio) : "";
        face.style.width = sideways ? 100 * ratio + "%" : "";
      });
      const shown = leaves[0] ? leaves[0].querySelector(".face").offsetWidth : 0;
      // The browser chooses the picture that is just large enough.
      if (shown) leaves.forEach((leaf) => { leaf.querySelector(".sharp").sizes = shown + "px"; });
      root.querySelectorAll("[data-zoom]").forEach((button) => {
        if (button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", String(button.dataset.zoom === zoom));
      });
      const status = root.querySelector("[data-zoomed]");
      if (say && shown) status.textContent = status.dataset.zoomed.replace("#", Math.round(100 * shown / natural));
    }

    function step(by) {
      const now = leaves[0].querySelector(".face").offsetWidth / natural;
      const next = by > 0 ? STEPS.find((s) => s > now + 0.02) : [...STEPS].reverse().find((s) => s < now - 0.02);
      if (next) zoom = String(next);
    }

    function at() {
      const edge = pane.getBoundingClientRect().top < 0 ? 0 : pane.getBoundingClientRect().top;
      const seen = leaves.filter((leaf) => leaf.getBoundingClientRect().top <= edge + innerHeight / 3);
      return seen.length ? seen[seen.length - 1] : leaves[0];
    }

    function tell() {
      const label = root.querySelector("[data-at]"), leaf = at();
      if (!leaf) return;
      const number = Number(leaf.dataset.leaf), text = label.dataset.at.replace("#", number);
      if (label.textContent === text) return;
      label.textContent = text;
      root.querySelectorAll("[data-turn]").forEach((link) => {
        const next = number + Number(link.dataset.turn), to = new URL(link.href);
        link.hidden = next < 1 || next > Number(root.dataset.pages);
        // Beside a form the address stays, or what was typed would be gone.
        if (to.searchParams.has("hal")) to.searchParams.set("hal", next);
        to.hash = "hal-" + next;
        link.href = to.href;
      });
    }

    root.addEventListener("click", (e) => {
      const button = e.target.closest("[data-zoom], [data-rotate], [data-turn]");
      if (!button || !leaves.length) return;
      if (button.dataset.turn) {
        // Pages of the next bundle are another page of ours; the link leads there.
        const next = leaves[leaves.indexOf(at()) + Number(button.dataset.turn)];
        if (!next) return;
        e.preventDefault();
        next.scrollIntoView({ block: "start" });
        later();
        return;
      }
      if ("rotate" in button.dataset) { quarter = (quarter + 1) % 4; remember(place, quarter); }
      else if (button.dataset.zoom === "+") step(1);
      else if (button.dataset.zoom === "-") step(-1);
      else zoom = button.dataset.zoom;
      remember("tertib.zoom", zoom);
      lay(true);
    });
    const later = () => { if (!waiting) waiting = requestAnimationFrame(() => { waiting = 0; tell(); }); };
    pane.addEventListener("scroll", later, { passive: true });
    addEventListener("scroll", later, { passive: true });
    addEventListener("resize", () => lay(false));
    lay(false);
    words(root);
  }

  // After the first page is there, so that on a slow line nobody waits for words.
  function words(root) {
    const first = root.querySelector(".small-picture");
    const load = () => fetch(root.dataset.words, { headers: { "HX-Request": "true" } })
      .then((answer) => (answer.ok ? answer.text() : ""))
      .then((text) => {
        const held = document.createElement("template");
        held.innerHTML = text;
        held.content.querySelectorAll("svg.words").forEach((svg) => {
          const face = root.querySelector('[data-leaf="' + svg.dataset.page + '"] .face');
          if (face) face.append(svg);
        });
        root.dataset.worded = "1";
      }).catch(() => { /* the pictures are there */ });
    if (!first) return;
    if (first.complete) load();
    else { first.addEventListener("load", load, { once: true }); first.addEventListener("error", load, { once: true }); }
  }

  const all = (place) => place.querySelectorAll("[data-viewer]").forEach(view);
  window.tertibViewer = all;
  all(document);
})();
