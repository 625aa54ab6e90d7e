// Debian's Chromium, headless and quiet, for the scripts that test pages.
const { chromium } = require("playwright-core");

// Gives the browser to `look`, and closes it. A failure ends the program.
exports.withBrowser = async (look, end) => {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
      "--disable-component-update", "--no-first-run"],
  });
  try {
    await look(browser);
  } finally {
    await browser.close();
    end();
  }
};

exports.run = (main) =>
  main().catch((error) => {
    console.error(error);
    process.exit(1);
  });
