"use strict";
// Small comforts; no page needs them. After a swap: focus for what is to be put right, words for who listens.
(function () {
  function focusErrors(root) {
    var summary = root.querySelector && root.querySelector(".error-summary");
    if (summary) summary.focus();
  }
  document.addEventListener("DOMContentLoaded", function () { focusErrors(document); });
  document.addEventListener("htmx:afterSwap", function (event) {
    focusErrors(event.target);
    var said = event.target.querySelector && event.target.querySelector("[data-says]");
    if (said) document.getElementById("live").textContent = said.textContent;
  });
  // A refusal or a lost network is told beside what was pressed: the sentence of the server's page, else our own.
  function complain(element, title, text) {
    var old = document.querySelector(".lost");
    if (old) old.remove();
    var notice = document.getElementById("lost").content.firstElementChild.cloneNode(true);
    notice.classList.add("lost");
    notice.tabIndex = -1;
    if (title) notice.querySelector("b").textContent = title.textContent;
    if (text) notice.querySelector("b").nextSibling.textContent = " " + text.textContent;
    (element.closest("td, form") || element).append(notice);
    notice.focus();
  }
  function lost(event) {
    if (!event.target.closest("[data-poll]")) complain(event.target);
  }
  document.addEventListener("htmx:sendError", lost);
  document.addEventListener("htmx:timeout", lost);
  document.addEventListener("htmx:responseError", function (event) {
    if (event.target.closest("[data-poll]")) return;
    var page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    complain(event.target, page.querySelector("main h1"), page.querySelector("main .lead"));
  });
  document.addEventListener("htmx:beforeRequest", function (event) {
    var old = document.querySelector(".lost");
    if (old) old.remove();
    if (document.hidden && event.target.closest("[data-poll]")) event.preventDefault();
  });
  // "Print" is a link to the printable page; where scripts run, it opens the printer at once.
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("[data-print]");
    if (!link) return;
    event.preventDefault();
    window.print();
  });
})();
