/* What is pressed while a file of its form is on its way waits for it and then goes on by itself. Pressed once more it
   waits no longer. A file that failed holds the form back: its own words say what helps. Written for Chromium 88 and up. */
(function () {
  "use strict";

  function say(field, text) {
    var said = field.root.querySelector("[data-waiting]");
    if (!said) {
      said = document.createElement("p");
      said.className = "hint";
      said.dataset.waiting = "";
      said.setAttribute("role", "status");
      field.root.appendChild(said);
    }
    said.textContent = text;
  }

  document.addEventListener("submit", function (event) {
    var form = event.target, busy = window.uploads.underWay(form);
    if (!busy.length || form.dataset.pressed) { delete form.dataset.pressed; return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    form.dataset.pressed = "1";
    form.pressedButton = event.submitter;
    busy.forEach(function (field) { say(field, field.texts.sending); });
  }, true);

  document.addEventListener("upload:changed", function (event) {
    var form = event.target.closest("form");
    if (!form || !form.dataset.pressed || window.uploads.underWay(form).length) { return; }
    var fields = window.uploads.of(form);
    delete form.dataset.pressed;
    fields.forEach(function (field) { say(field, ""); });
    if (!fields.some(function (field) { return field.has("failed", "paused"); })) { form.requestSubmit(form.pressedButton); }
  });
}());
