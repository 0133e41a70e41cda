/* Folders: read from a drop or a folder field, and packed into one archive (TAR) without copying the files' bytes.
   Written for Chromium 88 and up. */
(function () {
  "use strict";

  var SKIPPED = /(^|\/)(\.git|\.svn|\.hg|\.idea|\.vscode|\.gradle|\.venv|venv|node_modules|__pycache__|\.tox|\.mypy_cache)(\/|$)/;
  var LONGEST = 8 * 1024 * 1024;

  function fromEntry(entry, found) {
    if (entry.isFile) {
      return new Promise(function (resolve) {
        entry.file(function (file) { found.push({ file: file, path: entry.fullPath.replace(/^\//, "") }); resolve(); }, resolve);
      });
    }
    if (SKIPPED.test(entry.fullPath)) { found.skipped = (found.skipped || 0) + 1; return Promise.resolve(); }
    var reader = entry.createReader();
    return new Promise(function (resolve) {
      function more() {
        reader.readEntries(function (entries) {
          if (!entries.length) { resolve(); return; }
          Promise.all(entries.map(function (each) { return fromEntry(each, found); })).then(more);
        }, resolve);
      }
      more();
    });
  }

  /* [{file, path}] of a drop, folders opened. Must be called in the event, before the browser takes the items away. */
  function fromDrop(transfer) {
    var found = [];
    var entries = Array.prototype.map.call(transfer.items || [], function (item) {
      return item.webkitGetAsEntry ? item.webkitGetAsEntry() : null;
    }).filter(Boolean);
    if (!entries.length) {
      return Promise.resolve(Array.prototype.map.call(transfer.files, function (file) { return { file: file, path: file.name }; }));
    }
    return Promise.all(entries.map(function (entry) { return fromEntry(entry, found); })).then(function () { return found; });
  }

  function fromField(files) {
    return Array.prototype.map.call(files, function (file) { return { file: file, path: file.webkitRelativePath || file.name }; });
  }

  function octal(number, width) {
    var text = Math.floor(number).toString(8);
    while (text.length < width - 1) { text = "0" + text; }
    return text + "\0";
  }

  function header(name, size, mtime, type) {
    var block = new Uint8Array(512), text = new TextEncoder();
    function put(value, at, most) { block.set(text.encode(value).subarray(0, most), at); }
    put(name, 0, 100);
    put("0000644\0", 100, 8);
    put("0000000\0", 108, 8);
    put("0000000\0", 116, 8);
    put(octal(size, 12), 124, 12);
    put(octal(mtime, 12), 136, 12);
    put("        ", 148, 8);
    put(type, 156, 1);
    put("ustar\0" + "00", 257, 8);
    var sum = 0;
    for (var place = 0; place < 512; place += 1) { sum += block[place]; }
    put(octal(sum, 7) + " ", 148, 8);
    return block;
  }

  function padding(size) { return new Uint8Array((512 - size % 512) % 512); }

  /* A long or Chinese path goes into a pax record in front of the file's own header. */
  function pathRecord(path) {
    var body = " path=" + path + "\n", bytes = new TextEncoder().encode(body).length, length = bytes;
    while (String(length).length + bytes !== length) { length = String(length).length + bytes; }
    return new TextEncoder().encode(length + body);
  }

  /* {file, skipped}: one archive of the entries, with the paths they had. */
  function pack(entries, name) {
    var parts = [], skipped = entries.skipped || 0, latest = 0;
    entries.slice().sort(function (a, b) { return a.path < b.path ? -1 : 1; }).forEach(function (entry) {
      if (SKIPPED.test(entry.path) || entry.file.size > LONGEST) { skipped += 1; return; }
      var mtime = entry.file.lastModified / 1000, plain = /^[\x20-\x7e]{1,99}$/.test(entry.path);
      latest = Math.max(latest, entry.file.lastModified);
      if (!plain) {
        var record = pathRecord(entry.path);
        parts.push(header("path", record.length, mtime, "x"), record, padding(record.length));
      }
      parts.push(header(plain ? entry.path : "file", entry.file.size, mtime, "0"), entry.file, padding(entry.file.size));
    });
    if (!parts.length) { return { file: null, skipped: skipped }; }
    parts.push(new Uint8Array(1024));
    return { file: new File(parts, name + ".tar", { type: "application/x-tar", lastModified: latest }), skipped: skipped };
  }

  window.folders = { fromDrop: fromDrop, fromField: fromField, pack: pack, skips: function (path) { return SKIPPED.test(path); } };
}());
