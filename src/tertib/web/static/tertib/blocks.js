// The body of a letter as blocks: from the text that is stored (papers/blocks.py reads it), to it, and as elements.
(function () {
  "use strict";
  const DEEPEST = 3, INDENT = 4;
  const POINT = /^\s{0,3}(\d{1,3})[.)]\s+(.*)$/, BELOW = /^(\s*)(\d{1,3}|[a-z])[.)]\s+(.*)$/;
  const FIRST_BELOW = /^(?:\s{0,3}a[.)]\s+.*|\s{4,}(?:1|a)[.)]\s+.*)$/;
  const HEAD = /^\s{0,3}#{1,3}\s+(.*)$/, ROW = /^\s*\|(.*)\|\s*$/, RULE = /^\|[\s|:-]*\|$/;
  const begins = (line) => POINT.test(line) || FIRST_BELOW.test(line);
  const isRow = (line) => ROW.test(line);

  // Text to blocks: {k: "p" | "h" | "n" | "t", text, level, first, rows, head}. Points stand one by one.
  function parse(text) {
    const groups = [];
    let group = null;
    for (const line of text.replace(/\r\n?|[\u0085\u2028\u2029\v\f]/g, "\n").replace(/\t/g, " ").split("\n")) {
      if (!line.trim()) { group = null; continue; }
      const anew = group && (HEAD.test(group[0]) || HEAD.test(line) || isRow(group[0]) !== isRow(line) || (begins(line) && !begins(group[0])));
      if (!group || anew) groups.push(group = []);
      group.push(line);
    }
    return groups.flatMap(blocksOf);
  }

  function blocksOf(lines) {
    const head = HEAD.exec(lines[0]);
    if (head) return head[1].trim() ? [{ k: "h", text: head[1].trim() }] : [];
    if (isRow(lines[0])) return [tableOf(lines)];
    if (!begins(lines[0])) return [{ k: "p", text: lines.map((l) => l.trim()).join("\n") }];
    const points = [];
    for (const line of lines) {
      const m = BELOW.exec(line);
      if (m) points.push({ k: "n", text: m[3].trim(), level: Math.floor(m[1].length / INDENT) || (/[a-z]/.test(m[2]) ? 1 : 0) });
      else points[points.length - 1].text += "\n" + line.trim();
    }
    const kept = points.filter((b) => b.text);
    kept.forEach((b, i) => { b.first = i === 0; });
    return levelled(kept);
  }

  function tableOf(lines) {
    const head = lines.length > 1 && lines[1].includes("-") && RULE.test(lines[1].trim());
    const rows = lines.map((l) => l.trim().slice(1, -1).split("|").map((c) => c.trim()));
    if (head) rows.splice(1, 1);
    const wide = Math.max(...rows.map((r) => r.length));
    return { k: "t", head: head, rows: rows.map((r) => r.concat(Array(wide - r.length).fill(""))) };
  }

  // A point is at most one level below the one before it.
  function levelled(blocks) {
    let before = null;
    for (const b of blocks) {
      if (b.k !== "n") { before = null; continue; }
      if (before === null) b.first = true;
      if (b.first) before = null;
      b.level = Math.min(b.level || 0, DEEPEST, before === null ? DEEPEST : before + 1);
      before = b.level;
    }
    return blocks;
  }

  // What stands before each point: 1. a. 1) a), as papers/blocks.py numbers them. One counts for the text and the screen.
  function marker() {
    let counts = [];
    return (level, first) => {
      counts = first ? [] : counts.slice(0, level + 1);
      while (counts.length <= level) counts.push(0);
      const n = ++counts[level];
      return (level % 2 && n <= 26 ? String.fromCharCode(96 + n) : n) + (level < 2 ? "." : ")");
    };
  }

  function textOf(blocks) {
    const out = [], mark = marker();
    levelled(blocks.filter((b) => b.k === "t" || b.text)).forEach((b) => {
      if (b.k === "n") {
        const line = " ".repeat(INDENT * b.level) + mark(b.level, b.first) + " " + b.text;
        if (b.first || !out.length) out.push(line); else out[out.length - 1] += "\n" + line;
      } else if (b.k === "h") out.push("# " + b.text.replace(/\n/g, " "));
      else if (b.k === "t") {
        const rows = b.rows.map((r) => "| " + r.join(" | ") + " |");
        if (b.head) rows.splice(1, 0, "|" + "---|".repeat(b.rows[0].length));
        out.push(rows.join("\n"));
      } else out.push(b.text);
    });
    return out.join("\n\n");
  }

  // `**so**` is bold: no white space follows the first mark, none stands before the second.
  function runs(text) {
    const ends = [], found = [];
    for (let i = text.indexOf("**"); i >= 0; i = text.indexOf("**", i + 1)) if (!/\s/.test(text[i - 1] || "")) ends.push(i);
    let at = 0, after = 0, done = 0;
    while ((at = text.indexOf("**", at)) >= 0) {
      while (after < ends.length && ends[after] < at + 3) after++;
      if (after === ends.length) break;
      if (/\s/.test(text[at + 2])) { at++; continue; }
      if (at > done) found.push([text.slice(done, at), false]);
      found.push([text.slice(at + 2, ends[after]), true]);
      at = done = ends[after] + 2;
    }
    if (done < text.length) found.push([text.slice(done), false]);
    return found;
  }

  function fill(leaf, text) {
    leaf.textContent = "";
    for (const [words, bold] of runs(text)) {
      const into = bold ? leaf.appendChild(document.createElement("b")) : leaf;
      words.split("\n").forEach((line, i) => {
        if (i) into.appendChild(document.createElement("br"));
        if (line) into.appendChild(document.createTextNode(line));
      });
    }
    if (!leaf.lastChild || leaf.lastChild.nodeName === "BR") leaf.appendChild(document.createElement("br"));
  }

  const isBold = (n, leaf) => { for (; n && n !== leaf; n = n.parentNode) if (n.nodeType === 1 && (/^(B|STRONG)$/.test(n.nodeName) || parseInt(n.style.fontWeight, 10) > 500 || n.style.fontWeight === "bold")) return true; return false; };

  // What a leaf says, white space tidied as the server does it. A mark of bold never stands beside white space.
  function said(leaf, cell) {
    const parts = [];
    const walk = (node, top) => node.childNodes.forEach((n) => {
      if (n.nodeType === 3 || n.nodeName === "BR") {
        const own = n.nodeType === 3 ? n.data.replace(/[\u00a0\t\n\r]/g, " ") : "\n", bold = isBold(n, leaf), b = bold && top;
        const last = parts[parts.length - 1];
        if (last && last.bold === bold && last.b === b) last.text += own; else parts.push({ text: own, bold: bold, b: b });
      } else walk(n, top && top !== leaf ? top : n);
    });
    walk(leaf, leaf);
    let text = parts.map((p) => {
      if (!p.bold || !p.text.trim()) return p.text;
      const [, before, words, after] = /^(\s*)([^]*?)(\s*)$/.exec(p.text);
      return before + "**" + words + "**" + after;
    }).join("");
    text = text.split("\n").map((l) => l.trim()).filter(Boolean).join(cell ? " " : "\n");
    return cell ? text.replace(/\|/g, "¦") : text;
  }

  function make(block) {
    if (block.k !== "t") {
      const p = document.createElement("p");
      p.dataset.k = block.k;
      if (block.k === "n") { p.dataset.level = block.level; if (block.first) p.dataset.first = ""; }
      fill(p, block.text);
      return p;
    }
    const table = document.createElement("table"), body = table.appendChild(document.createElement("tbody"));
    if (block.head) table.dataset.head = "";
    block.rows.forEach((row) => {
      const tr = body.appendChild(document.createElement("tr"));
      row.forEach((cell) => fill(tr.appendChild(document.createElement("td")), cell));
    });
    return table;
  }

  window.tertibBlocks = {
    DEEPEST: DEEPEST, HEAD: HEAD, parse: parse, text: textOf, levelled: levelled, marker: marker, fill: fill,
    isBold: isBold, said: said, make: make,
  };
})();
