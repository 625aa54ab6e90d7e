//! Promise: every pointer to a previewer forwards to the previewer's own methods.

#![cfg(feature = "alloc")]

use std::sync::{Arc, Mutex};

use latent_preview::{LatentFormat, LatentPreview, Latents, PixelFormat, PreviewError, Previewer};

/// Records the calls of its methods.
#[derive(Default)]
struct Diary {
    methods: Mutex<Vec<&'static str>>,
    refuses: bool,
}

impl Diary {
    fn note(&self, method: &'static str) {
        self.methods.lock().unwrap().push(method);
    }

    fn take(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.methods.lock().unwrap())
    }
}

impl LatentPreview for Diary {
    fn channels(&self) -> usize {
        self.note("channels");
        4
    }

    fn scale(&self) -> usize {
        self.note("scale");
        3
    }

    fn check(&self, _: &Latents<'_>) -> Result<(), PreviewError> {
        self.note("check");
        match self.refuses {
            true => Err(PreviewError::OverlappingStrides),
            false => Ok(()),
        }
    }

    fn preview_into(
        &self,
        _: &Latents<'_>,
        _: PixelFormat,
        out: &mut [u8],
    ) -> Result<usize, PreviewError> {
        self.note("preview_into");
        out.fill(9);
        Ok(2)
    }
}

/// Has the two methods that an implementor must write.
struct Gray;

impl LatentPreview for Gray {
    fn channels(&self) -> usize {
        4
    }

    fn preview_into(
        &self,
        _: &Latents<'_>,
        _: PixelFormat,
        out: &mut [u8],
    ) -> Result<usize, PreviewError> {
        out.fill(128);
        Ok(0)
    }
}

#[test]
fn two_methods_are_enough() {
    let latents = Latents::planar(&[0.0_f32; 4 * 6], [4, 2, 3]).unwrap();
    through_pointers(Gray, |previewer| {
        let picture = previewer.preview_rgb(&latents).unwrap();
        assert_eq!((picture.height(), picture.width()), (2, 3));
        assert_eq!(picture.as_bytes(), [128; 2 * 3 * 3]);
        let other = Latents::planar(&[0.0_f32; 6], [1, 2, 3]).unwrap();
        let error = PreviewError::ChannelCount {
            expected: 4,
            actual: 1,
        };
        assert_eq!(previewer.preview_rgb(&other), Err(error));
    });
}

