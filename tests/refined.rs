//! Promise: the stages of refined projections follow their definitions, at every edge.
//! `tests/accuracy` compares random ones with the reference.

#![cfg(feature = "alloc")]

use latent_preview::{LatentPreview, Latents, PixelFormat, PreviewError, Projection, Refined};

/// Computed by hand: one channel, edges repeated.
#[test]
fn a_filter_repeats_the_edge() {
    let refined = Refined::conv1x1(&[[1.0, 2.0, 0.0]], [0.0, 0.0, 0.5]).unwrap();
    let projection: Projection = refined.with_filter(0.5, 0.1, 0.025).unwrap().into();
    let samples = [0.4_f32, 0.0, -0.4, 0.0];
    let latents = Latents::planar(&samples, [1, 2, 2]).unwrap();
    let preview = projection.preview(&latents, PixelFormat::RgbF32).unwrap();
    // The corner 0.4: itself five times more than once, as the filter sees it:
    // center 0.5, two of the edges and one corner at 0.4; right 0 and its copy;
    // below -0.4 (an edge) and its copy (a corner); the last corner is 0.
    let red = 0.4 * (0.5 + 0.1 + 0.1 + 0.025) + -0.4 * (0.1 + 0.025);
    let rgb = preview.as_f32().unwrap();
    for (actual, expected) in rgb[..3].iter().zip([red, 2.0 * red, 0.5]) {
        assert!((actual - (expected + 1.0) / 2.0).abs() < 1e-6, "{rgb:?}");
    }
}

#[test]
fn the_parts_are_those_that_were_given() {
    let factors = [[0.1, 0.2, 0.3], [-0.4, 0.5, 0.6]];
    let refined = Refined::conv1x1(factors.to_vec(), [0.7, -0.8, 0.9]).unwrap();
    assert_eq!(
        (refined.factors(), refined.bias()),
        (&factors[..], [0.7, -0.8, 0.9])
    );
    assert_eq!((refined.is_3x3(), refined.channels()), (false, 2));
    assert_eq!((refined.filter(), refined.colors()), (None, None));

    let rows =
        |count: usize, from: f32| -> Vec<_> { (0..count).map(|i| [from + i as f32; 3]).collect() };
    let (linear, pairs, triples) = (rows(3, 0.5), rows(6, 10.5), rows(10, 20.5));
    let refined = Refined::conv3x3(vec![[0.1; 3]; 18], [0.0; 3])
        .and_then(|refined| refined.with_filter(0.5, 0.1, 0.025))
        .and_then(|r| r.with_colors([0.2; 3], linear.clone(), pairs.clone(), triples.clone()))
        .unwrap();
    assert_eq!((refined.is_3x3(), refined.channels()), (true, 2));
    assert_eq!(refined.filter(), Some([0.5, 0.1, 0.025]));
    let colors = Projection::cubic([0.2; 3], linear, pairs, triples).unwrap();
    assert_eq!(refined.colors(), colors.polynomial());
    assert!(refined.colors().is_some());
}

#[test]
fn stages_must_be_complete_and_finite() {
    let count = |expected, actual| Some(PreviewError::CoefficientCount { expected, actual });
    let none: &'static [[f32; 3]] = &[];
    assert_eq!(Refined::conv1x1(none, [0.0; 3]).err(), count(1, 0));
    assert_eq!(
        Refined::conv3x3(vec![[0.0; 3]; 35], [0.0; 3]).err(),
        count(36, 35)
    );
    let refined = Refined::conv1x1(&[[1.0; 3]], [0.0; 3]).unwrap();
    let colors = |n, pairs, triples| {
        let rows = |n| vec![[0.0; 3]; n];
        refined
            .clone()
            .with_colors([0.0; 3], rows(n), rows(pairs), rows(triples))
            .err()
    };
    assert_eq!(colors(4, 10, 20), count(3, 4));
    assert_eq!(colors(3, 5, 10), count(6, 5));
    assert_eq!(colors(3, 6, 11), count(10, 11));
    let error = |index| Some(PreviewError::NonFiniteCoefficient { index });
    assert_eq!(Refined::conv1x1(&[[f32::NAN; 3]], [0.0; 3]).err(), error(0));
    assert_eq!(
        Refined::conv1x1(&[[1.0; 3]], [0.0, f32::INFINITY, 0.0]).err(),
        error(1)
    );
    assert_eq!(refined.with_filter(0.0, 0.0, f32::NAN).err(), error(2));
}
