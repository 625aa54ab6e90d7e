//! Promise: an array or a view of it holds the latents that its elements say, of any dimension, in
//! any order of axes and without copying; what cannot be viewed is refused; pictures become arrays.

#![cfg(feature = "ndarray")]

use latent_preview::ndarray::{
    Array3, Array4, ArrayD, ArrayView4, ArrayViewD, Axis, Dimension, Slice,
};
use latent_preview::{
    LatentFormat, LatentImages, LatentPreview, Latents, PixelFormat, PreviewError, Projection, bf16,
};
use proptest::prelude::*;

/// All orders of three axes.
const ORDERS: [[usize; 3]; 6] = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
];

/// An array of `[channels, height, width]` whose axes lie in memory in some order.
fn array(shape: [usize; 3], order: [usize; 3]) -> Array3<f32> {
    let stored = Array3::from_shape_fn(order.map(|axis| shape[axis]), |(a, b, c)| {
        let mut index = [0; 3];
        for (axis, at) in order.into_iter().zip([a, b, c]) {
            index[axis] = at;
        }
        (index[0] * 10_000 + index[1] * 100 + index[2]) as f32
    });
    let mut back = [0; 3];
    for (at, axis) in order.into_iter().enumerate() {
        back[axis] = at;
    }
    stored.permuted_axes(back)
}

/// Every sample of every image.
fn samples_of(images: LatentImages<'_>) -> Vec<[Vec<f32>; 2]> {
    let all = images.map(|image| {
        let shape = [image.channels(), image.height(), image.width()];
        let samples = (0..shape[0]).flat_map(|c| {
            (0..shape[1]).flat_map(move |y| (0..shape[2]).map(move |x| image.get(c, y, x).unwrap()))
        });
        [shape.map(|size| size as f32).to_vec(), samples.collect()]
    });
    all.collect()
}

/// Shapes of every kind that `LatentFormat::images` takes.
fn shapes() -> impl Strategy<Value = (LatentFormat, Vec<usize>)> {
    let (wan21, flux2) = (LatentFormat::Wan21, LatentFormat::Flux2);
    (1..=3_usize, 1..=3_usize, 1..=4_usize, 1..=5_usize).prop_flat_map(move |(n, t, h, w)| {
        prop_oneof![
            Just((wan21, vec![16, h, w])),
            Just((wan21, vec![n, 16, h, w])),
            Just((wan21, vec![16, t, h, w])),
            Just((wan21, vec![n, 16, t, h, w])),
            Just((wan21, vec![n, t, 16, h, w])),
            Just((flux2, vec![128, h, w])),
            Just((flux2, vec![n, 128, h, w])),
            Just((flux2, vec![n, t, 32, h, w])),
        ]
    })
}

proptest! {
    /// As the crate sorts the axes of a contiguous tensor.
    #[test]
    fn an_array_of_any_dimension_and_order_holds_the_images_of_its_copy(
        (format, shape) in shapes(), seed: [u8; 5],
    ) {
        let copy = ArrayD::from_shape_fn(shape.clone(), |index| {
            index.as_array_view().iter().fold(0.0, |sum, &at| sum * 130.0 + at as f32)
        });
        let expected = samples_of(format.images(copy.as_slice().unwrap(), &shape).unwrap());

        // The same elements with the axes in any order in memory.
        let mut order: Vec<usize> = (0..shape.len()).collect();
        order.sort_by_key(|&axis| seed[axis]);
        let mut back = vec![0; shape.len()];
        order.iter().enumerate().for_each(|(at, &axis)| back[axis] = at);
        let moved = copy.view().permuted_axes(order).as_standard_layout().into_owned();
        let view: ArrayViewD<'_, f32> = moved.view().permuted_axes(back);
        prop_assert_eq!(&view, &copy);
        prop_assert_eq!(samples_of(format.images_of(view.view()).unwrap()), expected);
    }

    #[test]
    fn a_view_has_the_elements_of_its_array(
        c in 1..=6_usize, h in 1..=7_usize, w in 1..=9_usize, order in 0..6_usize,
    ) {
        let array = array([c, h, w], ORDERS[order]);
        let latents = Latents::try_from(array.view()).unwrap();
        prop_assert_eq!((latents.channels(), latents.height(), latents.width()), (c, h, w));
        for ((c, y, x), &value) in array.indexed_iter() {
            prop_assert_eq!(latents.get(c, y, x), Some(value));
        }
    }

    #[test]
    fn a_video_is_its_frames(
        c in 1..=4_usize, t in 1..=4_usize, h in 1..=5_usize, w in 1..=5_usize, frames_first: bool,
    ) {
        let value = |c: usize, t: usize, y: usize, x: usize| (((c * 10 + t) * 10 + y) * 10 + x) as f32;
        let view_of = |view: ArrayView4<'_, f32>| -> Result<(), TestCaseError> {
            let frames = LatentImages::try_from(view).unwrap();
            prop_assert_eq!(frames.len(), t);
            for (at, frame) in frames.enumerate() {
                prop_assert_eq!((frame.channels(), frame.height(), frame.width()), (c, h, w));
                for (c, y, x) in (0..c).flat_map(|c| (0..h).flat_map(move |y| (0..w).map(move |x| (c, y, x)))) {
                    prop_assert_eq!(frame.get(c, y, x), Some(value(c, at, y, x)));
                }
            }
            Ok(())
        };
        if frames_first {
            let array = Array4::from_shape_fn([t, c, h, w], |(t, c, y, x)| value(c, t, y, x));
            view_of(array.view())?;
        } else {
            let array = Array4::from_shape_fn([c, t, h, w], |(c, t, y, x)| value(c, t, y, x));
            view_of(array.view().permuted_axes([1, 0, 2, 3]))?;
        }
    }
}

