// What pages weigh on the wire: every screen, at the first visit with nothing
// kept, and after, with styles, script and images kept.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { browser, closeBrowser, demo, Person } from "./harness.mjs";
import { open, screens } from "./screens.mjs";

const first = 60 * 1024, later = 15 * 1024; // bytes, headers counted

let host;
before(async () => { host = await demo(); });
after(async () => { await closeBrowser(); await host?.stop(); });

// weighing counts what each page loads: headers and compressed bodies.
async function weighing(page) {
  const wire = await page.context().newCDPSession(page);
  await wire.send("Network.enable");
  let loads = new Map(), settled = () => {};
  wire.on("Network.requestWillBeSent", ({ requestId, type, request }) => {
    if (type === "Document") loads = new Map(); // another page
    loads.set(requestId, { path: new URL(request.url).pathname });
  });
  for (const event of ["Network.requestServedFromCache", "Network.loadingFinished", "Network.loadingFailed"]) {
    wire.on(event, ({ requestId, encodedDataLength = 0 }) => {
      if (loads.has(requestId)) loads.get(requestId).bytes = encodedDataLength;
      settled();
    });
  }
  return {
    forget: () => wire.send("Network.clearBrowserCache"),
    // weight is that of the last page, when all of it is there.
    weight: async () => {
      const list = () => [...loads.values()];
      // an image that is asked for twice comes once
      const there = ({ path }) => list().some((load) => load.path === path && load.bytes !== undefined);
      await new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`still loading: ${JSON.stringify(list())}`)), 30_000);
        settled = () => { if (list().length && list().every(there)) { clearTimeout(late); resolve(); } };
        settled();
      });
      return { bytes: list().reduce((sum, { bytes = 0 }) => sum + bytes, 0), parts: list().map(({ path, bytes }) => `${path} ${bytes}`).join(", ") };
    },
  };
}

test("every screen", async (t) => {
  let heaviest = 0, heaviestLater = 0;
  const context = await (await browser()).newContext({ locale: "zh-CN" });
  const sessions = new Map(), stranger = await context.newPage();
  await stranger.goto(`${host.url}/sign-in`);
  for (const screen of screens.filter((s) => !s.press && !s.theirs)) {
    const person = new Person(host.url, await context.newPage(), "zh-CN");
    await context.clearCookies();
    if (screen.persona && !sessions.has(screen.persona)) {
      await person.signIn(screen.persona);
      sessions.set(screen.persona, await context.cookies());
    } else if (screen.persona) await context.addCookies(sessions.get(screen.persona));
    const scale = await weighing(person.page);
    await open(person, screen); // styles and script are kept from the pages before
    const hot = await scale.weight();
    await scale.forget();
    await person.page.goto(person.page.url());
    const cold = await scale.weight();
    assert.ok(cold.bytes > hot.bytes / 2 && hot.bytes > 500, `${screen.name}: nothing was weighed: ${cold.parts}; ${hot.parts}`);
    assert.ok(cold.bytes <= first, `${screen.name}: ${cold.bytes} bytes at first: ${cold.parts}`);
    assert.ok(hot.bytes <= later, `${screen.name}: ${hot.bytes} bytes after: ${hot.parts}`);
    heaviest = Math.max(heaviest, cold.bytes);
    heaviestLater = Math.max(heaviestLater, hot.bytes);
    await person.page.goto(`${host.url}/sign-in`); // what was forgotten is kept again
    await person.page.close();
  }
  t.diagnostic(`heaviest at first ${heaviest} bytes, after ${heaviestLater} bytes`);
});
