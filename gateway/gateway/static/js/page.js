/* What every page does with script: copy buttons, focus on the error summary, CSRF for htmx, folded parts on paper. */
(function () {
  "use strict";
  document.documentElement.classList.add("js");

  /* The answer to a form stands at the address of the page that the form was on: reloading it, and coming back to it, asks
     for that page and sends nothing a second time. */
  if (document.documentElement.hasAttribute("data-answer")) {
    var asked = document.referrer && new URL(document.referrer);
    if (asked && asked.origin === location.origin) { history.replaceState(null, "", asked.pathname + asked.search); }
  }

  /* What the upload script remembers in this tab: nothing of a form that was taken, so that no file of it is offered to
     the next one. */
  function forgetUploads(within, forgets) {
    Object.keys(sessionStorage).forEach(function (key) {
      if (key.indexOf(within) !== 0) { return; }
      var kept = [];
      try { kept = JSON.parse(sessionStorage.getItem(key)); } catch (unreadable) { kept = []; }
      kept = kept.filter(function (entry) { return !forgets(entry); });
      if (kept.length) { sessionStorage.setItem(key, JSON.stringify(kept)); } else { sessionStorage.removeItem(key); }
    });
  }

  document.querySelectorAll("[data-uploads-sent]").forEach(function (mark) {
    var sent = mark.dataset.uploadsSent.split(" ");
    forgetUploads("uploads:", function (entry) { return sent.indexOf(entry.id) >= 0; });
  });
  document.querySelectorAll("[data-forget-uploads]").forEach(function (mark) {
    forgetUploads("uploads:" + mark.dataset.forgetUploads + ":", function () { return true; });
  });

  /* The part that was replaced while it had the focus. */
  var lostWith = "";

  /* What a screen reader is told of things that are only seen otherwise. */
  var said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");

  function copyText(text) {
    if (navigator.clipboard && window.isSecureContext) {
      return navigator.clipboard.writeText(text);
    }
    var area = document.createElement("textarea");
    area.value = text;
    area.setAttribute("readonly", "");
    area.className = "visually-hidden";
    document.body.appendChild(area);
    area.select();
    var copied = document.execCommand("copy");
    area.remove();
    return copied ? Promise.resolve() : Promise.reject(new Error("copy"));
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy]");
    if (!button) { return; }
    copyText(button.dataset.copy).then(function () {
      button.setAttribute("data-done", button.dataset.copied);
      said.textContent = button.dataset.copied + " " + button.dataset.copy;
      setTimeout(function () { button.removeAttribute("data-done"); }, 2000);
    }, function () { /* the number stays selectable */ });
  });

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) { window.print(); }
    if (event.target.closest("[data-back]")) { history.back(); }
  });

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post") { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(function () { delete form.dataset.sent; }, 8000);
  });

  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });

  /* A part that asks for itself again is put in place only when it says something else: what is read aloud is not read
     twice, what is unfolded stays so, and the focus stays. Where a page has come so far that it has no such part any
     more, all of it is different, and comes anew. */
  function whatItSays(part) {
    var copy = part.cloneNode(true);
    copy.querySelectorAll("input[type=hidden]").forEach(function (field) { field.remove(); });
    copy.querySelectorAll("details").forEach(function (details) { details.removeAttribute("open"); });
    copy.querySelectorAll("form").forEach(function (form) { form.removeAttribute("data-sent"); });
    copy.querySelectorAll("[data-done]").forEach(function (button) { button.removeAttribute("data-done"); });
    return copy.innerHTML;
  }

  document.addEventListener("htmx:beforeSwap", function (event) {
    var part = event.detail.target;
    if (!part.id || !part.hasAttribute("hx-select") || !event.detail.shouldSwap) { return; }
    var page = new DOMParser().parseFromString(event.detail.serverResponse, "text/html"), answer = page.getElementById(part.id);
    if (!answer) { event.detail.shouldSwap = false; location.reload(); return; }
    putAlso(part.dataset.also, page);
    if (whatItSays(answer) === whatItSays(part)) { event.detail.shouldSwap = false; return; }
    lostWith = part.contains(document.activeElement) ? part.id : "";
  });

  /* What waits is looked at by nobody while the page is hidden; it asks again once it is seen. */
  document.addEventListener("htmx:beforeRequest", function (event) {
    if (document.hidden && event.detail.elt.hasAttribute("hx-select")) { event.preventDefault(); }
  });

  /* data-also="id": another part of the page that the same answer brings; what was unfolded in it stays so. */
  function putAlso(id, page) {
    var former = id && document.getElementById(id), fresh = id && page.getElementById(id);
    if (!former || !fresh || whatItSays(former) === whatItSays(fresh)) { return; }
    var focused = former.contains(document.activeElement), open = former.querySelectorAll("details");
    fresh.querySelectorAll("details").forEach(function (details, place) { if (open[place] && open[place].open) { details.open = true; } });
    former.replaceWith(fresh);
    htmx.process(fresh);
    if (focused) { fresh.tabIndex = -1; fresh.focus({ preventScroll: true }); }
  }

  document.addEventListener("htmx:afterSettle", function () {
    var part = lostWith && document.getElementById(lostWith);
    lostWith = "";
    if (part && document.activeElement === document.body) {
      part.tabIndex = -1;
      part.focus({ preventScroll: true });
    }
  });

  document.addEventListener("htmx:configRequest", function (event) {
    var token = document.querySelector("meta[name=csrf-token]");
    if (token) { event.detail.headers["X-CSRFToken"] = token.content; }
  });

  /* Nobody can unfold paper. */
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details.answers-details:not([open]), details.panel:not([open])").forEach(function (part) {
      part.open = true;
      part.dataset.openedForPaper = "1";
    });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("details[data-opened-for-paper]").forEach(function (part) {
      part.open = false;
      delete part.dataset.openedForPaper;
    });
  });

  document.addEventListener("DOMContentLoaded", function () {
    document.body.appendChild(said);
    var summary = document.getElementById("error-summary");
    if (summary) { summary.focus(); }
    var current = document.querySelector(".account-nav [aria-current]"), strip = current && current.closest("ul");
    if (strip) { strip.scrollLeft = current.offsetLeft - strip.offsetLeft - 16; }
  });
}());