/// By reference and by value, of a dimension known at compile time or at run time.
#[test]
fn arrays_and_views_are_taken_alike() {
    let format = LatentFormat::Sd1;
    let mut array = Array4::<bf16>::from_elem([1, 4, 2, 3], bf16::ONE);
    let dynamic = array.clone().into_dyn();
    let shared = array.to_shared();
    for latents in [
        format.image_of(&array),
        format.image_of(array.view()),
        format.image_of(&array.view()),
        format.image_of(&dynamic),
        format.image_of(dynamic.view()),
        format.image_of(&shared),
        format.image_of(array.slice_axis(Axis(0), Slice::from(..1))),
        Latents::try_from(&array.index_axis(Axis(0), 0)),
        Latents::try_from(array.index_axis(Axis(0), 0)),
    ] {
        let latents = latents.unwrap();
        let shape = [latents.channels(), latents.height(), latents.width()];
        assert_eq!((shape, latents.get(3, 1, 2)), ([4, 2, 3], Some(1.0)));
    }
    assert_eq!(LatentImages::try_from(&array).unwrap().len(), 1);
    let view = array.view_mut();
    assert!(format.image_of(&view).is_ok());
}

#[test]
fn shapes_that_do_not_fit_are_refused_as_those_of_slices() {
    let format = LatentFormat::Sdxl;
    for shape in [
        vec![5],
        vec![6, 5, 4],
        vec![2, 6, 5, 4],
        vec![1, 16, 2, 2],
        vec![4, 0, 2],
        vec![1, 1, 1, 4, 2, 2],
    ] {
        let array = ArrayD::<f32>::zeros(shape.clone());
        let samples = array.as_slice().unwrap();
        let error = format.images(samples, &shape).err();
        assert!(error.is_some(), "{shape:?}");
        assert_eq!(format.images_of(&array).err(), error, "{shape:?}");
    }
    let batch = Array4::<f32>::zeros([2, 4, 2, 2]);
    let error = PreviewError::NotOneImage { images: 2 };
    assert_eq!(format.image_of(&batch).err(), Some(error));
}

/// The calls that the documentation names for views with gaps.
#[test]
fn every_second_image_is_previewed_one_by_one() {
    let format = LatentFormat::Sd1;
    let batch = Array4::from_shape_fn([5, 4, 2, 2], |(n, c, ..)| (10 * n + c) as f32);
    let second = batch.slice_axis(Axis(0), Slice::new(0, None, 2));
    let error = Some(PreviewError::ScatteredView);
    assert_eq!(format.images_of(second).err(), error);
    let images = second.outer_iter().map(|image| format.image_of(image));
    let values: Vec<_> = images.map(|image| image.unwrap().get(3, 1, 1)).collect();
    assert_eq!(values, [Some(3.0), Some(23.0), Some(43.0)]);
    let copy = second.as_standard_layout();
    let last = format.images_of(&copy).unwrap().next_back().unwrap();
    assert_eq!(last.get(0, 0, 0), Some(40.0));
}

#[test]
fn views_with_gaps_or_running_backwards_are_refused_and_a_copy_is_taken() {
    let array = array([4, 6, 8], [0, 1, 2]);
    let cut = |axis, start, end, step| array.slice_axis(Axis(axis), Slice::new(start, end, step));
    for view in [
        cut(2, 0, None, 2),
        cut(1, 1, Some(4), 1),
        cut(2, 0, None, -1),
        cut(0, 0, None, -1),
    ] {
        assert_eq!(
            Latents::try_from(view).err(),
            Some(PreviewError::ScatteredView)
        );
        let copy = view.as_standard_layout().into_owned();
        let latents = Latents::try_from(copy.view()).unwrap();
        assert_eq!(latents.get(1, 1, 1), view.get((1, 1, 1)).copied());
    }
    // An axis of one element has no direction.
    let mut row = cut(0, 0, Some(1), 1);
    row.slice_axis_inplace(Axis(0), Slice::new(0, None, -1));
    assert_eq!(Latents::try_from(row).unwrap().get(0, 5, 7), Some(507.0));
}

