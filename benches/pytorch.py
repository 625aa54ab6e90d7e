#!/usr/bin/env python3
"""Times two ways to preview a latent with PyTorch on one CPU thread, to compare with criterion:

    pip install torch numpy
    cargo bench --features testing --bench previews
    python3 benches/pytorch.py

- `linear`: a matrix and a bias on a latent of 4 or 16 channels of 64x64, then bytes. These are the operations
  of ComfyUI's `Latent2RGBPreviewer`: move the axes, a linear layer, (x + 1) / 2, clamp, times 255, to u8.
- `taesd`: a decoder of TAESD's shape, https://github.com/madebyollin/taesd (MIT), to 512x512 pixels.
  Its weights are random, since the time does not depend on them.

Writes the medians to criterion's folder, so that the program `speed_table` finds them.
"""

import json
import os
import pathlib
import statistics
import time

import torch
from torch import nn

torch.set_num_threads(1)


def bytes_of(picture):
    return picture.add(1).div(2).clamp(0, 1).mul(255).to(torch.uint8)


def linear(channels, dtype):
    latent = torch.randn(1, channels, 64, 64).to(dtype)
    factors = torch.randn(3, channels).to(dtype)
    bias = torch.randn(3).to(dtype)
    return lambda: bytes_of(nn.functional.linear(latent[0].movedim(0, -1), factors, bias))


class Block(nn.Module):
    """Three convolutions beside a skip."""

    def __init__(self):
        super().__init__()
        layers = (nn.Conv2d(64, 64, 3, padding=1) for _ in range(3))
        first, second, third = layers
        self.convolutions = nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), third)

    def forward(self, x):
        return nn.functional.relu(self.convolutions(x) + x)


def taesd(channels):
    stages = [nn.Conv2d(channels, 64, 3, padding=1), nn.ReLU()]
    for _ in range(3):
        between = nn.Conv2d(64, 64, 3, padding=1, bias=False)
        stages += [Block(), Block(), Block(), nn.Upsample(scale_factor=2), between]
    decoder = nn.Sequential(*stages, Block(), nn.Conv2d(64, 3, 3, padding=1)).eval()
    latent = torch.randn(1, channels, 64, 64)
    return lambda: bytes_of(decoder(latent))


def median(call, runs):
    times = []
    for _ in range(runs + runs // 10 + 1):
        start = time.perf_counter_ns()
        call()
        times.append(time.perf_counter_ns() - start)
    return statistics.median(times[-runs:])


def main():
    repository = pathlib.Path(__file__).parent.parent
    results = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", repository / "target")) / "criterion/pytorch"
    cases = {}
    for channels in (4, 16):
        for name, dtype in (("f32", torch.float32), ("f16", torch.float16), ("bf16", torch.bfloat16)):
            cases[f"linear {channels} {name}"] = (linear(channels, dtype), 5000)
        cases[f"taesd {channels}"] = (taesd(channels), 5)
    results.mkdir(parents=True, exist_ok=True)
    (results / "version").write_text(torch.__version__.split("+")[0])
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} thread")
    for name, (call, runs) in cases.items():
        with torch.inference_mode():
            nanoseconds = median(call, runs)
        folder = results / name / "new"
        folder.mkdir(parents=True, exist_ok=True)
        estimates = {"median": {"point_estimate": nanoseconds}}
        (folder / "estimates.json").write_text(json.dumps(estimates))
        print(f"{name}: {nanoseconds / 1000:.1f} µs")


if __name__ == "__main__":
    main()