/// Calls `call` through everything that points to a previewer.
fn through_pointers<P>(previewer: P, call: impl Fn(&dyn LatentPreview))
where
    P: LatentPreview + Send + Sync + 'static,
{
    call(&&previewer);
    call(&(&previewer as &dyn LatentPreview));
    call(&Box::new(&previewer));
    call(&(Box::new(&previewer) as Box<dyn LatentPreview + '_>));
    call(&(Box::new(&previewer) as Box<dyn LatentPreview + Send + '_>));
    call(&(Box::new(&previewer) as Box<dyn LatentPreview + Send + Sync + '_>));
    let shared = Arc::new(previewer);
    call(&shared);
    call(&(Arc::clone(&shared) as Arc<dyn LatentPreview>));
    call(&(Arc::clone(&shared) as Arc<dyn LatentPreview + Send + Sync>));
    call(&Box::new(&&shared));
}

#[test]
fn every_method_is_handed_on_once() {
    let diary = Arc::new(Diary::default());
    let latents = Latents::planar(&[0.0_f32; 4], [4, 1, 1]).unwrap();
    through_pointers(Arc::clone(&diary), |previewer| {
        assert_eq!(previewer.channels(), 4);
        assert_eq!(previewer.scale(), 3);
        assert_eq!(previewer.check(&latents), Ok(()));
        let mut out = [0];
        let into = previewer.preview_into(&latents, PixelFormat::Rgb8, &mut out);
        assert_eq!((into, out), (Ok(2), [9]));
        assert_eq!(diary.take(), ["channels", "scale", "check", "preview_into"]);

        for picture in [
            previewer.preview(&latents, PixelFormat::Rgb8),
            previewer.preview_rgb(&latents),
        ] {
            let picture = picture.unwrap();
            assert_eq!((picture.width(), picture.height()), (3, 3));
            assert_eq!(
                (picture.as_bytes(), picture.non_finite()),
                (&[9; 27][..], 2)
            );
        }
        let once = ["check", "scale", "preview_into"];
        assert_eq!(diary.take(), [once, once].concat());
    });
}

#[test]
fn nothing_else_is_called_after_a_refusal() {
    let diary = Arc::new(Diary {
        refuses: true,
        ..Diary::default()
    });
    let latents = Latents::planar(&[0.0_f32; 4], [4, 1, 1]).unwrap();
    through_pointers(Arc::clone(&diary), |previewer| {
        let refused = Err(PreviewError::OverlappingStrides);
        assert_eq!(previewer.preview(&latents, PixelFormat::RgbF32), refused);
        assert_eq!(previewer.preview_rgb(&latents), refused);
        assert_eq!(diary.take(), ["check", "check"]);
    });
}

/// Claims pictures larger than any buffer can be.
struct Enormous(Previewer);

impl LatentPreview for Enormous {
    fn channels(&self) -> usize {
        self.0.channels()
    }

    fn scale(&self) -> usize {
        1 << (usize::BITS / 2 - 2)
    }

    fn check(&self, latents: &Latents<'_>) -> Result<(), PreviewError> {
        self.0.check(latents)
    }

    fn preview_into(
        &self,
        latents: &Latents<'_>,
        format: PixelFormat,
        out: &mut [u8],
    ) -> Result<usize, PreviewError> {
        self.0.preview_into(latents, format, out)
    }
}

#[test]
fn a_format_refuses_packed_latents_through_pointers_before_a_buffer_is_made() {
    let samples = [0.0_f32; 128 * 4];
    let packed = Latents::planar(&samples, [128, 2, 2]).unwrap();
    let refused = PreviewError::LooksPacked {
        format: LatentFormat::Flux2,
        actual: 128,
        tokens: false,
    };
    let flux2 = || LatentFormat::Flux2.previewer().unwrap();
    let check = |previewer: &dyn LatentPreview| {
        assert_eq!(previewer.check(&packed), Err(refused.clone()));
        assert_eq!(previewer.preview_rgb(&packed), Err(refused.clone()));
        for format in [PixelFormat::Rgba8, PixelFormat::RgbF32] {
            assert_eq!(previewer.preview(&packed, format), Err(refused.clone()));
        }
        let mut out = [7; 12];
        let into = previewer.preview_into(&packed, PixelFormat::Rgb8, &mut out);
        assert_eq!((into, out), (Err(refused.clone()), [7; 12]));
    };
    through_pointers(flux2(), check);
    through_pointers(Enormous(flux2()), check);
}

#[test]
fn a_size_that_no_buffer_has_is_refused() {
    let samples = [0.0_f32; 32 * 4];
    let latents = Latents::planar(&samples, [32, 2, 2]).unwrap();
    let previewer = Enormous(LatentFormat::Flux2.previewer().unwrap());
    for format in [PixelFormat::Rgb8, PixelFormat::RgbF32] {
        let refused = Err(PreviewError::ShapeOverflow);
        assert_eq!(previewer.preview(&latents, format), refused);
    }
}

#[test]
fn a_size_that_no_number_holds_is_refused() {
    /// Its pictures have more bytes than an address can count.
    struct Endless;

    impl LatentPreview for Endless {
        fn channels(&self) -> usize {
            4
        }

        fn scale(&self) -> usize {
            usize::MAX / 2
        }

        fn preview_into(
            &self,
            _: &Latents<'_>,
            _: PixelFormat,
            _: &mut [u8],
        ) -> Result<usize, PreviewError> {
            unreachable!("there is no buffer for it");
        }
    }

    let latents = Latents::planar(&[0.0_f32; 4], [4, 1, 1]).unwrap();
    through_pointers(Endless, |previewer| {
        assert_eq!(
            previewer.preview_rgb(&latents),
            Err(PreviewError::ShapeOverflow)
        );
    });
}

#[cfg(feature = "std")]
#[test]
fn a_choice_at_run_time_goes_where_a_previewer_does() {
    use latent_preview::{BackgroundPreviewer, Projection};

    fn check(previewer: impl LatentPreview + Send + 'static) {
        let samples = vec![0.25_f32; previewer.channels() * 4];
        let latents = Latents::planar(&samples, [previewer.channels(), 2, 2]).unwrap();
        let expected = previewer.preview_rgb(&latents);
        let (sender, shown) = std::sync::mpsc::channel();
        let background =
            BackgroundPreviewer::spawn(previewer, PixelFormat::Rgb8, move |_, preview| {
                sender.send(preview).unwrap();
            })
            .unwrap();
        background.show(0, &latents);
        background.finish().unwrap();
        assert_eq!(shown.iter().collect::<Vec<_>>(), [expected]);
    }
    let projection: Box<dyn LatentPreview + Send> = Box::new(Projection::SD_V1_4);
    check(projection);
    let format: Box<dyn LatentPreview + Send + Sync> =
        Box::new(LatentFormat::Flux1.previewer().unwrap());
    check(format);
    let shared: Arc<dyn LatentPreview + Send + Sync> =
        Arc::new(LatentFormat::Sd1.previewer().unwrap());
    check(Arc::clone(&shared));
    check(shared);
}
