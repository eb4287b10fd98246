// A scan dropped anywhere on the page is uploaded at once; then its registration opens.
(function () {
  "use strict";
  const place = document.querySelector("[data-drop-address]");
  if (!place) return;
  let veil = null, depth = 0;
  const holdsFiles = (e) => e.dataTransfer && Array.from(e.dataTransfer.types).includes("Files");

  function say(words) {
    if (!veil) {
      veil = document.createElement("div");
      veil.className = "dropping";
      veil.setAttribute("role", "status");
      document.body.append(veil);
    }
    veil.textContent = words;
  }
  const clear = () => { depth = 0; if (veil) veil.remove(); veil = null; };

  function send(files, same) {
    const form = new FormData();
    Array.from(files).forEach((file) => form.append("files", file));
    const csrf = document.querySelector("[name=csrfmiddlewaretoken]");
    if (csrf) form.append("csrfmiddlewaretoken", csrf.value);
    const beside = document.getElementById("scan");
    if (beside) {
      form.append("pane", "1");
      if (same) form.append("same", "1");
      document.querySelectorAll("#scan [name=kept]").forEach((kept) => form.append("kept", kept.value));
    } else form.append("script", "1");
    form.append("whole", "1");
    say(place.dataset.dropBusy);
    return fetch(place.dataset.dropAddress, { method: "POST", body: form }).then((answer) => {
      if (!answer.ok) throw new Error(String(answer.status));
      if (!beside) { location.href = answer.headers.get("Location"); return null; }
      return answer.text().then((text) => { clear(); document.dispatchEvent(new CustomEvent("tertib:scan", { detail: text })); });
    }).catch(() => { say(place.dataset.dropFailed); setTimeout(clear, 4000); });
  }
  window.tertibUpload = send;

  document.addEventListener("dragenter", (e) => { if (holdsFiles(e)) { depth += 1; say(place.dataset.dropWords); } });
  document.addEventListener("dragleave", (e) => { if (holdsFiles(e)) { depth -= 1; if (depth <= 0) clear(); } });
  document.addEventListener("dragover", (e) => { if (holdsFiles(e)) e.preventDefault(); });
  document.addEventListener("drop", (e) => {
    if (!holdsFiles(e)) return;
    e.preventDefault();
    depth = 0;
    if (e.dataTransfer.files.length) send(e.dataTransfer.files); else clear();
  });
})();
