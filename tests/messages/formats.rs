//! Refusals of names, and of latents that are not those of a format.

use latent_preview::{LatentFormat, LatentPreview, Latents, PreviewError};

use super::Row;

pub fn rows() -> Vec<Row<PreviewError>> {
    let [sdxl, flux1, flux2, wan21] = [
        LatentFormat::Sdxl,
        LatentFormat::Flux1,
        LatentFormat::Flux2,
        LatentFormat::Wan21,
    ];
    let check = |format: LatentFormat, shape: [usize; 3]| {
        let samples = vec![0.0_f32; shape.iter().product()];
        let latents = Latents::planar(&samples, shape).unwrap();
        format.previewer().unwrap().check(&latents).err()
    };
    let images = |format: LatentFormat, shape: &[usize]| {
        let count = shape.iter().product();
        format.images(&vec![0.0_f32; count], shape).err()
    };
    vec![
        (
            "SeFi with its semantic channels, by the format",
            images(flux2, &[1, 144, 1, 1]),
            "flux2 latents have 32 channels, these have 144, as in no known format: SeFi \
             holds 16 other channels before the picture's 128; leave those 16 out and view \
             the rest with `Latents::packed_planes`",
        ),
        (
            "a name with two letters swapped",
            "sdlx".parse::<LatentFormat>().err(),
            "no latent format or model is known by the name \"sdlx\"; the nearest are sdxl, sd1 and sd3",
        ),
        (
            "a name of several models",
            "SkyReels".parse::<LatentFormat>().err(),
            "models with different latents share this name: SkyReels V1 has the latents of \
             hunyuan-video, V2 those of wan21",
        ),
        (
            "a format without any map",
            LatentFormat::SeedVr2.previewer().err(),
            "nobody has published a projection for seedvr2 latents: learn one from decoded \
             pictures with `fit::Learner`, or make one with `Projection::affine`",
        ),
        (
            "a permissive previewer of a format whose table is from a GPL file",
            LatentFormat::Mochi.permissive_previewer().err(),
            "the numbers of the mochi previewer come from a file under GPL-3.0: fit a \
             projection with `fit::Fit`, or call `LatentFormat::previewer` if your program \
             may use them",
        ),
        (
            "twice the size of a format without a tiny decoder",
            wan21.previewer_2x().err(),
            "there is no 2x previewer for wan21 latents: call `LatentFormat::previewer` and \
             enlarge its pictures",
        ),
        (
            "a latent of no known model",
            check(sdxl, [5, 1, 1]),
            "sdxl latents have 4 channels, these have 5, as in no known format: check the \
             order of the shape",
        ),
        (
            "the input of an inpainting model",
            check(sdxl, [9, 1, 1]),
            "sdxl latents have 4 channels, these have 9, as in no known format: the input of \
             an inpainting or editing model holds the latent in its first 4 channels",
        ),
        (
            "a latent of another model",
            check(sdxl, [16, 1, 1]),
            "sdxl latents have 4 channels, these have 16, as in sd3, flux1, wan21, \
             hunyuan-video, cogview4, cogview3-plus, cogvideox-2b, cogvideox-5b, cascade-prior, cosmos1, \
             easyanimate51, glm-image, ming-image, seedvr2: make a previewer for the format \
             of the latents",
        ),
        (
            "a latent of SD1, 64 wide, given to FLUX.1",
            images(flux1, &[4, 64, 64]),
            "flux1 latents have 16 channels, these have 4, as in sd1, sdxl, \
             playground25, sd-x4-upscaler, allegro, cascade-b, kandinsky21: make a previewer \
             for the format of the latents",
        ),
        (
            "a latent of SD1, 32 wide, given to FLUX.2",
            images(flux2, &[1, 4, 64, 32]),
            "flux2 latents have 32 channels, these have 4, as in sd1, sdxl, playground25, \
             sd-x4-upscaler, allegro, cascade-b, kandinsky21: make a previewer for the format \
             of the latents",
        ),
        (
            "an image of FLUX.2 with its channels last, as high as Wan 2.2 has channels",
            images(flux2, &[48, 64, 32]),
            "flux2 latents have 32 channels, these have 48, as in wan22: make a previewer for \
             the format of the latents (if the last axis holds the channels, view the image as \
             interleaved)",
        ),
        (
            "a grid of tokens with as many rows as Wan 2.2 has channels",
            images(flux1, &[48, 64, 64]),
            "flux1 latents have 16 channels, these have 48, as in wan22: make a previewer for \
             the format of the latents (if the last axis holds the 64 values of 2x2 patches, \
             view them as packed tokens)",
        ),
        (
            "an image with its channels last, as high as another format has channels",
            sdxl.image(&[0.0_f32; 64 * 96 * 4], &[1, 64, 96, 4]).err(),
            "the last axis has the 4 channels of sdxl: view one image with \
             `Latents::interleaved`, several with `Latents::interleaved_batch`, or permute the \
             axes of the array (if the channels are not last, the latents are of another \
             format: flux1, wan21, qwen-image-21, hunyuan-image-21, hunyuan-image-21-refiner)",
        ),
        (
            "a video with its channels last, viewed as planes",
            check(sdxl, [6, 5, 4]),
            "the last axis has the 4 channels of sdxl: view one image with \
             `Latents::interleaved`, several with `Latents::interleaved_batch`, or permute the \
             axes of the array",
        ),
        (
            "packed planes, given to FLUX.2 as planes",
            check(flux2, [128, 2, 1]),
            "flux2 latents have 32 channels; 128 look like 2x2 patches: view them with \
             `Latents::packed_planes` and give the order of the values in a patch \
             (`PackOrder`)",
        ),
        (
            "tokens of FLUX.1 as diffusers holds them",
            images(flux1, &[2, 24, 64]),
            "flux1 latents have 16 channels; 64 look like 2x2 patches: view them with \
             `Latents::packed_tokens` or `Latents::packed_tokens_batch` (rows and columns of \
             patches) and give the order of the values in a patch (`PackOrder`)",
        ),
        (
            "an image with its channels last",
            images(sdxl, &[6, 5, 4]),
            "the last axis has the 4 channels of sdxl: view one image with \
             `Latents::interleaved`, several with `Latents::interleaved_batch`, or permute the \
             axes of the array",
        ),
        (
            "a batch of 16 or a video of 16 channels",
            images(wan21, &[16, 16, 1, 1]),
            "two axes have length 16, the channel count of wan21: choose one with \
             `Latents::batch` or `Latents::video`",
        ),
        (
            "a shape of one axis",
            images(sdxl, &[4]),
            "sdxl latents have the shape [4, height, width], a batch [images, 4, height, \
             width], or videos [videos, 4, frames, height, width]: reshape this tensor, whose \
             number of axes is 1",
        ),
        (
            "a batch where one image is asked for",
            sdxl.image(&[0.0_f32; 8], &[2, 4, 1, 1]).err(),
            "the tensor holds 2 images, not one: iterate over `LatentFormat::images`",
        ),
        (
            "VAE space of a format whose scaling nobody states",
            LatentFormat::CascadePrior
                .previewer()
                .unwrap()
                .for_vae_space()
                .err(),
            "no source states the scaling of cascade-prior latents between VAE space and \
             model space: scale them as the pipeline does and use the previewer as it is",
        ),
        (
            "VAE space twice",
            sdxl.previewer()
                .unwrap()
                .for_vae_space()
                .unwrap()
                .for_vae_space()
                .err(),
            "this previewer already takes latents of another space: call `for_vae_space` or \
             `for_sigma` on a new previewer of the format",
        ),
        (
            "a negative noise level",
            sdxl.previewer().unwrap().for_sigma(-1.0).err(),
            "sigma must be a finite number from 0 up",
        ),
    ]
}
