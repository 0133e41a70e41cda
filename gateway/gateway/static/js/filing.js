/* Forms of a filing: fields that only sometimes apply, files that join the form once they have arrived, and entries that
   survive a lost connection. Every form works without this script. */
(function () {
  "use strict";

  /* <div data-when="field" data-values='["a", "b"]'>: shown, and sent, while the field is asked and has one of the values. */
  function valuesOf(form, name) {
    var fields = form.querySelectorAll("[name='" + name + "']"), found = [];
    Array.prototype.forEach.call(fields, function (field) {
      if (field.disabled) { return; }
      if (field.type === "checkbox" && field.value === "yes") { found.push(field.checked ? "yes" : "no"); }
      else if (field.type !== "radio" && field.type !== "checkbox") { found.push(field.value); }
      else if (field.checked) { found.push(field.value); }
    });
    return found;
  }

  function applies(form, part) {
    var wanted = JSON.parse(part.dataset.values);
    return valuesOf(form, part.dataset.when).some(function (value) { return wanted.indexOf(value) >= 0; });
  }

  function hideOrShow(form, part) {
    var inside = part.parentNode.closest("[data-when]"), hidden = !applies(form, part) || (inside !== null && inside.hidden);
    hidden = hidden && !part.querySelector(".field-wrong");
    if (part.hidden === hidden && part.dataset.settled) { return false; }
    part.hidden = hidden;
    part.dataset.settled = "1";
    part.querySelectorAll("input, select, textarea").forEach(function (field) {
      var around = field.closest("[data-when]");
      field.disabled = field.dataset.closed === "1" || hidden || around.hidden;
    });
    return true;
  }

  /* What one condition hides may be what another one asks about: until nothing changes any more. */
  function showWhatApplies(form) {
    var parts = form.querySelectorAll("[data-when]"), changed = true;
    for (var round = 0; changed && round <= parts.length; round += 1) {
      changed = false;
      parts.forEach(function (part) { changed = hideOrShow(form, part) || changed; });
    }
  }

  /* <p data-count="characters|solid" data-of="id">: how much is written by now; said aloud when the typing rests. */
  function counts(line) {
    var field = document.getElementById(line.dataset.of), shown = line.querySelector(".counted"), rest = 0;
    var said = document.createElement("span");
    said.className = "visually-hidden";
    said.setAttribute("role", "status");
    line.appendChild(said);
    function words() {
      var text = field.value.replace(/\r\n/g, "\n"), least = +line.dataset.least || 0, most = +line.dataset.most || Infinity;
      var n = Array.from(line.dataset.count === "solid" ? text.replace(/\s/g, "") : text.trim()).length;
      var told = n > most ? line.dataset.over : n < least && n ? line.dataset.missing : line.dataset.now;
      line.classList.toggle("count-wrong", n > most);
      return told.replace("{n}", n).replace("{m}", n > most ? n - most : least - n);
    }
    function show() { shown.textContent = " · " + words(); }
    field.addEventListener("input", function () {
      show();
      clearTimeout(rest);
      rest = setTimeout(function () { said.textContent = words(); }, 1200);
    });
    show();
  }

  /* <form data-draft="key">: what was typed and not saved yet is kept in this tab, and with data-keep="address" beside the
     draft, for whoever opens it again wherever that is; then this tab keeps only what the network did not take. */
  function entriesOf(form) {
    var entries = [];
    new FormData(form).forEach(function (value, name) {
      var own = name === "csrf_token" || name === "idempotency_key" || name.indexOf("draft.") === 0;
      if (typeof value === "string" && !own) { entries.push([name, value]); }
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

  /* <div data-row="name">: rows of a list that the server adds one by one; as many as were filled in. */
  function addRows(form, stored) {
    var rows = form.querySelectorAll("[data-row]");
    if (!rows.length) { return; }
    var last = rows[rows.length - 1], from = rows.length - 1;
    var wanted = stored.filter(function (entry) { return entry[0] === last.dataset.row; }).length;
    for (var n = wanted - 1; n > from; n -= 1) {
      var added = document.createElement("div");
      added.innerHTML = last.outerHTML.split("-" + from + '"').join("-" + n + '"').split("." + from + ".").join("." + n + ".");
      last.after(added.firstElementChild);
    }
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

  /* Sends the entries a moment after the typing stops, and when the page is left or hidden; taken(entries) once they have
     arrived. Nothing goes out while the form itself is on its way: what that saves need not be kept. */
  function keepBesideTheDraft(form, asLoaded, taken) {
    var arrived = asLoaded, turn = 0, rest = 0, told = form.querySelector("[data-kept]"), leaving = false;
    function body() {
      var sent = new URLSearchParams();
      new FormData(form).forEach(function (value, name) {
        if (typeof value === "string" && name !== "idempotency_key") { sent.append(name, value.replace(/\r?\n/g, "\r\n")); }
      });
      turn += 1;
      sent.append("draft.turn", turn);
      return sent;
    }
    function toSend() { return !leaving && !form.dataset.sent && entriesOf(form) !== arrived; }
    function send() {
      if (!toSend()) { return; }
      var now = entriesOf(form);
      fetch(form.dataset.keep, { method: "POST", body: body(), credentials: "same-origin" }).then(function (answer) {
        var ours = !answer.redirected && (answer.headers.get("Content-Type") || "").indexOf("application/json") === 0;
        if (!ours) { return; }
        return answer.json().then(function (said) {
          told.textContent = said.text;
          if (answer.ok) { arrived = now; taken(now); }
        });
      }).catch(function () { /* this tab still has it, and what is typed next sends it again */ });
    }
    function sendLast() {
      if (toSend() && navigator.sendBeacon(form.dataset.keep, body())) { clearTimeout(rest); }
    }
    document.addEventListener("visibilitychange", function () { if (document.visibilityState === "hidden") { sendLast(); } });
    window.addEventListener("pagehide", sendLast);
    window.addEventListener("pageshow", function () { leaving = false; });
    document.addEventListener("submit", function (event) {
      if (event.target === form || event.target.hasAttribute("data-drops")) { clearTimeout(rest); }
      if (event.target.hasAttribute("data-drops")) { leaving = true; }
    });
    return function () {
      clearTimeout(rest);
      rest = setTimeout(send, 1500);
    };
  }

  function keepEntries(form) {
    var key = "draft:" + form.dataset.draft, asLoaded = entriesOf(form);
    var shownAfterSending = document.documentElement.hasAttribute("data-answer"); /* what was sent stands on it already */
    var stored = sessionStorage.getItem(key);
    var sendSoon = form.dataset.keep ? keepBesideTheDraft(form, asLoaded, function (entries) {
      if (sessionStorage.getItem(key) === entries) { sessionStorage.removeItem(key); }
    }) : function () { /* kept in this tab alone */ };
    if (stored && stored !== asLoaded && !shownAfterSending) {
      addRows(form, JSON.parse(stored));
      restore(form, JSON.parse(stored));
      showWhatApplies(form);
      notice(form, form.dataset.restored, "warning");
      sendSoon();
    }
    function keep() {
      var now = entriesOf(form);
      if (now === asLoaded) { sessionStorage.removeItem(key); } else { sessionStorage.setItem(key, now); }
      sendSoon();
    }
    function keepOwn(event) { if (event.target.form === form) { keep(); } } /* an entry may stand outside of its form */
    document.addEventListener("input", keepOwn);
    document.addEventListener("change", keepOwn);
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

  /* <form data-attach>: sent by itself when everything chosen in it has arrived, but for what is refused: that never
     holds up what is good, and the page that comes then says it again. Never while a file of another form is on its way,
     which sending would stop; and one at a time: what has arrived meanwhile stays remembered, and is sent from the page
     that comes then. */
  function arrived(field) {
    return field.items.some(function (item) { return item.state === "done"; })
      && field.items.every(function (item) { return item.state === "done" || item.refused(); });
  }

  function sendWhatArrived() {
    if (document.body.dataset.sending || window.uploads.underWay(document).length) { return; }
    var form = Array.prototype.find.call(document.querySelectorAll("form[data-attach]"), function (each) {
      return window.uploads.of(each).some(arrived);
    });
    if (!form) { return; }
    document.body.dataset.sending = "1";
    window.uploads.of(form).forEach(function (field) {
      field.forgetSent();
      field.rememberRefused();
    });
    form.requestSubmit ? form.requestSubmit() : form.submit();
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("form[data-attach]").forEach(function (form) { form.classList.add("sends-itself"); });
    if (document.querySelector("form[data-attach]")) { document.addEventListener("upload:changed", sendWhatArrived); }
    document.querySelectorAll("[data-count]").forEach(counts);
    document.querySelectorAll("form").forEach(function (form) {
      if (!form.querySelector("[data-when]")) { return; }
      form.querySelectorAll("[disabled]").forEach(function (field) { field.dataset.closed = "1"; });
      showWhatApplies(form);
      form.addEventListener("change", function () { showWhatApplies(form); });
    });
    document.querySelectorAll("form[data-draft]").forEach(keepEntries); /* of what is sent: after what is not asked has gone */
  });
}());
