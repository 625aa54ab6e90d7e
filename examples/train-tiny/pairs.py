#!/usr/bin/env python3
"""Makes pairs for train-tiny: encodes crops of pictures, disturbs some of the latents, decodes all.

    pip install diffusers torch numpy pillow safetensors
    python3 pairs.py --vae madebyollin/taesd --output pairs.safetensors PICTURE...

The VAE is an `AutoencoderTiny` or `AutoencoderKL` of diffusers: its folder, or its name at Hugging Face. Its latents
must have an eighth of the picture's size, and its model space must be `(x - shift) * scale`, as the file has it.
"""

import argparse
import pathlib

import numpy
import torch
from diffusers import AutoModel
from PIL import Image, ImageEnhance
from safetensors.torch import save_file
from torch.nn import functional

SIZE = 384


def crop(picture, random):
    """A square of the picture, reduced (enlarged if it is smaller); half are mirrored, half changed in color."""
    least = SIZE / min(picture.size)
    scale = random.uniform(least, max(least, min(1, 2.6 * least)))
    picture = picture.resize([max(SIZE, round(scale * side)) for side in picture.size], Image.LANCZOS)
    x, y = (random.integers(0, side - SIZE + 1) for side in picture.size)
    picture = picture.crop((x, y, x + SIZE, y + SIZE))
    if random.random() < 0.5:
        picture = picture.transpose(Image.FLIP_LEFT_RIGHT)
    if random.random() < 0.5:
        is_dark = random.random() < 0.2
        picture = ImageEnhance.Contrast(picture).enhance(random.uniform(0.7, 1.4))
        picture = ImageEnhance.Color(picture).enhance(random.uniform(0.3, 1.6))
        brightness = random.uniform(0.15, 0.45) if is_dark else random.uniform(0.6, 1.3)
        picture = ImageEnhance.Brightness(picture).enhance(brightness)
    return picture


def blurred(latent, sigma):
    kernel = torch.exp(-torch.arange(-6, 7) ** 2 / (2 * sigma**2))
    kernel = kernel / kernel.sum()
    planes = functional.pad(latent[None], (6, 6, 6, 6), mode="replicate")[0][:, None]
    across = functional.conv2d(planes, kernel[None, None, None])
    return functional.conv2d(across, kernel[None, None, :, None])[:, 0]


def disturbed(latent, other, kind, random):
    """Little noise, much noise, another contrast, less detail or a blend with another latent."""
    noise = torch.from_numpy(random.standard_normal(latent.shape)).float()
    if kind < 2:
        signal = random.uniform(0.75, 1) if kind == 0 else random.uniform(0.1, 0.8)
        return signal**0.5 * latent + (1 - signal) ** 0.5 * noise
    if kind == 2:
        mean = latent.mean((1, 2), keepdim=True)
        return mean + random.uniform(0.5, 1.7) * (latent - mean)
    if kind == 3:
        return blurred(latent, random.uniform(0.6, 3))
    share = random.uniform(0.2, 0.8)
    return share * latent + (1 - share) * other


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", nargs="+", metavar="PICTURE")
    parser.add_argument("--vae", required=True)
    parser.add_argument("--crops", type=int, default=4, help="per picture (default: 4)")
    parser.add_argument("--disturbed", type=int, default=0, help="disturbed latents, in all (default: 0)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", default="pairs.safetensors")
    args = parser.parse_args()
    if args.disturbed and len(args.pictures) * args.crops < 2:
        parser.error("disturbed latents are made of two crops or more")

    random = numpy.random.default_rng(args.seed)
    torch.set_grad_enabled(False)
    vae = AutoModel.from_pretrained(args.vae).eval()
    if "scaling_factor" not in vae.config or vae.config.get("latents_mean"):
        parser.error("the VAE must have one scale for all channels")
    scale, shift = vae.config.scaling_factor, vae.config.get("shift_factor") or 0
    # train-tiny reads several files as one: names must differ between them.
    stem = pathlib.Path(args.output).stem
    pairs, latents = {}, []

    def add(name, latent):
        latent = latent.half()
        picture = vae.decode(latent[None].float() / scale + shift).sample
        picture = functional.avg_pool2d((picture / 2 + 0.5).clamp(0, 1), 4)[0].movedim(0, 2)
        pairs[f"{name}.lat"] = latent.contiguous()
        pairs[f"{name}.rgb2"] = (255 * picture).round().to(torch.uint8).contiguous()

    for number, path in enumerate(args.pictures):
        for part in range(args.crops):
            pixels = numpy.array(crop(Image.open(path).convert("RGB"), random))
            encoded = vae.encode(torch.from_numpy(pixels).movedim(2, 0)[None] / 127.5 - 1)
            latent = encoded.latents if "latents" in encoded else encoded.latent_dist.mode()
            if latent.shape[-1] != SIZE // 8:
                parser.error("the VAE's latents must have an eighth of the picture's size")
            latents.append((latent[0] - shift) * scale)
            add(f"{stem}-p{number}-{part}", latents[-1])
    for number in range(args.disturbed):
        latent, other = (latents[i] for i in random.choice(len(latents), 2, replace=False))
        add(f"{stem}-d{number}", disturbed(latent, other, number % 5, random))
    save_file(pairs, args.output)
    print(f"{args.output}: {len(pairs) // 2} pairs")


if __name__ == "__main__":
    main()
