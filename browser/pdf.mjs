// The text of a PDF that Chromium wrote, page by page: enough of the format to
// read what a printed page says.
import { inflateSync } from "node:zlib";

// plain is a text as pages are compared with it: without spaces, which only
// layout makes, and with one code for characters that a font draws alike.
export const plain = (text) => text.normalize("NFKC").replace(/\s+/g, "");

// pages are the plain texts of a PDF's pages.
export function pages(pdf) {
  const objects = read(pdf.toString("latin1"));
  const fonts = new Map(); // by the object's number
  const fontOf = (number) => {
    if (!fonts.has(number)) {
      const map = /\/ToUnicode (\d+) 0 R/.exec(objects.get(number).head);
      fonts.set(number, map ? characters(objects.get(map[1]).stream) : undefined);
    }
    return fonts.get(number);
  };
  const out = [];
  for (const { head } of objects.values()) {
    if (!/\/Type \/Page\b/.test(head)) continue;
    const named = new Map();
    for (const [, name, number] of head.matchAll(/\/(F\d+) (\d+) 0 R/g)) named.set(name, number);
    const content = objects.get(/\/Contents (\d+) 0 R/.exec(head)[1]).stream;
    let text = "", font;
    for (const [, name, shown] of content.matchAll(/\/(F\d+) [\d.]+ Tf|((?:<[0-9A-Fa-f]*>|\[[^\]]*\]) ?T[jJ])/g)) {
      if (name) font = fontOf(named.get(name));
      else for (const [, hex] of shown.matchAll(/<([0-9A-Fa-f]*)>/g)) text += font?.(hex) ?? "";
    }
    out.push(plain(text));
  }
  return out;
}

// read takes the file apart into its objects: what stands before the stream,
// and the stream unpacked.
function read(file) {
  const objects = new Map();
  for (const [, number, body] of file.matchAll(/(\d+) 0 obj\s([\s\S]*?)\nendobj/g)) {
    const [, head, packed] = /^([\s\S]*?)(?:\bstream\r?\n([\s\S]*)\nendstream)?$/.exec(body);
    let stream = packed ?? "";
    if (packed && /FlateDecode/.test(head)) stream = inflateSync(Buffer.from(packed, "latin1")).toString("latin1");
    objects.set(number, { head, stream });
  }
  return objects;
}

// characters reads a font's table of glyphs and returns what turns glyphs in
// hexadecimal digits into text.
function characters(table) {
  const digits = /begincodespacerange\s*<([0-9A-Fa-f]+)>/.exec(table)?.[1].length ?? 4;
  const known = new Map();
  const text = (hex) => Buffer.from(hex, "hex").swap16().toString("utf16le");
  for (const [, list] of table.matchAll(/beginbfchar([\s\S]*?)endbfchar/g)) {
    for (const [, glyph, as] of list.matchAll(/<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>/g)) known.set(parseInt(glyph, 16), text(as));
  }
  for (const [, list] of table.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)) {
    for (const [, from, to, as] of list.matchAll(/<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>/g)) {
      for (let glyph = parseInt(from, 16), code = parseInt(as, 16); glyph <= parseInt(to, 16); glyph++, code++) known.set(glyph, String.fromCodePoint(code));
    }
  }
  return (hex) => (hex.match(new RegExp(`.{${digits}}`, "g")) ?? []).map((glyph) => known.get(parseInt(glyph, 16)) ?? "").join("");
}
