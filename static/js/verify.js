"use strict";
// Keys for whoever verifies all day: J and K walk the rows, X ticks, A approves, R returns. The page works without them.
(function () {
  var rows = [], at = -1;
  function read() { rows = Array.prototype.slice.call(document.querySelectorAll("[data-row]")); }
  function go(step) {
    read();
    if (!rows.length) return;
    if (rows[at]) rows[at].classList.remove("here");
    at = Math.min(Math.max(at + step, 0), rows.length - 1);
    rows[at].classList.add("here");
    var first = rows[at].querySelector("input, button, a");
    if (first) first.focus({ preventScroll: true });
    rows[at].scrollIntoView({ block: "nearest" });
  }
  function press(selector) {
    var target = rows[at] && rows[at].querySelector(selector);
    if (target) target.click();
  }
  document.addEventListener("keydown", function (event) {
    var typing = event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    var key = event.key.toLowerCase();
    if (key === "j") go(1);
    else if (key === "k") go(-1);
    else if (key === "x") press("input[type=checkbox]");
    else if (key === "a") press("[data-key=a]");
    else if (key === "r") press("[data-key=r]");
    else return;
    event.preventDefault();
  });
  document.addEventListener("focusin", function (event) {
    var row = event.target.closest("[data-row]");
    if (!row) return;
    read();
    if (rows[at]) rows[at].classList.remove("here");
    at = rows.indexOf(row);
    row.classList.add("here");
  });
})();
