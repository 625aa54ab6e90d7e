//! Projections as JSON.

use latent_preview::{LatentPreview, Latents, Projection};

pub fn run(data: &[u8]) {
    let Ok(projection) = serde_json::from_slice::<Projection>(data) else {
        return;
    };
    let stored = serde_json::to_string(&projection).expect("what was read can be written");
    let again = serde_json::from_str(&stored).expect("what was written can be read");
    assert_eq!(projection, again);
    let samples = vec![0.5_f32; projection.channels() * 6];
    let latents = Latents::planar(&samples, [projection.channels(), 2, 3]).expect("a latent");
    projection.preview_rgb(&latents).expect("a picture");
}
