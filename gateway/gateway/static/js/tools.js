/* 材料预检工具: each file is checked as soon as it has arrived; its result takes the place of its upload. */
(function () {
  "use strict";

  function insert(html) {
    var list = document.getElementById("checks"), holder = document.createElement("div");
    holder.innerHTML = html;
    document.querySelectorAll(".tool-empty").forEach(function (hint) { hint.hidden = true; });
    Array.prototype.slice.call(holder.children).reverse().forEach(function (card) {
      list.insertBefore(card, list.firstChild);
      window.htmx.process(card);
    });
  }

  function remember(html) {
    var address = new URL(location.href);
    (html.match(/id="check-(pre-\w+)"/g) || []).forEach(function (found) {
      address.searchParams.append("id", found.slice(10, -1));
    });
    history.replaceState(null, "", address.pathname + address.search + "#results");
  }

  function check(form, item) {
    var body = new URLSearchParams(new FormData(form));
    ["files", "id", "idempotency_key"].forEach(function (name) { body.delete(name); });
    body.append("files", item.id);
    fetch(form.action, {
      method: "POST", credentials: "same-origin", body: body,
      headers: { "HX-Request": "true", "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content }
    }).then(function (answer) {
      return answer.text().then(function (html) {
        if (!answer.ok) { insert(html); item.checking = false; return; }
        item.remove(false);
        remember(html);
        insert(html);
      });
    }, function () {
      item.checking = false;
      setTimeout(function () { if (!item.checking) { item.checking = true; check(form, item); } }, 5000);
    });
  }

  document.addEventListener("upload:changed", function (event) {
    var form = event.target.closest("form[data-precheck]");
    if (!form) { return; }
    event.detail.field.items.slice().forEach(function (item) {
      if (item.state === "done" && !item.checking) { item.checking = true; check(form, item); }
    });
  });
}());
