// Takes the pictures of docs/images from a fresh demo: scripts/screenshots.
import { mkdir, stat } from "node:fs/promises";
import assert from "node:assert/strict";
import { closeBrowser, demo, Person } from "./harness.mjs";

// Each picture: who looks, where, and which link is followed first.
const pictures = [
  { name: "inbox", persona: "manager", path: "/" },
  { name: "overview", persona: "head", path: "/overview" },
  { name: "award", persona: "manager", path: "/", follow: "td.award a" },
  { name: "decide", persona: "manager", path: "/", follow: 'td.do a[href$="/decide"]' },
];

const host = await demo();
try {
  await mkdir("docs/images", { recursive: true });
  for (const lang of ["en", "zh-CN"]) {
    for (const picture of pictures) {
      const person = await Person.at(host.url, picture.persona, { lang, width: 1280, height: 860 });
      await person.page.goto(`${host.url}${picture.path}?lang=${lang}`);
      if (picture.follow) await person.page.click(`${picture.follow} >> nth=0`);
      await person.page.waitForLoadState();
      const file = `docs/images/${picture.name}.${lang}.png`;
      await person.page.screenshot({ path: file });
      const { size } = await stat(file);
      assert.ok(size <= 300 * 1024, `${file} has ${size} bytes, more than 300 KB`);
      console.log(file, size);
      await person.leave();
    }
  }
} finally {
  await closeBrowser();
  await host.stop();
}
