// Takes the screenshots of the page for the documentation, from a running ./wadi up and with a headless Chromium:
//   node --experimental-websocket docs/images/screenshots.mjs [http://localhost:9876/]
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const page = process.argv[2] ?? "http://localhost:9876/";
const directory = dirname(fileURLToPath(import.meta.url));
const PICTURES = [
  { name: "page", width: 1400, height: 1000, scheme: "light" },
  { name: "page-dark", width: 1400, height: 1000, scheme: "dark" },
  { name: "page-800", width: 800, height: 1000, scheme: "light" },
  { name: "page-375", width: 375, height: 1000, scheme: "light" },
];
const DRAWN = "document.querySelector('#kafka .busiest li') && document.querySelector('#timeline:not([hidden])') && document.querySelector('#brokers-rows tr')";
const DEADLINE_MS = 60_000;

const profile = mkdtempSync(join(tmpdir(), "wadi-screenshots-"));
const chromium = spawn("chromium", ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank"], {
  stdio: ["ignore", "ignore", "pipe"],
});
const port = await new Promise((found) => {
  let text = "";
  chromium.stderr.on("data", (data) => {
    text += data;
    const match = text.match(/ws:\/\/[^:]+:(\d+)\//);
    if (match) {
      found(match[1]);
    }
  });
});
const tab = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()).find((each) => each.type === "page");
const socket = new WebSocket(tab.webSocketDebuggerUrl);
await new Promise((opened) => (socket.onopen = opened));
const waiting = new Map();
socket.onmessage = ({ data }) => {
  const message = JSON.parse(data);
  waiting.get(message.id)?.(message.result);
};
const call = (method, params = {}) =>
  new Promise((done) => {
    const id = waiting.size + 1;
    waiting.set(id, done);
    socket.send(JSON.stringify({ id, method, params }));
  });

try {
  for (const { name, width, height, scheme } of PICTURES) {
    await call("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
    await call("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
    await call("Page.navigate", { url: page });
    const end = Date.now() + DEADLINE_MS;
    while (!(await call("Runtime.evaluate", { expression: `Boolean(${DRAWN})` })).result?.value) {
      if (Date.now() > end) {
        throw new Error(`${page} was not drawn within ${DEADLINE_MS} ms`);
      }
      await new Promise((next) => setTimeout(next, 200));
    }
    const { data } = await call("Page.captureScreenshot", { format: "webp", quality: 80, clip: { x: 0, y: 0, width, height, scale: 1 } });
    writeFileSync(join(directory, `${name}.webp`), Buffer.from(data, "base64"));
    console.log(`Written: docs/images/${name}.webp`);
  }
} finally {
  chromium.kill();
  await new Promise((ended) => chromium.once("exit", ended));
  rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
}
process.exit(0);
