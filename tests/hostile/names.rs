//! Names of formats.

use latent_preview::{LatentFormat, PreviewError};

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match text.parse::<LatentFormat>() {
        Ok(format) => assert_eq!(format.to_string().parse(), Ok(format)),
        Err(error) => {
            assert!(matches!(
                error,
                PreviewError::UnknownFormat { .. } | PreviewError::AmbiguousFormat { .. }
            ));
            // The message does not repeat all of a name, which may be a megabyte.
            assert!(error.to_string().len() < 400);
        }
    }
}