#[test]
fn more_than_128_channels_are_refused() {
    let array = Array3::<f32>::zeros([129, 1, 2]);
    let error = Some(PreviewError::TooManyChannels { actual: 129 });
    assert_eq!(Latents::try_from(array.view()).err(), error);
    let array = Array4::<f32>::zeros([3, 129, 1, 2]);
    assert_eq!(LatentImages::try_from(array.view()).err(), error);
    let array = Array4::<f32>::zeros([3, 128, 1, 2]);
    assert_eq!(LatentImages::try_from(array.view()).unwrap().len(), 3);
}

/// `broadcast` repeats elements: strides of 0.
#[test]
fn empty_and_repeated_views_are_refused() {
    let empty = Array3::<bf16>::default([4, 0, 8]);
    assert!(matches!(
        Latents::try_from(empty.view()),
        Err(PreviewError::ZeroDimension { .. })
    ));
    let empty = Array4::<bf16>::default([0, 4, 8, 8]);
    assert!(matches!(
        LatentImages::try_from(empty.view()),
        Err(PreviewError::ZeroDimension { .. })
    ));
    let row = Array3::<f32>::zeros([1, 1, 8]);
    let repeated = row.broadcast([4, 8, 8]).unwrap();
    assert!(Latents::try_from(repeated).is_err());
    let array = Array3::<f32>::zeros([4, 2, 2]);
    let repeated = array.broadcast([3, 4, 2, 2]).unwrap();
    assert!(LatentImages::try_from(repeated).is_err());
}

/// Nothing steps along an axis of one.
#[test]
fn an_axis_of_one_may_run_backwards() {
    let mut array = array([1, 2, 3], [0, 1, 2]);
    let expected = Latents::try_from(array.view()).unwrap().get(0, 1, 2);
    array.invert_axis(Axis(0));
    assert!(array.strides()[0] < 0);
    assert_eq!(
        Latents::try_from(array.view()).unwrap().get(0, 1, 2),
        expected
    );
}

#[test]
fn pictures_become_arrays() {
    let array = array([1, 2, 3], [0, 1, 2]).mapv(|x| x / 300.0);
    let latents = Latents::try_from(array.view()).unwrap();
    let projection = Projection::linear(&[[1.0, 0.5, 0.25]]).unwrap();
    let preview = |format| projection.preview(&latents, format).unwrap();

    let rgb8 = preview(PixelFormat::Rgb8);
    let bytes = Array3::<u8>::try_from(rgb8.clone()).unwrap();
    assert_eq!(bytes.dim(), (2, 3, 3));
    assert_eq!(bytes.as_slice(), Some(rgb8.as_bytes()));
    for (format, channels) in [
        (PixelFormat::Rgba8, 4),
        (PixelFormat::Rgb8Truncated, 3),
        (PixelFormat::Rgba8Truncated, 4),
    ] {
        let bytes = Array3::<u8>::try_from(preview(format)).unwrap();
        assert_eq!(bytes.dim(), (2, 3, channels));
        assert_eq!(bytes.as_slice(), Some(preview(format).as_bytes()));
        assert!(channels == 3 || bytes[[1, 2, 3]] == 255);
    }

    let floats = Array3::<f32>::try_from(preview(PixelFormat::RgbF32)).unwrap();
    let planes = Array3::<f32>::try_from(preview(PixelFormat::RgbF32Planar)).unwrap();
    assert_eq!(floats.permuted_axes([2, 0, 1]), planes);
    let decoded = Array3::<f32>::try_from(preview(PixelFormat::DecoderF32)).unwrap();
    assert_eq!(decoded.dim(), (2, 3, 3));
    // The number of row 1 and column 2 is 102, times 0.5.
    assert_eq!(decoded[[1, 2, 1]], 0.17);

    assert_eq!(
        Array3::<f32>::try_from(preview(PixelFormat::Rgba8)).err(),
        Some(PreviewError::PictureFormat {
            expected: &[
                PixelFormat::RgbF32,
                PixelFormat::RgbF32Planar,
                PixelFormat::DecoderF32
            ],
            actual: PixelFormat::Rgba8,
        }),
    );
    assert!(Array3::<u8>::try_from(preview(PixelFormat::RgbF32)).is_err());
}
