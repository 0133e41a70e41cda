/* Forms of a filing: fields that only sometimes apply, files that join the form once they have arrived, and entries that
   survive a lost connection. Every form works without this script. */
(function () {
  "use strict";

  /* <div data-when="field" data-values="a b">: shown, and sent, while the field has one of the values. */
  function valueOf(form, name) {
    var fields = form.elements[name];
    if (!fields) { return ""; }
    if (fields.length !== undefined && !fields.options) {
      var chosen = Array.prototype.filter.call(fields, function (field) { return field.checked; })[0];
      return chosen ? chosen.value : "";
    }
    return fields.value;
  }

  function showWhatApplies(form) {
    form.querySelectorAll("[data-when]").forEach(function (part) {
      part.hidden = part.dataset.values.split(" ").indexOf(valueOf(form, part.dataset.when)) < 0 && !part.querySelector(".field-wrong");
      part.querySelectorAll("input, select, textarea").forEach(function (field) { field.disabled = part.hidden; });
    });
  }

  /* <form data-draft="key">: what was typed and not saved yet is kept in this tab. */
  function entriesOf(form) {
    var entries = [];
    new FormData(form).forEach(function (value, name) {
      if (typeof value === "string" && ["csrf_token", "idempotency_key", "version"].indexOf(name) < 0) { entries.push([name, value]); }
    });
    return JSON.stringify(entries);
  }

  function notice(form, text, kind) {
    var old = form.parentNode.querySelector(".draft-notice");
    if (old) { old.remove(); }
    var box = document.createElement("div");
    box.className = "notice notice-" + kind + " draft-notice";
    box.setAttribute("role", "status");
    var line = document.createElement("p");
    line.textContent = text;
    box.appendChild(line);
    form.parentNode.insertBefore(box, form);
    box.scrollIntoView({ block: "nearest" });
  }

  function restore(form, stored) {
    var used = {};
    Array.prototype.forEach.call(form.elements, function (field) {
      if (!field.name || field.type === "hidden" || field.type === "file" || field.tagName === "BUTTON") { return; }
      var values = stored.filter(function (entry) { return entry[0] === field.name; }).map(function (entry) { return entry[1]; });
      if (field.type === "radio" || field.type === "checkbox") {
        field.checked = values.indexOf(field.value) >= 0;
      } else if (values.length) {
        field.value = values[used[field.name] || 0];
        used[field.name] = (used[field.name] || 0) + 1;
      }
    });
  }

  function keepEntries(form) {
    var key = "draft:" + form.dataset.draft, asLoaded = entriesOf(form), shownAfterSending = form.parentNode.querySelector(".error-summary");
    var stored = sessionStorage.getItem(key);
    if (stored && stored !== asLoaded && !shownAfterSending) {
      restore(form, JSON.parse(stored));
      notice(form, form.dataset.restored, "warning");
    }
    function keep() {
      var now = entriesOf(form);
      if (now === asLoaded) { sessionStorage.removeItem(key); } else { sessionStorage.setItem(key, now); }
    }
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
    form.addEventListener("submit", function (event) {
      if (navigator.onLine === false) {
        event.preventDefault();
        event.stopPropagation();
        keep();
        notice(form, form.dataset.offline, "error");
      }
    });
    form.addEventListener("submit", keep);
  }

  /* <form data-attach>: sent by itself when everything chosen has arrived. */
  function sendWhenArrived(form) {
    form.classList.add("sends-itself");
    form.addEventListener("upload:changed", function (event) {
      var field = event.detail.field, items = field.items;
      var arrived = items.length > 0 && items.every(function (item) { return item.state === "done"; });
      if (!arrived || form.dataset.sending) { return; }
      form.dataset.sending = "1";
      sessionStorage.removeItem(field.key);
      form.requestSubmit ? form.requestSubmit() : form.submit();
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-forget-uploads]").forEach(function (mark) {
      Object.keys(sessionStorage).forEach(function (key) {
        if (key.indexOf("uploads:" + mark.dataset.forgetUploads + ":") === 0) { sessionStorage.removeItem(key); }
      });
    });
    document.querySelectorAll("form[data-attach]").forEach(sendWhenArrived);
    document.querySelectorAll("form[data-draft]").forEach(keepEntries);
    document.querySelectorAll("form").forEach(function (form) {
      if (!form.querySelector("[data-when]")) { return; }
      showWhatApplies(form);
      form.addEventListener("change", function () { showWhatApplies(form); });
    });
  });
}());
