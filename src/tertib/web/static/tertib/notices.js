// Switches pushed notices on for this browser. Without JavaScript there are none to switch on.
(function () {
  "use strict";
  const form = document.querySelector("form[data-push]");
  if (!form) return;
  const say = (name) => form.querySelectorAll("[data-say]").forEach((p) => { p.hidden = p.dataset.say !== name; });
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const button = form.querySelector("button");
  if (!("serviceWorker" in navigator) || !("PushManager" in window)) { say("unable"); return; }
  button.hidden = false;

  function named() {
    const agent = navigator.userAgent;
    const browser = ["Edg", "OPR", "Firefox", "Chrome", "Safari"].find((n) => agent.includes(n + "/")) || "Browser";
    const place = ["Android", "iPhone", "iPad", "Windows", "Mac", "Linux"].find((n) => agent.includes(n)) || "";
    return [{ Edg: "Edge", OPR: "Opera" }[browser] || browser, place].filter(Boolean).join(" · ");
  }

  async function subscribe() {
    const worker = await navigator.serviceWorker.register("/push.js");
    await navigator.serviceWorker.ready;
    const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(form.dataset.push) });
    form.endpoint.value = made.endpoint;
    form.p256dh.value = text(made.getKey("p256dh"));
    form.auth.value = text(made.getKey("auth"));
    form.elements.namedItem("name").value = named();
    form.submit();
  }

  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    e.stopPropagation();
    button.setAttribute("aria-busy", "true");
    try {
      if (await Notification.requestPermission() !== "granted") say("denied");
      else await subscribe();
    } catch (error) {
      say("failed");
    }
    button.removeAttribute("aria-busy");
  });
})();
