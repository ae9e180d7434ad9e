"use strict";
// Small comforts; no page needs them. An error summary takes focus, also after htmx has swapped it in.
(function () {
  function focusErrors(root) {
    var summary = root.querySelector && root.querySelector(".error-summary");
    if (summary) summary.focus();
  }
  document.addEventListener("DOMContentLoaded", function () { focusErrors(document); });
  document.addEventListener("htmx:afterSwap", function (event) { focusErrors(event.target); });
  // "Print" is a link to the printable page; where scripts run, it opens the printer at once.
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("[data-print]");
    if (!link) return;
    event.preventDefault();
    window.print();
  });
})();
