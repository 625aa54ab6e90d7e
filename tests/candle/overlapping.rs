//! Promise: a tensor whose elements overlap in memory, as sliding windows do, previews as its
//! copy does.

use latent_preview::candle_core::{Device, Tensor};
use latent_preview::{Denoise, LatentFormat, Previewer, Projection};

#[test]
fn sliding_windows_preview_as_their_copy() {
    const WIDTH: usize = 8;
    let values: Vec<f32> = (0..3 * 4 * 13)
        .map(|i| (i * 37 % 101) as f32 / 25.0 - 2.0)
        .collect();
    let lines = Tensor::from_vec(values, (3, 4, 13), &Device::Cpu).unwrap();
    // Row y of a picture is the line from its element y on.
    let windows = lines.unfold(2, WIDTH, 1).unwrap();
    assert_eq!(windows.dims(), [3, 4, 6, WIDTH]);
    let copy = windows.force_contiguous().unwrap();
    for previewer in [
        LatentFormat::Sd1.previewer().unwrap(),
        Previewer::from(Projection::SD_V1_4),
    ] {
        let previews = previewer.preview_tensors(&windows).unwrap();
        assert_eq!(previews, previewer.preview_tensors(&copy).unwrap());
        let [x_t, output] = [0, 1].map(|at| windows.narrow(0, at, 1).unwrap());
        let [x_t_copy, output_copy] = [0, 1].map(|at| copy.narrow(0, at, 1).unwrap());
        let denoise = Denoise::flow(0.5).unwrap();
        let estimate = previewer.preview_denoised_tensor(&x_t, &output, denoise);
        let of_copies = previewer.preview_denoised_tensor(&x_t_copy, &output_copy, denoise);
        assert_eq!(estimate.unwrap(), of_copies.unwrap());
    }
}
