/* The workbench by keyboard: single keys outside of fields, J and K (or the arrows, from a row on) between rows, Ctrl+Enter
   decides. A key that the page itself has goes before one of its frame; a button with data-focus is not pressed by its key. Single keys can be
   turned off, for those who speak to their computer or whose fingers slip. */
(function () {
  "use strict";

  var KEPT = "single-keys", OFF = "off";

  function singleKeys() { return localStorage.getItem(KEPT) !== OFF; }

  function showSwitch(button) {
    button.textContent = singleKeys() ? button.dataset.turnOff : button.dataset.turnOn;
    document.body.classList.toggle("without-single-keys", !singleKeys());
  }

  function visible(element) { return element.offsetParent !== null; }
  function rows() { return Array.prototype.filter.call(document.querySelectorAll("[data-row]"), visible); }

  function typing(target) {
    var type = target.type;
    return target.isContentEditable || target.tagName === "TEXTAREA" || target.tagName === "SELECT" ||
      (target.tagName === "INPUT" && type !== "radio" && type !== "checkbox");
  }

  function step(direction) {
    var all = rows();
    if (!all.length) { return; }
    var at = all.indexOf(document.activeElement);
    all[at < 0 ? (direction > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + direction, 0), all.length - 1)].focus();
  }

  function nextTab() {
    var tabs = document.querySelectorAll("[data-tab]");
    if (!tabs.length) { return; }
    var at = Array.prototype.findIndex.call(tabs, function (tab) { return tab.hasAttribute("aria-current"); });
    tabs[(at + 1) % tabs.length].click();
  }

  function act(element) {
    if (element.hasAttribute("data-focus")) { element.focus(); return; }
    if (element.type === "radio") { element.checked = true; element.focus(); return; }
    if (element.type === "checkbox") { element.checked = !element.checked; element.focus(); return; }
    if (typing(element)) { element.focus(); if (element.select) { element.select(); } return; }
    element.click();
  }

  document.addEventListener("keydown", function (event) {
    var target = event.target;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      if (event.repeat) { return; } /* held down, it would answer the question that the first press has asked */
      var form = (target.closest && target.closest("form[data-decision]")) || document.querySelector("form[data-decision]");
      if (form) {
        event.preventDefault();
        var buttons = form.querySelectorAll("button[type=submit]");
        buttons[buttons.length - 1].click();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) { return; }
    if (event.key === "Escape" && typing(target)) { target.blur(); return; }
    if (typing(target) || !singleKeys()) { return; }
    var key = event.key.toLowerCase();
    if (key === "j" || key === "k") { event.preventDefault(); step(key === "j" ? 1 : -1); return; }
    if (key === "m") { nextTab(); return; }
    var arrow = { arrowdown: 1, arrowup: -1 }[key];
    if (arrow && rows().indexOf(target) >= 0) { event.preventDefault(); step(arrow); return; }
    var wanted = '[data-key="' + (window.CSS && CSS.escape ? CSS.escape(key) : key) + '"]';
    var found = document.querySelector("main " + wanted) || document.querySelector(wanted);
    if (found) { event.preventDefault(); act(found); }
  });

  /* <select data-standard="id of a text" data-at="id of a select">: what is picked goes into the text, and its place into
     the select; over what the last pick put there, behind what somebody wrote. */
  function standards(select) {
    var text = document.getElementById(select.dataset.standard), at = document.getElementById(select.dataset.at || "");
    var chosen = select.selectedOptions[0], put = chosen.dataset.text || "", placed = chosen.dataset.target || "";
    select.addEventListener("change", function () {
      var picked = select.selectedOptions[0], words = picked.dataset.text || "", target = picked.dataset.target || "";
      var own = put && text.value.slice(-put.length) === put ? text.value.slice(0, -put.length) : text.value;
      put = (own.trim() && words ? "\n" : "") + words;
      text.value = own + put;
      if (at && target && (!at.value || at.value === placed)) { at.value = placed = target; }
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    var selected = document.querySelector("[data-select]");
    if (selected) { selected.focus(); selected.select(); }
    document.querySelectorAll("[data-standard]").forEach(standards);
    document.querySelectorAll("[data-single-keys]").forEach(function (button) {
      showSwitch(button);
      button.addEventListener("click", function () {
        localStorage.setItem(KEPT, singleKeys() ? OFF : "on");
        showSwitch(button);
      });
    });
  });
}());
