#!/usr/bin/env python3
"""Writes expected.txt: what applications make of fixed latents, byte for byte.

    pip install numpy && python3 tests/peers/expected.py

It shares nothing with the crate but the published numbers: it reads them from
src/format/data and computes in numpy, in float32, in the order of operations of
each application, with its range map, clamp and rounding.

A line of expected.txt is: format, origin, seed, bytes of 8x8 pixels in hex. The
latents come from the seed by the generator below. Seeds are tried in order
until no value lies within 1e-3 of a rounding boundary, where float32 in another
order of operations may differ.
"""

import pathlib
import tomllib

import numpy as np

ROOT = pathlib.Path(__file__).parents[2]
SIDE = 8


def latents(seed, channels, packed):
    """Multiples of 1/256 from -2 to 2, exact in every float type."""
    values = []
    state = seed
    for _ in range(channels * SIDE * SIDE):
        state = (state * 1664525 + 1013904223) % 2**32
        values.append(((state >> 16) & 0x3FF) / 256 - 2)
    values = np.array(values, np.float32)
    if not packed:
        return values.reshape(channels, SIDE, SIDE)
    # [4C, h, w] as ComfyUI unpacks it: channel, row and column in the patch first.
    half = SIDE // 2
    patches = values.reshape(channels, 2, 2, half, half)
    return patches.transpose(0, 3, 1, 4, 2).reshape(channels, SIDE, SIDE)


def truncated(x):
    return x.astype(np.uint8)


def torch_unit(linear):
    """ComfyUI, InvokeAI, A1111: ((x + 1) / 2).clamp(0, 1) * 255, to uint8."""
    one, two = np.float32(1), np.float32(2)
    return truncated(np.clip((linear + one) / two, 0, 1) * np.float32(255))


def cpp_unit(linear):
    """stable-diffusion.cpp: x * 0.5 + 0.5, clamped, times 255, cast."""
    half = np.float32(0.5)
    return truncated(np.clip(linear * half + half, 0, 1) * np.float32(255))


def wan2gp(linear):
    return truncated(np.clip((linear + np.float32(1)) * np.float32(127.5), 0, 255))


def bytes_range(linear):
    """diffusers' documentation, Draw Things: clamped to 0..255, cast."""
    return truncated(np.clip(linear, 0, 255))


def sceneworks(linear):
    """Clamped to 0..1, times 255, rounded half to even."""
    return truncated(np.rint(np.clip(linear, 0, 1) * np.float32(255)))


def unclamped(linear):
    """SD.Next does not clamp, so only pixels in range have a meaning."""
    return truncated((linear + np.float32(1)) / np.float32(2) * np.float32(255))


def arithmetic(origin, output):
    if origin.startswith("SceneWorks"):
        return sceneworks
    if origin == "Wan2GP":
        return wan2gp
    if origin == "stable-diffusion.cpp":
        return cpp_unit
    if origin == "SD.Next":
        return unclamped
    return {"decoder": torch_unit, "bytes": bytes_range}[output]


def is_far_from_boundaries(table, exact):
    scale = {"decoder": (127.5, 127.5), "display": (255, 0), "bytes": (1, 0)}[table["output"]]
    level = exact * scale[0] + scale[1]
    if table["origin"] == "SD.Next" and not ((level >= 0) & (level < 256)).all():
        return False
    level = level[(level > -1) & (level < 256)]
    if table["rounding"] == "nearest":
        level = level + 0.5
    return np.abs(level - np.rint(level)).min(initial=1) > 1e-3


def main():
    lines = []
    for path in sorted((ROOT / "src/format/data").glob("*.toml")):
        for form in tomllib.loads(path.read_text())["format"]:
            for table in form.get("projection", []):
                if table["source"]["repository"] == "latent-preview":
                    continue
                lines.append(line(form, table))
    (pathlib.Path(__file__).parent / "expected.txt").write_text("".join(lines))


def line(form, table):
    factors = np.array(table["factors"])
    bias = np.array(table.get("bias", [0, 0, 0]))
    # The sampler's packed latent, but for the table that takes the VAE's.
    packed = form["name"] == "flux2" and table.get("space") != "vae"
    seed = 1
    while True:
        x = latents(seed, form["channels"], packed)
        if table["origin"] == "SD.Next":
            x = x / 8
        exact = np.einsum("chw,ck->hwk", x.astype(np.float64), factors) + bias
        if is_far_from_boundaries(table, exact):
            break
        seed += 1
    linear = np.einsum("chw,ck->hwk", x, factors.astype(np.float32)) + bias.astype(np.float32)
    pixels = arithmetic(table["origin"], table["output"])(linear.astype(np.float32))
    return f"{form['name']}\t{table['origin']}\t{seed}\t{pixels.tobytes().hex()}\n"


main()
