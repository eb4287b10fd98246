// The body of a letter is written as paragraphs, points, headings and tables (blocks.js). What is stored stays the text
// of the field beneath; without this script that field is what one types into.
(function () {
  "use strict";
  const { DEEPEST, HEAD, parse, text: textOf, levelled, marker, fill, isBold, said, make } = window.tertibBlocks;

  function attach(area, words) {
    const label = document.querySelector('label[for="' + area.id + '"]');
    const box = document.createElement("div"), root = document.createElement("div"), bar = document.createElement("div");
    box.className = "editor";
    bar.className = "tools"; bar.setAttribute("role", "toolbar"); bar.setAttribute("aria-label", words.tools);
    root.className = "surface"; root.contentEditable = "true"; root.spellcheck = true; root.lang = "id";
    root.setAttribute("role", "textbox"); root.setAttribute("aria-multiline", "true");
    if (label) { label.id = area.id + "_label"; label.removeAttribute("for"); root.setAttribute("aria-labelledby", label.id); label.addEventListener("click", () => root.focus()); }
    const hint = document.createElement("p");
    hint.className = "help"; hint.id = area.id + "_keys"; hint.textContent = words.keys;
    root.setAttribute("aria-describedby", [hint.id, area.getAttribute("aria-describedby") && area.id + "_error"].filter((id) => id && (id === hint.id || document.getElementById(id))).join(" "));
    if (area.getAttribute("aria-invalid")) root.setAttribute("aria-invalid", "true");
    const old = document.getElementById(area.id + "_helptext");
    if (old) old.hidden = true;
    box.append(hint, bar, root);
    area.after(box); area.hidden = true; area.tabIndex = -1;

    const leaves = () => Array.from(root.querySelectorAll("p, td"));
    const leafOf = (n) => { n = n && (n.nodeType === 1 ? n : n.parentNode); n = n && n.closest("p, td"); return n && root.contains(n) ? n : null; };
    const topOf = (n) => { while (n && n.parentNode !== root) n = n.parentNode; return n; };
    const here = () => { const s = getSelection(); return s.rangeCount && root.contains(s.anchorNode) ? s.getRangeAt(0) : null; };
    const leafHere = () => { const r = here(); return r && leafOf(r.startContainer); };
    const length = (n) => n.nodeType === 3 ? n.data.length : n.nodeName === "BR" ? 1 : Array.from(n.childNodes).reduce((s, c) => s + length(c), 0);

    function offset(leaf, node, at) {
      const r = document.createRange();
      r.selectNodeContents(leaf); r.setEnd(node, at);
      return length(r.cloneContents());
    }
    function spot(leaf, at) {
      const walk = (n) => {
        for (let i = 0; i < n.childNodes.length; i++) {
          const c = n.childNodes[i], l = length(c);
          if (c.nodeType === 3 && at <= l) return [c, at];
          if (c.nodeName === "BR" && at < 1) return [n, i];
          if (c.nodeType === 1 && c.nodeName !== "BR" && at <= l) return walk(c);
          at -= l;
        }
        return [n, n.childNodes.length];
      };
      return walk(leaf);
    }
    function caret(leaf, at) {
      if (!leaf) return;
      const [node, i] = spot(leaf, at);
      getSelection().collapse(node, i);
      if (leaf.scrollIntoView && document.activeElement === root) leaf.scrollIntoView({ block: "nearest" });
    }
    function where() {
      const r = here(), leaf = r && leafOf(r.startContainer);
      return leaf ? [leaves().indexOf(leaf), offset(leaf, r.startContainer, r.startOffset)] : null;
    }
    const goTo = (at) => { if (at) caret(leaves()[Math.min(at[0], leaves().length - 1)], at[1]); };

    function read() {
      const found = [];
      for (const n of root.children) {
        if (n.nodeName === "TABLE") found.push({ k: "t", head: "head" in n.dataset, rows: Array.from(n.rows, (tr) => Array.from(tr.cells, (td) => said(td, true))) });
        else found.push({ k: n.dataset.k || "p", text: said(n), level: +n.dataset.level || 0, first: "first" in n.dataset });
      }
      return found;
    }
    function draw(blocks) {
      root.textContent = "";
      blocks.forEach((b) => root.append(make(b)));
      tidy();
    }

    // The surface holds paragraphs and tables and nothing else, whatever a browser or an extension did to it.
    function tidy() {
      for (const n of Array.from(root.childNodes)) {
        if (n.nodeName === "TABLE" && n.rows.length) continue;
        if (n.nodeName === "P") continue;
        const p = document.createElement("p");
        p.dataset.k = "p";
        if (n.nodeName === "TABLE" || (n.nodeType === 3 && !n.data.trim()) || n.nodeName === "BR") { n.remove(); continue; }
        n.replaceWith(p); p.append(n);
      }
      if (!root.lastElementChild || root.lastElementChild.nodeName === "TABLE") root.append(make({ k: "p", text: "" }));
      leaves().forEach((l) => { if (!l.hasChildNodes()) l.append(document.createElement("br")); if (l.nodeName === "P" && !l.dataset.k) l.dataset.k = "p"; });
      let before = null;
      const mark = marker();
      for (const n of root.children) {
        if (n.dataset.k !== "n") { before = null; delete n.dataset.n; continue; }
        if (before === null) n.dataset.first = "";
        if ("first" in n.dataset) before = null;
        n.dataset.level = Math.min(+n.dataset.level || 0, DEEPEST, before === null ? DEEPEST : before + 1);
        before = +n.dataset.level;
        n.dataset.n = mark(before, "first" in n.dataset);
      }
    }

    // Undo: whole texts with the place of the caret; typing within a second is one step.
    const past = [], ahead = [];
    let shown = "", grouped = 0, spotBefore = null;
    function changed(step) {
      tidy();
      const text = textOf(read());
      if (text !== shown) {
        if (step || Date.now() - grouped > 1000) { past.push([shown, spotBefore]); if (past.length > 200) past.shift(); grouped = Date.now(); }
        if (step) grouped = 0;
        ahead.length = 0;
        shown = text; area.value = text;
        area.dispatchEvent(new Event("input", { bubbles: true }));
      }
      spotBefore = where(); buttons();
    }
    function back(from, to) {
      const step = from.pop();
      if (!step) return;
      to.push([shown, where()]);
      draw(parse(step[0]));
      shown = area.value = step[0]; grouped = 0;
      goTo(step[1] || [0, 0]);
      area.dispatchEvent(new Event("input", { bubbles: true })); buttons();
    }

    // Cut what is chosen, across paragraphs and cells too; cells stay, paragraphs join.
    function cut() {
      const r = here();
      if (!r || r.collapsed) return;
      const from = leafOf(r.startContainer) || leaves().find((l) => r.intersectsNode(l));
      const touched = leaves().filter((l) => r.intersectsNode(l));
      let to = leafOf(r.endContainer) || touched[touched.length - 1];
      if (!from || !to) return;
      if (from === to) {
        const part = document.createRange();
        part.selectNodeContents(from);
        if (from.contains(r.startContainer)) part.setStart(r.startContainer, r.startOffset);
        if (from.contains(r.endContainer)) part.setEnd(r.endContainer, r.endOffset);
        const start = offset(from, part.startContainer, part.startOffset);
        part.deleteContents();
        if (!from.textContent) fill(from, "");
        caret(from, start);
        return;
      }
      const at = leafOf(r.startContainer) ? offset(from, r.startContainer, r.startOffset) : 0;
      const rest = document.createRange();
      rest.selectNodeContents(to);
      if (leafOf(r.endContainer)) rest.setStart(r.endContainer, r.endOffset); else rest.collapse(false);
      const tail = rest.extractContents();
      const head = document.createRange(), [node, i] = spot(from, at);
      head.selectNodeContents(from); head.setStart(node, i); head.deleteContents();
      const joins = from.nodeName === "P" && to.nodeName === "P";
      for (const l of touched) {
        if (l === from || l === to) continue;
        if (l.nodeName === "P") l.remove(); else fill(l, "");
      }
      root.querySelectorAll("table").forEach((t) => { if (r.intersectsNode(t) && !t.contains(from) && !t.contains(to)) t.remove(); });
      if (joins) { from.append(tail); to.remove(); } else { to.textContent = ""; to.append(tail); if (!to.hasChildNodes()) fill(to, ""); }
      if (!from.textContent) fill(from, "");
      caret(from, at);
    }

    function split() {
      cut();
      const r = here(), leaf = leafHere();
      if (!leaf) return;
      if (leaf.nodeName === "TD") {
        const row = leaf.parentNode, next = row.nextElementSibling;
        if (next) caret(next.cells[leaf.cellIndex], 0); else table("row");
        return;
      }
      if (!leaf.textContent.trim() && leaf.dataset.k === "n") {
        if (+leaf.dataset.level) { leaf.dataset.level = +leaf.dataset.level - 1; } else kind(leaf, "p");
        return;
      }
      const rest = document.createRange();
      rest.selectNodeContents(leaf); rest.setStart(r.startContainer, r.startOffset);
      const p = document.createElement("p");
      p.append(rest.extractContents());
      p.dataset.k = leaf.dataset.k === "n" ? "n" : "p";
      if (leaf.dataset.k === "n") p.dataset.level = leaf.dataset.level;
      if (!p.textContent) fill(p, "");
      if (!leaf.textContent) fill(leaf, "");
      leaf.after(p);
      caret(p, 0);
    }

    function kind(leaf, k, level) {
      leaf.dataset.k = k;
      delete leaf.dataset.first;
      if (k === "n") {
        leaf.dataset.level = level || 0;
        const before = leaf.previousElementSibling;
        if (!before || before.dataset.k !== "n") leaf.dataset.first = "";
      } else delete leaf.dataset.level;
    }

    const chosen = () => { const r = here(); return r ? Array.from(root.children).filter((n) => n.nodeName === "P" && (r.collapsed ? n.contains(r.startContainer) : r.intersectsNode(n))) : []; };
    function turn(k) {
      const of = chosen(), at = where();
      const all = of.every((l) => l.dataset.k === k);
      of.forEach((l) => kind(l, all ? "p" : k, k === "n" ? +l.dataset.level || 0 : 0));
      goTo(at); changed(true);
    }
    function deeper(by) {
      chosen().filter((l) => l.dataset.k === "n").forEach((l) => {
        const level = +l.dataset.level + by;
        if (level < 0) kind(l, "p"); else l.dataset.level = Math.min(level, DEEPEST);
      });
      changed(true);
    }

    function table(what) {
      const leaf = leafHere(), t = leaf && leaf.closest("table"), at = t ? leaf.cellIndex : 0, row = t && leaf.parentNode;
      const cells = (n) => Array.from({ length: n }, () => { const td = document.createElement("td"); fill(td, ""); return td; });
      let to = null;
      if (what === "table" && !t) {
        const made = make({ k: "t", head: true, rows: [["", ""], ["", ""]] }), on = topOf(leaf) || root.lastElementChild;
        if (on && on.nodeName === "P" && !on.textContent.trim()) on.replaceWith(made); else if (on) on.after(made); else root.append(made);
        if (!made.nextElementSibling) made.after(make({ k: "p", text: "" }));
        to = made.rows[0].cells[0];
      } else if (t && what === "row" && t.rows.length < 200) { const tr = document.createElement("tr"); tr.append(...cells(row.cells.length)); row.after(tr); to = tr.cells[at]; }
      else if (t && what === "column" && row.cells.length < 10) { Array.from(t.rows, (tr) => tr.cells[at].after(...cells(1))); to = row.cells[at + 1]; }
      else if (t && what === "drop_row") { to = (row.nextElementSibling || row.previousElementSibling || { cells: [] }).cells[at]; row.remove(); }
      else if (t && what === "drop_column") { to = row.cells[at + 1] || row.cells[at - 1]; if (row.cells.length > 1) Array.from(t.rows, (tr) => tr.cells[at].remove()); else { t.querySelectorAll("tr").forEach((n) => n.remove()); to = null; } }
      const after = t && !t.rows.length ? t.nextElementSibling : null;
      if (t && !t.rows.length) t.remove();
      if (to) caret(to, 0); else if (t && !t.isConnected) caret(after || leaves()[0], 0);
      changed(true);
    }

    // "1. ", "a. " and "# " at the beginning of a paragraph make it what they say.
    function begun() {
      const leaf = leafHere(), r = here();
      if (!leaf || leaf.nodeName !== "P" || leaf.dataset.k !== "p" || !r.collapsed) return;
      const m = /^\s*(?:(\d{1,3}|a)[.)]|(#{1,3}))[ \u00a0]/.exec(leaf.textContent);
      if (!m || offset(leaf, r.startContainer, r.startOffset) !== m[0].length) return;
      const [node, i] = spot(leaf, m[0].length), gone = document.createRange();
      gone.selectNodeContents(leaf); gone.setEnd(node, i); gone.deleteContents();
      if (!leaf.textContent) fill(leaf, "");
      kind(leaf, m[2] ? "h" : "n", m[1] === "a" ? 1 : 0);
      caret(leaf, 0);
    }

    // Backspace at the beginning: a point becomes a paragraph, a paragraph joins the one before.
    function joins(forward) {
      const r = here(), leaf = leafHere();
      if (!leaf || !r.collapsed) return false;
      const at = offset(leaf, r.startContainer, r.startOffset), empty = !leaf.textContent;
      const atEdge = forward ? empty || at >= leaf.textContent.length + leaf.querySelectorAll("br").length - (leaf.lastChild.nodeName === "BR" ? 1 : 0) : at === 0;
      if (!atEdge) return false;
      if (leaf.nodeName === "TD") return true;
      if (!forward && leaf.dataset.k !== "p") { kind(leaf, "p"); return true; }
      const one = forward ? leaf : leaf.previousElementSibling, other = forward ? leaf.nextElementSibling : leaf;
      if (!one || !other) return true;
      if (one.nodeName === "TABLE" || other.nodeName === "TABLE") {
        if (empty && leaf.nextElementSibling && leaf.previousElementSibling) leaf.remove();
        caret(forward ? other.querySelector("td") : Array.from(one.querySelectorAll("td")).pop(), 0);
        return true;
      }
      if (one.lastChild && one.lastChild.nodeName === "BR") one.lastChild.remove();
      const to = length(one);
      one.append(...other.childNodes);
      other.remove();
      if (!one.textContent) fill(one, "");
      caret(one, to);
      return true;
    }

    function insert(blocks) {
      cut();
      let leaf = leafHere();
      if (!leaf) { leaf = leaves().pop(); caret(leaf, length(leaf)); }
      const inside = leaf.nodeName === "TD";
      if (inside || (blocks.length === 1 && blocks[0].k === "p")) {
        let text = blocks.map((b) => b.k === "t" ? b.rows.map((row) => row.join(" ")).join(" ") : b.text).join(" ");
        const part = document.createElement("p"), r = here();
        fill(part, inside ? text.replace(/\n/g, " ") : text);
        if (part.lastChild.nodeName === "BR") part.lastChild.remove();
        const at = offset(leaf, r.startContainer, r.startOffset) + length(part);
        if (leaf.childNodes.length === 1 && leaf.firstChild.nodeName === "BR") { leaf.textContent = ""; leaf.append(...part.childNodes); } else { const f = document.createDocumentFragment(); f.append(...part.childNodes); r.insertNode(f); }
        caret(leaf, at);
        return;
      }
      if (!blocks.length) return;
      const empty = !leaf.textContent.trim();
      if (!empty) split();
      const next = empty ? leaf : leafHere(), made = blocks.map(make);
      next.before(...made);
      const last = made[made.length - 1];
      if (!next.textContent.trim() && (next.nextElementSibling || last.nodeName === "P")) next.remove();
      const end = last.nodeName === "P" ? last : last.querySelector("td");
      caret(end, length(end));
    }

    // What is pasted keeps its words and becomes the kinds there are.
    function fromPage(html) {
      const clean = html.replace(/<style[^]*?<\/style>|<!--[^]*?-->/gi, "").replace(/\sstyle\s*=/gi, " data-s=").replace(/\son\w+\s*=/gi, " data-on=");
      const page = new DOMParser().parseFromString(clean, "text/html"), out = [];
      const inline = (n) => { let s = ""; n.childNodes.forEach((c) => {
        if (c.nodeType === 3) s += c.data.replace(/\s+/g, " ");
        else if (c.nodeName === "BR") s += "\n";
        else if (c.nodeType === 1 && !/^(SCRIPT|STYLE|UL|OL|TABLE|HEAD|TEMPLATE)$/.test(c.nodeName) && !/mso-list:\s*Ignore/i.test(c.dataset.s || "")) {
          const own = inline(c), bold = /^(B|STRONG)$/.test(c.nodeName) && !/font-weight:\s*normal/i.test(c.dataset.s || "") || /font-weight:\s*(bold|[6-9]00)/i.test(c.dataset.s || "");
          s += bold && own.trim() && !own.includes("**") ? own.replace(/^(\s*)([^]*?)(\s*)$/, "$1**$2**$3") : own;
        }
      }); return s; };
      const tidyText = (s) => s.split("\n").map((l) => l.trim()).filter(Boolean).join("\n");
      let open = null;
      const walk = (n, depth) => n.childNodes.forEach((c) => {
        const block = c.nodeType === 1 && /^(P|DIV|H[1-6]|LI|UL|OL|TABLE|SECTION|ARTICLE|BLOCKQUOTE|BODY|MAIN|PRE|DL|DT|DD|HEADER|FOOTER|TR|CENTER)$/.test(c.nodeName);
        const nested = c.nodeType === 1 && (c.querySelector("p, div, h1, h2, h3, h4, li, table") || /^(UL|OL)$/.test(c.nodeName));
        if (c.nodeType === 8 || /^(SCRIPT|STYLE|HEAD|TEMPLATE)$/.test(c.nodeName)) return;
        if (!block && !nested) {
          const f = page.createElement("i"); f.append(c.cloneNode(true));
          const text = inline(f);
          if (open) open.text += text; else if (text.trim()) out.push(open = { k: "p", text: text });
          return;
        }
        open = null;
        if (c.nodeName === "TABLE") {
          const rows = Array.from(c.rows, (tr) => Array.from(tr.cells, (td) => tidyText(inline(td)).replace(/\n/g, " ").replace(/\|/g, "¦")).slice(0, 10)).filter((row) => row.length);
          const wide = Math.max(0, ...rows.map((row) => row.length));
          if (wide) out.push({ k: "t", head: !!c.querySelector("th"), rows: rows.map((row) => row.concat(Array(wide - row.length).fill(""))) });
        } else if (/^(UL|OL)$/.test(c.nodeName)) walk(c, depth + 1);
        else if (c.nodeName === "LI") {
          out.push({ k: "n", level: Math.max(depth - 1, 0), text: inline(c) });
          c.querySelectorAll(":scope > ul, :scope > ol, :scope > table").forEach((l) => walk(l.nodeName === "TABLE" ? c : l, depth + 1));
        } else if (nested) walk(c, depth);
        else {
          const word = /mso-list:[^;"]*level(\d)/i.exec(c.dataset.s || "");
          out.push({ k: word ? "n" : /^H/.test(c.nodeName) && c.nodeName !== "HEADER" ? "h" : "p", level: word ? word[1] - 1 : 0, text: inline(c) });
        }
      });
      walk(page.body, 0);
      out.forEach((b) => { if (b.k !== "t") b.text = tidyText(b.text); if (b.k === "h") b.text = b.text.replace(/\*\*/g, ""); });
      return levelled(out.filter((b) => b.k === "t" || b.text));
    }
    function pasted(data) {
      const html = data.getData("text/html"), text = data.getData("text/plain");
      insert(html ? fromPage(html) : parse(text));
      changed(true);
    }

    root.addEventListener("beforeinput", (e) => {
      const kindOf = e.inputType, r = here();
      const wide = r && !r.collapsed && leafOf(r.startContainer) !== leafOf(r.endContainer);
      const own = (f) => { e.preventDefault(); f(); changed(true); };
      if (kindOf === "historyUndo") return own(() => back(past, ahead));
      if (kindOf === "historyRedo") return own(() => back(ahead, past));
      if (kindOf === "insertParagraph") return own(split);
      if (kindOf === "insertLineBreak") return own(() => { const leaf = leafHere(); if (!leaf || leaf.nodeName === "TD") return; cut(); const at = where(); const br = document.createElement("br"); here().insertNode(br); if (!br.nextSibling) br.after(document.createElement("br")); goTo([at[0], at[1] + 1]); });
      if (/^insertFrom(Paste|Drop|Yank)/.test(kindOf)) { e.preventDefault(); if (e.dataTransfer) pasted(e.dataTransfer); return; }
      if (kindOf === "insertText" && /\n/.test(e.data || "")) return own(() => insert(parse(e.data)));
      if (wide && /^(delete|insert)/.test(kindOf) && kindOf !== "insertCompositionText") return own(() => { cut(); if (kindOf === "insertText") insert([{ k: "p", text: e.data || "" }]); });
      if (/^delete.*Backward$/.test(kindOf) && joins(false)) { e.preventDefault(); return changed(true); }
      if (/^delete.*Forward$/.test(kindOf) && joins(true)) { e.preventDefault(); return changed(true); }
      if (/^format/.test(kindOf) && kindOf !== "formatBold") e.preventDefault();
      if (kindOf === "formatBold" && chosen().some((l) => l.dataset.k === "h")) e.preventDefault();
    });
    root.addEventListener("compositionstart", () => { const r = here(); if (r && leafOf(r.startContainer) !== leafOf(r.endContainer)) cut(); });
    root.addEventListener("input", (e) => { if (e.isComposing) return; e.stopPropagation(); tidy(); if (e.inputType === "insertText") begun(); changed(e.inputType === "formatBold"); });
    root.addEventListener("compositionend", () => changed());
    root.addEventListener("paste", (e) => { e.preventDefault(); pasted(e.clipboardData); });
    root.addEventListener("drop", (e) => { if (e.dataTransfer.files.length) e.preventDefault(); });
    root.addEventListener("keydown", (e) => {
      const leaf = leafHere(), key = e.key.toLowerCase();
      if ((e.ctrlKey || e.metaKey) && !e.altKey) {
        if (key === "z" || key === "y") { e.preventDefault(); if (key === "y" || e.shiftKey) back(ahead, past); else back(past, ahead); }
        return;
      }
      if (e.key !== "Tab" || !leaf) return;
      if (leaf.nodeName === "TD") {
        const cells = Array.from(leaf.closest("table").querySelectorAll("td")), to = cells[cells.indexOf(leaf) + (e.shiftKey ? -1 : 1)];
        if (to) { e.preventDefault(); caret(to, 0); } else if (!e.shiftKey && leaf.textContent.trim()) { e.preventDefault(); table("row"); const below = leaf.parentNode.nextElementSibling; if (below) caret(below.cells[0], 0); }
      } else if (leaf.dataset.k === "n" && (e.shiftKey || +leaf.dataset.level < DEEPEST)) { e.preventDefault(); deeper(e.shiftKey ? -1 : 1); }
    });

    // The tools: one stop of the Tab key, arrows between them.
    const tools = {};
    function tool(name, sign, act, group) {
      const b = document.createElement("button");
      b.type = "button"; b.className = "tool" + (group ? " " + group : ""); b.title = words[name]; b.textContent = sign || words[name];
      if (sign) b.setAttribute("aria-label", words[name]);
      b.tabIndex = bar.children.length ? -1 : 0;
      b.addEventListener("mousedown", (e) => e.preventDefault());
      b.addEventListener("click", () => { if (root.contentEditable !== "true") return; if (!here()) { root.focus(); goTo(spotBefore || [0, 0]); } act(); root.focus(); });
      bar.append(b); tools[name] = b;
    }
    tool("paragraph", "", () => turn("p")); tool("points", "", () => turn("n")); tool("heading", "", () => turn("h"));
    tool("bold", "", () => { document.execCommand("bold"); changed(true); });
    tool("deeper", "⇥", () => deeper(1)); tool("higher", "⇤", () => deeper(-1));
    tool("table", "", () => table("table"));
    tool("row", "", () => table("row"), "of-table"); tool("column", "", () => table("column"), "of-table");
    tool("drop_row", "", () => table("drop_row"), "of-table"); tool("drop_column", "", () => table("drop_column"), "of-table");
    tool("undo", "↶", () => back(past, ahead)); tool("redo", "↷", () => back(ahead, past));
    bar.addEventListener("keydown", (e) => {
      const all = Array.from(bar.children).filter((b) => !b.hidden), at = all.indexOf(document.activeElement);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[e.key];
      if (to === undefined || at < 0) return;
      e.preventDefault();
      const b = all[(to + all.length) % all.length];
      Array.from(bar.children).forEach((x) => { x.tabIndex = -1; });
      b.tabIndex = 0; b.focus();
    });
    function buttons() {
      const leaf = leafHere(), k = leaf && (leaf.dataset.k || "t");
      bar.querySelectorAll(".of-table").forEach((b) => { b.hidden = k !== "t"; });
      tools.deeper.hidden = tools.higher.hidden = k !== "n";
      [["paragraph", "p"], ["points", "n"], ["heading", "h"]].forEach(([n, v]) => { tools[n].setAttribute("aria-pressed", String(k === v)); tools[n].disabled = k === "t"; });
      tools.table.disabled = k === "t";
      tools.bold.setAttribute("aria-pressed", String(!!leaf && isBold(here().startContainer, leaf)));
      if (!Array.from(bar.children).some((b) => b.tabIndex === 0 && !b.hidden)) tools.paragraph.tabIndex = 0;
    }
    document.addEventListener("selectionchange", () => { if (document.activeElement === root) { spotBefore = where(); buttons(); } });

    draw(parse(area.value));
    // What was typed stands as it was until something is changed here.
    shown = textOf(read());
    buttons();
    area.editor = {
      root: root,
      set: (text) => { area.value = text; draw(parse(text)); shown = textOf(read()); past.length = ahead.length = 0; },
      block: (n) => { let at = -1; for (const el of root.children) { if (el.nodeName === "P" && !said(el)) continue; if (el.dataset.k !== "n" || "first" in el.dataset) at++; if (at === n) return el; } return null; },
      find: (quote) => { const want = quote.replace(/[*#|…\s]|^\s*(\d+|a)[.)]/g, "").slice(0, 40); return Array.from(root.children).find((el) => el.textContent.replace(/[*#|…\s]/g, "").startsWith(want)); },
      lock: () => { root.contentEditable = "false"; root.setAttribute("aria-readonly", "true"); bar.hidden = true; },
    };
  }

  window.tertibEditor = { attach: attach };
})();
