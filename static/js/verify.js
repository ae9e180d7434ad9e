"use strict";
// Keys for whoever verifies all day: J and K walk the rows, X ticks, A approves, R returns. The page works without them.
(function () {
  var rows = [], at = -1;
  document.documentElement.classList.add("listens");
  function read() { rows = Array.prototype.slice.call(document.querySelectorAll("[data-row]")); }
  function stand(row) {
    document.querySelectorAll(".here").forEach(function (one) { one.classList.remove("here"); });
    at = rows.indexOf(row);
    row.classList.add("here");
  }
  function go(row) {
    stand(row);
    var first = row.querySelector("input:not([type=hidden]), button, a");
    if (first) first.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
  function walk(step) {
    read();
    if (rows.length) go(rows[Math.min(Math.max(at + step, 0), rows.length - 1)]);
  }
  function press(selector) {
    var target = rows[at] && rows[at].isConnected && rows[at].querySelector(selector);
    if (target) target.click();
  }
  // The page of the record, with the reason to be written.
  function giveBack() {
    var link = rows[at] && rows[at].isConnected && rows[at].querySelector("a[data-key=r]");
    if (link) location.assign(link.href + "#id_reason");
  }
  document.addEventListener("keydown", function (event) {
    var typing = event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    var key = event.key.toLowerCase();
    if (key === "enter" && event.target.matches("[data-row] input")) event.preventDefault();
    if (event.repeat && key !== "j" && key !== "k") {
      // A key held down decides once: the next row has the focus before it is let go.
      if ("xar".includes(key) || event.target.closest("[data-row]") && (key === "enter" || key === " ")) event.preventDefault();
      return;
    }
    if (key === "j") walk(1);
    else if (key === "k") walk(-1);
    else if (key === "x") press("input[type=checkbox]");
    else if (key === "a") press("[data-key=a]");
    else if (key === "r") giveBack();
    else return;
    event.preventDefault();
  });
  document.addEventListener("focusin", function (event) {
    var row = event.target.closest("[data-row]");
    if (!row) return;
    read();
    stand(row);
  });
  // A row has given way to its outcome: the next one takes the focus, else the one before, else the outcome itself.
  document.addEventListener("htmx:afterSettle", function (event) {
    var outcome = event.target;
    if (!outcome.matches || !outcome.matches("tr.done")) return;
    read();
    var next = rows.find(function (row) { return outcome.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING; });
    next = next || rows[rows.length - 1];
    if (next) go(next);
    else outcome.focus();
  });
  document.addEventListener("DOMContentLoaded", function () {
    var asked = location.hash && document.getElementById(location.hash.slice(1));
    if (asked && asked.matches("input, textarea, select")) asked.focus();
  });
})();
