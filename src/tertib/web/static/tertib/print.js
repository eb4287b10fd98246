// A button that prints, where there is script; without it the browser's own does.
(function () {
  "use strict";
  const button = document.getElementById("print");
  if (!button) return;
  button.hidden = false;
  button.onclick = () => print();
})();
