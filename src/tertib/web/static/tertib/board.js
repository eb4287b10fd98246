// Reminding from the board: the line says that it was done, and one stays where one is. What does not go is left to the
// form itself, whose page says why.
(function () {
  "use strict";
  const told = document.getElementById("board-said");
  document.addEventListener("submit", (e) => {
    const form = e.target.closest(".nudge form");
    if (!form) return;
    e.preventDefault();
    const button = form.querySelector("button");
    // Not `data-sent`, by which the page's own handler knows that a form was pressed, and which it has set by now.
    if (form.dataset.reminds) return;
    form.dataset.reminds = "1";
    fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } })
      .then((answer) => { if (!answer.ok) throw new Error(); return answer.json(); })
      .then((said) => {
        button.querySelector(".word").textContent = said.word;
        button.setAttribute("aria-label", said.word + ": " + said.said);
        button.removeAttribute("aria-busy");
        // Not `disabled`, which would lose the focus.
        button.setAttribute("aria-disabled", "true");
        told.textContent = said.said;
      })
      .catch(() => form.submit());
  });
})();
