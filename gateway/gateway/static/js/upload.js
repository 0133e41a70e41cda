/* Resumable uploads (tus 1.0.0): drag and drop, progress with speed and time left, pause, resume after reload or loss
   of network. A failure is explained in place. Written for Chromium 88 and up. */
(function () {
  "use strict";

  var ENDPOINT = "/api/v1/uploads";
  var CHUNK = 16 * 1024 * 1024;
  var RETRY_DELAYS = [0, 1000, 2000, 4000, 8000, 15000, 30000];
  var AT_ONCE = 3;
  var SHRINKABLE = /\.(pdf|jpe?g|png|tiff?|bmp)$/i;

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (_, name) { return values[name]; });
  }

  /* The form that the page's language has for a number. */
  function form(forms, count) {
    return forms[new Intl.PluralRules(document.documentElement.lang).select(count)] || forms.other;
  }

  function readableSize(bytes) {
    var units = ["B", "KB", "MB", "GB"], step = 0;
    while (bytes >= 1024 && step < 3) { bytes /= 1024; step += 1; }
    return (step === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toFixed(1).replace(/\.0$/, "")) + " " + units[step];
  }

  /* Marks of the page's language: full width in Chinese, and with a blank in English. */
  var chinese = document.documentElement.lang.indexOf("zh") === 0;

  function inBrackets(text) { return chinese ? "（" + text + "）" : " (" + text + ")"; }

  function readableTypes(accept) {
    var endings = accept.split(",").map(function (part) { return part.trim(); }).filter(function (part) { return part.charAt(0) === "."; });
    return endings.length ? endings.map(function (part) { return part.slice(1).toUpperCase(); }).join(chinese ? "、" : ", ") : accept;
  }

  function token() {
    var meta = document.querySelector("meta[name=csrf-token]");
    return meta ? meta.content : "";
  }

  function element(name, className, text) {
    var made = document.createElement(name);
    if (className) { made.className = className; }
    if (text) { made.textContent = text; }
    return made;
  }

  function Field(root) {
    var self = this;
    this.root = root;
    this.name = root.dataset.name;
    this.limit = Number(root.dataset.limit);
    this.shrinkLimit = Number(root.dataset.shrinkLimit || 0);
    this.texts = JSON.parse(root.dataset.texts);
    this.input = root.querySelector("input[type=file]");
    this.list = root.querySelector(".upload-list");
    this.drop = root.querySelector(".upload-drop");
    this.key = "uploads:" + location.pathname + ":" + (root.dataset.subject ? root.dataset.subject + ":" : "") + this.name;
    this.items = [];
    this.pending = [];
    this.input.required = false;
    this.input.addEventListener("change", function () { self.take(self.input.files); self.input.value = ""; });
    ["dragenter", "dragover"].forEach(function (kind) {
      self.drop.addEventListener(kind, function (event) { event.preventDefault(); self.drop.classList.add("is-over"); });
    });
    ["dragleave", "drop"].forEach(function (kind) {
      self.drop.addEventListener(kind, function (event) { event.preventDefault(); self.drop.classList.remove("is-over"); });
    });
    this.drop.addEventListener("drop", function (event) {
      if (root.dataset.folder && window.folders) { window.folders.fromDrop(event.dataTransfer).then(function (found) { self.takeFolder(found); }); return; }
      self.take(event.dataTransfer.files);
    });
    var whole = root.querySelector("[data-folder-input]");
    if (whole) {
      whole.addEventListener("change", function () { self.takeFolder(window.folders.fromField(whole.files)); whole.value = ""; });
    }
    this.restore();
  }

  Field.prototype.take = function (files) {
    var self = this;
    if (!this.input.multiple) {
      this.pending = [];
      this.items.slice().forEach(function (item) { item.remove(); });
      files = Array.prototype.slice.call(files, 0, 1);
    }
    var added = Array.prototype.map.call(files, function (file) { return new Item(self, file); });
    this.items = this.items.concat(added);
    if (document.body.dataset.sending) { this.tooLate(added); return; }
    this.next();
  };

  /* The page is being left with another file, and takes none along: the page that comes then says so. */
  Field.prototype.tooLate = function (items) {
    var self = this;
    items.forEach(function (item) { item.fail(item.refusal() || self.texts.late, false, item.byChoosing()); });
    this.rememberRefused();
  };

  /* Files with the paths they had: as one archive where the order and the folders matter, else one by one. */
  Field.prototype.takeFolder = function (entries) {
    var packs = this.root.dataset.folder === "pack" && entries.some(function (entry) { return entry.path.indexOf("/") > 0; });
    if (!packs) {
      this.take(entries.filter(function (entry) { return !window.folders.skips(entry.path) && !/(^|\/)\.[^/]*$/.test(entry.path); })
        .map(function (entry) { return entry.file; }));
      return;
    }
    var packed = window.folders.pack(entries, entries[0].path.split("/")[0]);
    if (packed.file) { this.take([packed.file]); }
    if (packed.skipped) { this.list.appendChild(element("li", "hint", fill(form(this.texts.skipped, packed.skipped), { count: packed.skipped }))); }
  };

  Field.prototype.next = function () {
    var running = this.items.filter(function (item) { return item.state === "uploading"; }).length;
    this.items.forEach(function (item) {
      if (item.state === "waiting" && running < AT_ONCE) { running += 1; item.start(); }
    });
    this.root.dispatchEvent(new CustomEvent("upload:changed", { bubbles: true, detail: { field: this } }));
  };

  Field.prototype.has = function () {
    var states = Array.prototype.slice.call(arguments);
    return this.items.some(function (item) { return states.indexOf(item.state) !== -1; });
  };

  /* What has arrived, and what was kept and has not been looked for yet, or not been answered. */
  Field.prototype.remember = function () {
    var done = this.items.filter(function (item) { return item.state === "done"; });
    sessionStorage.setItem(this.key, JSON.stringify(done.map(function (item) {
      return { id: item.id, name: item.fileName, size: item.size };
    }).concat(this.pending)));
  };

  /* What has arrived goes with the form: the page that comes then shows only what could not be looked for. */
  Field.prototype.forgetSent = function () {
    if (this.pending.length) { sessionStorage.setItem(this.key, JSON.stringify(this.pending)); }
    else { sessionStorage.removeItem(this.key); }
  };

  Field.prototype.rememberRefused = function () {
    var refused = this.items.filter(function (item) { return item.refused(); });
    sessionStorage.setItem(this.key + ":refused", JSON.stringify(refused.map(function (item) {
      return { name: item.fileName, size: item.size, refusal: item.said };
    })));
  };

  /* After a reload: files that had arrived are shown again, unfinished and refused ones are named. */
  Field.prototype.restore = function () {
    var self = this, kept = [], refused = [];
    try { refused = JSON.parse(sessionStorage.getItem(this.key + ":refused") || "[]"); } catch (error) { refused = []; }
    sessionStorage.removeItem(this.key + ":refused");
    refused.forEach(function (entry) { self.items.push(new Item(self, null, entry)); });
    try { kept = JSON.parse(sessionStorage.getItem(this.key) || "[]"); } catch (error) { kept = []; }
    if (kept.length) {
      this.pending = kept;
      this.looking = true;
      Promise.all(kept.map(function (entry) { return self.lookFor(entry); })).then(function () {
        self.looking = false;
        self.next();
      });
    }
    if (!window.tus || !tus.isSupported) { return; }
    tus.defaultOptions.urlStorage.findAllUploads().then(function (uploads) {
      uploads.forEach(function (upload) {
        if (!upload.metadata || upload.metadata.field !== self.key || !upload.uploadUrl) { return; }
        fetch(upload.uploadUrl, { method: "HEAD", credentials: "same-origin", headers: { "Tus-Resumable": "1.0.0" } })
          .then(function (answer) {
            var sent = Number(answer.headers.get("Upload-Offset")), size = Number(answer.headers.get("Upload-Length"));
            if (!answer.ok || sent >= size) { return; }
            var line = element("li", "hint", fill(self.texts.unfinished, {
              name: upload.metadata.filename, percent: Math.floor(sent / size * 100) + "%"
            }));
            line.dataset.unfinished = upload.metadata.filename;
            self.list.appendChild(line);
          }, function () { /* no network: nothing to say yet */ });
      });
    });
  };

  /* One that was kept: shown if it is still there, forgotten only if it is not. */
  Field.prototype.lookFor = function (entry) {
    var self = this;
    return fetch(ENDPOINT + "/" + entry.id, { credentials: "same-origin" }).then(function (answer) {
      if (self.pending.indexOf(entry) < 0 || !(answer.ok || answer.status === 404)) { return; }
      self.pending = self.pending.filter(function (other) { return other !== entry; });
      if (answer.ok) { self.items.push(new Item(self, null, entry)); }
      self.remember();
    }, function () { /* shown again after the next reload */ });
  };

  /* What was missing is there: nothing is wrong with the field any more, nor said to be at the top of the page. */
  Field.prototype.forgive = function () {
    var root = this.root, holder = root.closest(".id-photo") || root;
    [root, holder].forEach(function (part) { part.classList.remove("field-wrong"); });
    holder.querySelectorAll(".field-error").forEach(function (line) { line.remove(); });
    var summary = document.getElementById("error-summary");
    if (!summary) { return; }
    summary.querySelectorAll("a").forEach(function (link) {
      if (link.getAttribute("href") === "#" + root.id) { (link.closest("li") || link).remove(); }
    });
    if (!summary.querySelector("a")) { summary.remove(); }
  };

  /* Sent to where it belongs as soon as it is here; should that fail, it goes with the form. */
  Field.prototype.place = function (item) {
    var address = this.root.dataset.place, name = this.root.dataset.placed;
    if (!address) { return; }
    var body = new FormData();
    body.append("upload_id", item.id);
    body.append("csrf_token", token());
    fetch(address, { method: "POST", body: body, credentials: "same-origin", headers: { "HX-Request": "true" } })
      .then(function (answer) { return answer.ok ? answer.text() : ""; })
      .then(function (html) {
        var part = new DOMParser().parseFromString(html, "text/html").getElementById(name);
        var former = document.getElementById(name);
        if (!part || !former) { return; }
        former.replaceWith(part);
        if (window.htmx) { htmx.process(part); }
        item.remove();
      }, function () { /* no network: it stays with the form */ });
  };

  function Item(field, file, finished) {
    var self = this;
    this.field = field;
    this.file = file;
    this.fileName = file ? file.name : finished.name;
    field.list.querySelectorAll("[data-unfinished]").forEach(function (line) {
      if (line.dataset.unfinished === self.fileName) { line.remove(); }
    });
    this.size = file ? file.size : finished.size;
    this.retryTimer = null;
    this.line = element("li", "upload-item");
    var head = element("div", "upload-head");
    head.appendChild(element("span", "upload-name", this.fileName + inBrackets(readableSize(this.size))));
    this.toggle = element("button", "", field.texts.pause);
    this.toggle.type = "button";
    this.toggle.addEventListener("click", function () {
      if (self.state === "uploading") { self.pause(); } else if (self.remedy) { self.remedy.act(); } else { self.start(); }
    });
    this.dismiss = element("button", "", field.texts.remove);
    this.dismiss.type = "button";
    this.dismiss.addEventListener("click", function () { self.remove(true); });
    head.appendChild(this.toggle);
    head.appendChild(this.dismiss);
    this.bar = element("progress");
    this.bar.max = 100;
    this.bar.setAttribute("aria-label", this.fileName);
    this.status = element("div", "upload-status");
    this.line.appendChild(head);
    this.line.appendChild(this.bar);
    this.line.appendChild(this.status);
    field.list.appendChild(this.line);
    if (finished && finished.refusal) { this.fail(finished.refusal, false, this.byChoosing()); return; }
    if (finished) { this.finish(finished.id); return; }
    this.purpose = field.root.dataset.purpose;
    var refusal = this.refusal();
    if (refusal) { this.fail(refusal, false, this.tooLarge() && this.canShrink() ? this.byShrinking() : this.byChoosing()); return; }
    this.set("waiting", field.texts.waiting);
  }

  /* It did not come, and will not by itself: another file has to be chosen, or this one made smaller. */
  Item.prototype.refused = function () { return this.state === "failed" && !this.canRetry; };

  Item.prototype.tooLarge = function () { return this.size > this.field.limit; };

  Item.prototype.canShrink = function () { return this.size <= this.field.shrinkLimit && SHRINKABLE.test(this.fileName); };

  /* Too large, but of a kind that the one-click repair makes smaller once it is here. */
  Item.prototype.byShrinking = function () {
    var self = this;
    return { label: this.field.texts.shrink, act: function () {
      self.purpose = "to_shrink";
      self.remedy = null;
      self.set("waiting", self.field.texts.waiting);
      self.field.next();
    } };
  };

  Item.prototype.byChoosing = function () {
    var self = this;
    return { label: this.field.texts.choose, act: function () { self.remove(true); self.field.input.click(); } };
  };

  /* What can be said before a byte is sent. */
  Item.prototype.refusal = function () {
    var texts = this.field.texts, accept = this.field.input.accept;
    if (this.size === 0) { return texts.empty; }
    if (this.tooLarge()) {
      return fill(this.canShrink() ? texts.shrinkable : texts.too_large, { size: readableSize(this.size), limit: readableSize(this.field.limit) });
    }
    if (!accept) { return ""; }
    var name = this.fileName.toLowerCase(), type = this.file.type;
    var fits = accept.split(",").some(function (part) {
      part = part.trim().toLowerCase();
      return part.charAt(0) === "." ? name.endsWith(part) : type === part || (part.endsWith("/*") && type.indexOf(part.slice(0, -1)) === 0);
    });
    return fits ? "" : fill(texts.wrong_type, { accept: readableTypes(accept), name: this.fileName });
  };

  Item.prototype.set = function (state, text) {
    this.state = state;
    this.line.dataset.state = state;
    this.status.textContent = text;
    this.toggle.hidden = state === "done" || state === "waiting" || (state === "failed" && !this.canRetry && !this.remedy);
    this.toggle.textContent = state === "uploading" ? this.field.texts.pause : this.remedy ? this.remedy.label : this.field.texts.resume;
  };

  Item.prototype.start = function () {
    var self = this, texts = this.field.texts;
    clearTimeout(this.retryTimer);
    this.startedAt = Date.now();
    this.startedWith = null;
    this.remedy = null;
    this.reachable = false;
    this.set("uploading", texts.uploading);
    if (!this.upload) {
      this.upload = new tus.Upload(this.file, {
        endpoint: ENDPOINT,
        chunkSize: CHUNK,
        retryDelays: RETRY_DELAYS,
        removeFingerprintOnSuccess: true,
        metadata: { filename: this.fileName, purpose: this.purpose, field: this.field.key },
        headers: { "X-CSRFToken": token(), "Accept-Language": document.documentElement.lang },
        onShouldRetry: function (error, attempt) { return self.shouldRetry(error, attempt); },
        onProgress: function (sent, total) { self.progress(sent, total); },
        onSuccess: function () { self.finish(self.upload.url.split("/").pop()); },
        onError: function (error) { self.explain(error); }
      });
    }
    /* Where the browser keeps nothing (or no longer can read it), the file is sent from its beginning. */
    this.upload.findPreviousUploads().catch(function () { return []; }).then(function (previous) {
      if (previous.length && !self.upload.url) { self.upload.resumeFromPreviousUpload(previous[0]); }
      if (self.state === "uploading") { self.upload.start(); }
    });
  };

  Item.prototype.progress = function (sent, total) {
    if (this.state !== "uploading") { return; }
    this.reachable = false;
    if (this.startedWith === null) { this.startedWith = sent; this.startedAt = Date.now(); }
    var texts = this.field.texts, seconds = (Date.now() - this.startedAt) / 1000;
    var speed = seconds > 0.5 ? (sent - this.startedWith) / seconds : 0;
    var parts = [Math.floor(sent / total * 100) + "%", readableSize(sent) + " / " + readableSize(total)];
    if (speed > 0) {
      var left = (total - sent) / speed;
      parts.push(readableSize(speed) + "/s");
      parts.push(fill(texts.left, { time: left < 90 ? fill(texts.seconds, { n: Math.max(1, Math.round(left)) }) : fill(texts.minutes, { n: Math.round(left / 60) }) }));
    }
    this.bar.value = sent / total * 100;
    this.status.textContent = parts.join(" · ");
  };

  Item.prototype.pause = function () {
    this.upload.abort();
    this.set("paused", this.field.texts.paused);
    this.field.next();
  };

  Item.prototype.finish = function (id) {
    this.id = id;
    this.bar.value = 100;
    this.set("done", this.field.texts.done);
    this.value = element("input");
    this.value.type = "hidden";
    this.value.name = this.field.name;
    this.value.value = id;
    this.line.appendChild(this.value);
    this.field.remember();
    this.field.forgive();
    this.field.place(this);
    this.field.next();
  };

  /* remedy: {label, act} of the button that helps, where it is another one than to go on */
  Item.prototype.fail = function (text, canRetry, remedy) {
    this.canRetry = canRetry;
    this.said = text;
    this.remedy = remedy || null;
    this.set("failed", text);
    var help = element("a", "", this.field.texts.help);
    help.href = "/guides/upload-help";
    help.target = "_blank";
    help.rel = "noopener";
    this.status.appendChild(document.createTextNode(" "));
    this.status.appendChild(help);
    this.field.next();
  };

  /* Why it stopped, as far as the browser lets us know, and what helps. */
  Item.prototype.explain = function (error) {
    var self = this, texts = this.field.texts, answer = error.originalResponse;
    if (answer && answer.getStatus() >= 400) {
      var problem = {};
      try { problem = JSON.parse(answer.getBody()); } catch (unreadable) { problem = {}; }
      var gone = answer.getStatus() === 404 || answer.getStatus() === 410;
      if (gone) { this.upload = null; }
      if (answer.getStatus() === 401 || answer.getStatus() === 403) {
        this.fail(problem.detail || texts.failed, false, { label: texts.reload, act: function () { location.reload(); } });
        return;
      }
      var again = gone || answer.getStatus() >= 500 || answer.getStatus() === 423 || answer.getStatus() === 429;
      this.fail(problem.detail || texts.failed, again, again ? null : this.byChoosing());
      return;
    }
    this.file.slice(0, 1).arrayBuffer().then(function () {
      if (!navigator.onLine) { self.wait(texts.offline); return; }
      self.probe().then(function (reachable) { self.wait(reachable ? texts.blocked : texts.retrying); });
    }, function () { self.fail(texts.changed, false, self.byChoosing()); });
  };

  /* The portal answers, but this request does not get through: something between them blocks it. */
  Item.prototype.probe = function () {
    return fetch("/healthz", { cache: "no-store" }).then(function (healthy) { return healthy.ok; }, function () { return false; });
  };

  /* Cuts are waited out; what is blocked is said after a few seconds instead of a minute. */
  Item.prototype.shouldRetry = function (error, attempt) {
    var self = this, status = error.originalResponse ? error.originalResponse.getStatus() : 0;
    if (status >= 400 && status < 500 && status !== 408 && status !== 409 && status !== 423) { return false; }
    if (status) { return true; }
    this.status.textContent = this.field.texts.retrying;
    this.probe().then(function (reachable) { self.reachable = reachable; });
    return navigator.onLine !== false && !(attempt >= 2 && this.reachable);
  };

  Item.prototype.wait = function (text) {
    var self = this;
    this.fail(text, true);
    this.retryTimer = setTimeout(function () { if (self.state === "failed") { self.start(); } }, 10000);
  };

  Item.prototype.remove = function (forGood) {
    clearTimeout(this.retryTimer);
    if (this.upload && this.state !== "done") { this.upload.abort(forGood === true).catch(function () { /* expires by itself */ }); }
    if (forGood === true && this.state === "done" && this.id) {
      fetch(ENDPOINT + "/" + this.id, { method: "DELETE", credentials: "same-origin", headers: { "Tus-Resumable": "1.0.0", "X-CSRFToken": token() } })
        .catch(function () { /* expires by itself */ });
    }
    this.field.items = this.field.items.filter(function (item) { return item !== this; }, this);
    this.line.remove();
    /* What the form had kept of it, for browsers without script. */
    document.querySelectorAll('[data-kept="' + this.field.name + '"]').forEach(function (kept) { kept.remove(); });
    this.field.remember();
    this.field.next();
  };

  function ready() {
    if (!window.tus || !tus.isSupported) { return; }
    document.querySelectorAll("[data-upload]").forEach(function (root) {
      if (!root.uploadField) { root.uploadField = new Field(root); }
    });
  }

  /* For other scripts: the upload fields of a part of the page, and those of them with a file on its way. */
  window.uploads = {
    of: function (part) {
      return Array.prototype.map.call(part.querySelectorAll("[data-upload]"), function (root) { return root.uploadField; })
        .filter(Boolean);
    },
    underWay: function (part) {
      return window.uploads.of(part).filter(function (field) { return field.looking || field.has("waiting", "uploading"); });
    }
  };

  window.addEventListener("online", function () {
    window.uploads.of(document).forEach(function (field) {
      field.items.forEach(function (item) { if (item.state === "failed" && item.canRetry) { item.start(); } });
    });
  });
  window.addEventListener("beforeunload", function (event) {
    if (window.uploads.of(document).some(function (field) { return field.has("uploading"); })) { event.preventDefault(); event.returnValue = ""; }
  });
  document.addEventListener("DOMContentLoaded", ready);
  document.addEventListener("htmx:afterSettle", ready);
}());
