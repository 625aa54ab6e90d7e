// node live.cjs PROGRAM FOLDER: uses the page of the program `live` as people do.
const assert = require("node:assert/strict");
const { spawn } = require("node:child_process");
const { createInterface } = require("node:readline");
const { run, withBrowser } = require("./chromium.cjs");

const [program, folder] = process.argv.slice(2);
const STEPS = 20;

async function start() {
  const server = spawn(program, ["--port", "0", "--steps", `${STEPS}`, "--step-time", "150"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [address] = await new Promise((resolve) =>
    createInterface(server.stdout).once("line", (...line) => resolve(line)),
  );
  return { server, address };
}

// The status line, error and picture that the page shows.
const shown = (page) =>
  page.evaluate(() => ({
    text: document.getElementById("status").textContent,
    error: document.getElementById("error").textContent,
    picture: document.getElementById("picture").getAttribute("src"),
    width: document.getElementById("picture").naturalWidth,
  }));

const waitFor = (page, words) =>
  page.waitForFunction(
    (words) => document.getElementById("status").textContent.includes(words),
    words,
    { timeout: 20_000 },
  );

async function main() {
  const { server, address } = await start();
  await withBrowser(async (browser) => {
    const open = async () => {
      const page = await browser.newPage({ viewport: { width: 460, height: 680 } });
      page.on("pageerror", (error) => assert.fail(`script error: ${error}`));
      await page.goto(address);
      return page;
    };
    const page = await open();
    await waitFor(page, "ready");

    // The picture changes over the steps.
    await page.fill("#seed", "2");
    await page.click("#start");
    const pictures = new Set();
    for (let step = 1; step < STEPS - 2; step += 3) {
      await page.waitForFunction((step) => document.getElementById("progress").value >= step, step);
      pictures.add((await shown(page)).picture);
      if (step === 10) await page.screenshot({ path: `${folder}/running.png` });
    }
    assert.ok(pictures.size >= 5, `${pictures.size} pictures`);

    // A second viewer comes late and disconnects, without harm to the first.
    const late = await open();
    await waitFor(late, "step");
    assert.ok((await shown(late)).picture, "a late viewer sees the current picture");
    await late.close();

    // The last picture shows the end of the run, and stays.
    await waitFor(page, `done: step ${STEPS} of ${STEPS}`);
    const end = await shown(page);
    assert.equal(end.width, 48);
    assert.equal(end.error, "");
    assert.ok(!pictures.has(end.picture), "the last picture differs from all before");
    await page.screenshot({ path: `${folder}/done.png` });

    // Another previewer shows another picture of the same latent.
    await page.selectOption("#previewer", "ComfyUI");
    await page.waitForFunction((old) => document.getElementById("picture").src !== old, end.picture);
    await page.screenshot({ path: `${folder}/comfyui.png` });

    // The 2x previewer.
    await page.selectOption("#previewer", "tiny 2x");
    await page.waitForFunction(() => document.getElementById("picture").naturalWidth === 96);
    await page.screenshot({ path: `${folder}/tiny-2x.png` });

    // Stop works: the step no longer changes.
    await page.click("#start");
    await waitFor(page, "running: step 4");
    await page.click("#stop");
    await waitFor(page, "stopped");
    const stopped = await shown(page);
    await page.waitForTimeout(700);
    assert.deepEqual(await shown(page), stopped);

    // A run can be started after a stopped one.
    await page.click("#start");
    await waitFor(page, "running: step 2");
    console.log(`live page: ${pictures.size} pictures on the way; late viewer, end, previewer and stop are right`);
  }, () => server.kill());
}

run(main);
