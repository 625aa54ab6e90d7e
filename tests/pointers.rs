//! Promise: whatever points to a previewer previews as it does, by its own methods.

#![cfg(feature = "alloc")]

use std::sync::{Arc, Mutex};

use latent_preview::{
    Denoise, LatentPreview, Latents, PixelFormat, Preview, PreviewError, Rounding,
};

/// Writes down which of its methods are called.
#[derive(Default)]
struct Diary(Mutex<Vec<&'static str>>);

impl Diary {
    fn note(&self, method: &'static str) {
        self.0.lock().unwrap().push(method);
    }
}

type Pictured = Result<Preview, PreviewError>;

impl LatentPreview for Diary {
    fn channels(&self) -> usize {
        self.note("channels");
        4
    }

    fn scale(&self) -> usize {
        self.note("scale");
        3
    }

    fn preview_into_with(
        &self,
        _: &Latents<'_>,
        _: PixelFormat,
        _: Rounding,
        _: &mut [u8],
    ) -> Result<usize, PreviewError> {
        self.note("preview_into_with");
        Ok(1)
    }

    fn preview_into(
        &self,
        _: &Latents<'_>,
        _: PixelFormat,
        _: &mut [u8],
    ) -> Result<usize, PreviewError> {
        self.note("preview_into");
        Ok(2)
    }

    fn preview(&self, _: &Latents<'_>, _: PixelFormat, _: Rounding) -> Pictured {
        self.note("preview");
        Err(PreviewError::OverlappingStrides)
    }

    fn preview_rgb(&self, _: &Latents<'_>) -> Pictured {
        self.note("preview_rgb");
        Err(PreviewError::OverlappingStrides)
    }

    fn preview_denoised(&self, _: &Latents<'_>, _: &Latents<'_>, _: Denoise) -> Pictured {
        self.note("preview_denoised");
        Err(PreviewError::OverlappingStrides)
    }
}

/// Calls every method once, as code does that takes any previewer.
fn call_all(previewer: impl LatentPreview) {
    let latents = Latents::planar(&[0.0_f32; 4], [4, 1, 1]).unwrap();
    let (format, rounding) = (PixelFormat::Rgb8, Rounding::Truncate);
    assert_eq!(previewer.channels(), 4);
    assert_eq!(previewer.scale(), 3);
    let into = previewer.preview_into_with(&latents, format, rounding, &mut []);
    assert_eq!(into, Ok(1));
    assert_eq!(previewer.preview_into(&latents, format, &mut []), Ok(2));
    let pictures = [
        previewer.preview(&latents, format, rounding),
        previewer.preview_rgb(&latents),
        previewer.preview_denoised(&latents, &latents, Denoise::sample()),
    ];
    assert_eq!(
        pictures,
        [const { Err(PreviewError::OverlappingStrides) }; 3]
    );
}

#[test]
fn every_method_is_handed_on_once() {
    let expected = [
        "channels",
        "scale",
        "preview_into_with",
        "preview_into",
        "preview",
        "preview_rgb",
        "preview_denoised",
    ];
    let diary = Arc::new(Diary::default());
    let check = |call: &dyn Fn()| {
        diary.0.lock().unwrap().clear();
        call();
        assert_eq!(*diary.0.lock().unwrap(), expected);
    };
    check(&|| call_all(&*diary));
    check(&|| call_all(&*diary as &dyn LatentPreview));
    check(&|| call_all(Box::new(&*diary)));
    check(&|| call_all(Box::new(&*diary) as Box<dyn LatentPreview + '_>));
    check(&|| call_all(Arc::clone(&diary)));
    check(&|| call_all(Arc::clone(&diary) as Arc<dyn LatentPreview>));
}

#[cfg(feature = "std")]
#[test]
fn a_choice_at_run_time_goes_where_a_previewer_does() {
    use latent_preview::{BackgroundPreviewer, LatentFormat, Projection};

    let choices: [Box<dyn LatentPreview + Send>; 2] = [
        Box::new(Projection::SD_V1_4),
        Box::new(LatentFormat::Flux1.previewer()),
    ];
    for previewer in choices {
        let samples = vec![0.25_f32; previewer.channels() * 4];
        let latents = Latents::planar(&samples, [previewer.channels(), 2, 2]).unwrap();
        let expected = previewer.preview_rgb(&latents);
        let (sender, shown) = std::sync::mpsc::channel();
        let background = BackgroundPreviewer::spawn(previewer, move |_, preview| {
            sender.send(preview).unwrap();
        })
        .unwrap();
        background.show(0, &latents);
        background.finish().unwrap();
        assert_eq!(shown.iter().collect::<Vec<_>>(), [expected]);
    }
}
