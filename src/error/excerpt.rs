//! The beginning of a text of somebody else, for a message.

use core::fmt;

/// Bytes that are kept: all of any model's name.
const LONGEST: usize = 56;

/// The beginning of a text of somebody else, with control characters and the like escaped.
#[doc(hidden)]
#[derive(Clone, PartialEq, Eq)]
pub struct Excerpt {
    bytes: [u8; LONGEST],
    length: u8,
    is_cut: bool,
}

impl Excerpt {
    pub(crate) fn new(text: &str) -> Self {
        let mut excerpt = Self {
            bytes: [0; LONGEST],
            length: 0,
            is_cut: false,
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
            let start = usize::from(excerpt.length);
            let Some(place) = excerpt.bytes.get_mut(start..start + count) else {
                excerpt.is_cut = true;
                break;
            };
            place.copy_from_slice(&escaped[..count]);
            excerpt.length += count as u8;
        }
        excerpt
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = &self.bytes[..usize::from(self.length)];
        f.write_str(core::str::from_utf8(bytes).unwrap_or_default())?;
        f.write_str(if self.is_cut { "..." } else { "" })
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
