// node browser.cjs FOLDER: uses the page of `examples/browser` as people do.
const assert = require("node:assert/strict");
const { mkdirSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { createServer } = require("node:http");
const { basename, dirname, extname, join } = require("node:path");
const { run, withBrowser } = require("./chromium.cjs");

const folder = process.argv[2];
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

// Files of the page, and nothing else.
async function serve() {
  const server = createServer((request, response) => {
    const path = request.url === "/" ? "/index.html" : request.url;
    if (!/^\/(pkg\/)?[\w.]+$/.test(path) || !(extname(path) in TYPES)) {
      return response.writeHead(404).end();
    }
    response.writeHead(200, { "Content-Type": TYPES[extname(path)] });
    response.end(readFileSync(join(folder, "page", path)));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, address: `http://127.0.0.1:${server.address().port}/` };
}

const choices = (page, id) =>
  page.evaluate((id) => [...document.getElementById(id).options].map((option) => option.text), id);

const words = (page, id) => page.textContent(`#${id}`);

// The largest difference in levels between the shown picture and a PNG.
const difference = (page, png) =>
  page.evaluate(async (address) => {
    const image = await createImageBitmap(await (await fetch(address)).blob());
    const levels = (source) => {
      const canvas = new OffscreenCanvas(source.width, source.height);
      const context = canvas.getContext("2d");
      context.drawImage(source, 0, 0);
      return context.getImageData(0, 0, source.width, source.height).data;
    };
    const canvas = document.getElementById("picture");
    const [shown, expected] = [levels(canvas), levels(image)];
    if (shown.length !== expected.length) return Infinity;
    return shown.reduce((most, level, i) => Math.max(most, Math.abs(level - expected[i])), 0);
  }, `data:image/png;base64,${readFileSync(png).toString("base64")}`);

async function main() {
  const { server, address } = await serve();
  await withBrowser(async (browser) => {
    const page = await browser.newPage({ viewport: { width: 560, height: 900 } });
    page.on("pageerror", (error) => assert.fail(`script error: ${error}`));
    await page.goto(address);
    await page.waitForSelector("body[data-ready]");

    // Two formats: the one that the file names comes first, and its picture is the native one.
    for (const [file, side] of [["sd1", 64], ["quality/flux1", 48]]) {
      const format = basename(file);
      await page.setInputFiles("#file", `examples/data/${file}.safetensors`);
      await page.waitForSelector("#picture:not([hidden])");
      assert.equal((await choices(page, "format"))[0], format);
      assert.match(await words(page, "status"), new RegExp(`^${side} x ${side} in `));
      const worst = await difference(page, join(folder, `${format}.png`));
      assert.ok(worst <= 1, `${format}: levels differ by up to ${worst}`);
      await page.screenshot({ path: join(folder, `${format}-page.png`) });
      console.log(`${format}: ${await words(page, "status")}, levels differ by at most ${worst}`);
    }

    // Another format of the same shape makes another picture.
    await page.selectOption("#format", { label: "sd3" });
    assert.ok((await difference(page, join(folder, "flux1.png"))) > 1);
    await page.selectOption("#format", { label: "flux1" });

    // The previewer of twice the size.
    await page.selectOption("#previewer", { label: "twice the size" });
    assert.match(await words(page, "status"), /^96 x 96 in /);
    console.log(`flux1, twice the size: ${await words(page, "status")}`);
    await page.check("#smooth");
    await page.screenshot({ path: join(folder, "twice-page.png") });

    // A video, dropped onto the page: frames of zeros, of ones and of zeros again.
    const frames = await page.evaluate(() => {
      const [channels, count, size] = [16, 3, 4];
      const samples = new Float32Array(channels * count * size);
      for (let c = 0; c < channels; c += 1) samples.fill(1, (c * count + 1) * size, (c * count + 2) * size);
      const header = JSON.stringify({
        __metadata__: { format: "wan21" },
        video: { dtype: "F32", shape: [channels, count, 2, 2], data_offsets: [0, samples.byteLength] },
      });
      const padded = new TextEncoder().encode(header.padEnd(Math.ceil(header.length / 8) * 8));
      const length = new BigUint64Array([BigInt(padded.length)]);
      const transfer = new DataTransfer();
      transfer.items.add(new File([length, padded, samples], "video.safetensors"));
      document.getElementById("drop").dispatchEvent(
        new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }),
      );
      return count;
    });
    await page.waitForFunction(() => document.getElementById("tensor").textContent.startsWith("video"));
    assert.equal(await page.getAttribute("#image", "max"), `${frames - 1}`);
    const pixel = async (frame) => {
      await page.fill("#image", `${frame}`);
      return page.evaluate(() =>
        [...document.getElementById("picture").getContext("2d").getImageData(0, 0, 1, 1).data]);
    };
    const [first, second, third] = [await pixel(0), await pixel(1), await pixel(2)];
    assert.deepEqual(first, third);
    assert.notDeepEqual(first, second);

    // A model's files say the latents' format, or that the latents are of another one.
    await page.setInputFiles("#file", "examples/data/sd1.safetensors");
    await page.waitForSelector("#picture:not([hidden])");
    const model = (name, text) => ({ name, mimeType: "application/octet-stream", buffer: Buffer.from(text) });
    const sdxl = JSON.stringify({ _class_name: "AutoencoderKL", scaling_factor: 0.13025 });
    await page.setInputFiles("#checkpoint", model("config.json", sdxl));
    await page.waitForFunction(() => document.getElementById("ground").textContent.startsWith("sdxl, by"));
    assert.equal(await page.evaluate(() => document.getElementById("format").selectedOptions[0].text), "sdxl");
    console.log(`model: ${await words(page, "ground")}`);
    const tensor = { dtype: "BF16", shape: [3072, 128], data_offsets: [0, 786432] };
    const names = { "img_in.weight": tensor, "double_stream_modulation_img.lin.weight": tensor };
    const header = Buffer.from(JSON.stringify(names));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    await page.setInputFiles("#checkpoint", model("x.safetensors", Buffer.concat([length, header])));
    await page.waitForFunction(() => document.getElementById("error").textContent.endsWith("not a latent of flux2"));
    await page.screenshot({ path: join(folder, "model-page.png") });

    // A folder: the order of its files is that of `LatentFormat::from_model`.
    const index = (pipeline) => JSON.stringify({ _class_name: pipeline });
    const unet = JSON.stringify({ _class_name: "UNet2DConditionModel" });
    const sd1 = JSON.stringify({ _class_name: "AutoencoderKL", latent_channels: 4 });
    const movq = JSON.stringify({ _class_name: "VQModel", latent_channels: 4 });
    const whole = Buffer.concat([length, header]);
    for (const [files, expected] of [
      [{ "unet/config.json": sd1, "vae/config.json": sdxl, "model_index.json": index("StableDiffusionXLPipeline") },
        /^sdxl, by .*, and model_index.json/],
      [{ "movq/config.json": movq, "model_index.json": index("KandinskyPipeline") }, /^kandinsky21, by/],
      [{ "unet/config.json": unet, "model_index.json": index("StableCascadePriorPipeline") },
        /not a latent of cascade-prior/],
      [{ "unet/config.json": sd1 }, /^expected model_index.json/],
      [{ "config.json": sdxl, "a.safetensors": whole, "b.safetensors": whole }, /^sdxl, by/],
      [{ "config.json": unet, "a.safetensors": whole }, /not a latent of flux2/],
      [{ "a-00001-of-00002.safetensors": whole }, /^expected/],
    ]) {
      const model = join(folder, "model");
      rmSync(model, { recursive: true, force: true });
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(model, name)), { recursive: true });
        writeFileSync(join(model, name), content);
      }
      await page.evaluate(() => { document.getElementById("ground").textContent = ""; });
      await page.setInputFiles("#folder", model);
      await page.waitForFunction(() => ["ground", "error"].some((id) => document.getElementById(id).textContent));
      const said = `${await words(page, "ground")} ${await words(page, "error")}`.trim();
      assert.match(said, expected);
      console.log(`folder of ${Object.keys(files)}: ${said}`);
    }

    // The page reports a file of another kind as an error and continues.
    const other = { name: "x.safetensors", mimeType: "application/octet-stream", buffer: Buffer.from("no tensors") };
    await page.setInputFiles("#file", other);
    await page.waitForFunction(() => document.getElementById("error").textContent !== "");
    console.log(`no safetensors: ${await words(page, "error")}`);
    await page.setInputFiles("#file", "examples/data/sd1.safetensors");
    await page.waitForSelector("#picture:not([hidden])");
    assert.equal(await words(page, "error"), "");
    console.log("page in the browser: previews equal those of this machine");
  }, () => server.close());
}

run(main);
