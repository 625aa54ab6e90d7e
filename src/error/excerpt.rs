//! The beginning of a foreign text, for a message.

use core::fmt;
use core::ops::Deref;

/// The bytes kept: enough for any model's name.
const LONGEST: usize = 56;

/// The mark after a truncated text.
const CUT: &str = "...";

/// The beginning of a foreign text, such as a name in a [`PreviewError`](crate::PreviewError):
/// a short `str` that needs no allocation.
///
/// It holds up to 56 bytes of the text, with control characters escaped, and `...` if the text
/// is longer.
///
/// ```
/// use latent_preview::{LatentFormat, PreviewError};
///
/// let error = "sd\n7".parse::<LatentFormat>().unwrap_err();
/// let PreviewError::UnknownFormat { name, .. } = error else { unreachable!() };
/// assert_eq!(&*name, "sd\\n7");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Excerpt {
    bytes: [u8; LONGEST + CUT.len()],
    length: u8,
}

impl Excerpt {
    pub(crate) fn new(text: &str) -> Self {
        let mut excerpt = Self {
            bytes: [0; LONGEST + CUT.len()],
            length: 0,
        };
        for letter in text.chars() {
            let mut escaped = [0; 16];
            let mut count = 0;
            if matches!(letter, '"' | '\'' | '\\') {
                count = letter.encode_utf8(&mut escaped).len();
            } else {
                for part in letter.escape_debug() {
                    count += part.encode_utf8(&mut escaped[count..]).len();
                }
            }
            if usize::from(excerpt.length) + count > LONGEST {
                excerpt.push(CUT.as_bytes());
                break;
            }
            excerpt.push(&escaped[..count]);
        }
        excerpt
    }

    /// There is room for it.
    fn push(&mut self, part: &[u8]) {
        let start = usize::from(self.length);
        self.bytes[start..start + part.len()].copy_from_slice(part);
        self.length += part.len() as u8;
    }
}

impl Deref for Excerpt {
    type Target = str;

    fn deref(&self) -> &str {
        let bytes = &self.bytes[..usize::from(self.length)];
        core::str::from_utf8(bytes).unwrap_or_default()
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use alloc::string::{String, ToString};

    use super::Excerpt;

    #[test]
    fn long_and_odd_texts_are_cut_and_escaped() {
        for (text, expected) in [
            ("", ""),
            ("SD 7", "SD 7"),
            ("\u{1b}[31m\n", "\\u{1b}[31m\\n"),
            ("日本語", "日本語"),
            ("\"a\\b'", "\"a\\b'"),
        ] {
            assert_eq!(Excerpt::new(text).to_string(), expected);
        }
        for letter in ['x', 'é', '語', '😀', '\u{10ffff}', '\0'] {
            let long: String = core::iter::repeat_n(letter, 100).collect();
            let shown = Excerpt::new(&long).to_string();
            assert!(shown.ends_with("...") && shown.len() <= 56 + 3, "{shown}");
        }
        let whole = "x".repeat(56);
        assert_eq!(Excerpt::new(&whole).to_string(), whole);
    }
}
