//! Formats by the names that people type.

use core::str::FromStr;

use super::LatentFormat;
use crate::PreviewError;

/// Longer names are compared by their beginning when looking for the nearest;
/// no name of a format is half as long.
const LONGEST: usize = 64;

impl FromStr for LatentFormat {
    type Err = PreviewError;

    /// The format with this name, or of the model with this name.
    ///
    /// Case and punctuation do not matter, nor does an owner in front, as in
    /// `black-forest-labs/FLUX.1-dev`.
    ///
    /// # Errors
    ///
    /// [`PreviewError::UnknownFormat`] with the three formats whose names are nearest. Nothing
    /// is guessed: names that differ in one digit are often those of different latent spaces.
    fn from_str(name: &str) -> Result<Self, PreviewError> {
        let without_owner = name.rsplit('/').next().unwrap_or(name);
        let [name, without_owner] = [name, without_owner].map(Letters::new);
        [&name, &without_owner]
            .into_iter()
            .find_map(|name| {
                let mut formats = Self::ALL.iter().copied();
                formats.find(|format| format.names().any(|known| name.is_same(known)))
            })
            .ok_or_else(|| PreviewError::UnknownFormat {
                nearest: nearest(&without_owner),
            })
    }
}

impl LatentFormat {
    /// Every name it is known by.
    fn names(self) -> impl Iterator<Item = &'static str> {
        let facts = self.facts();
        [facts.name, facts.title]
            .into_iter()
            .chain(facts.models.iter().copied())
            .chain(facts.names.iter().copied())
    }
}

/// The letters and digits of a name, in lower case.
fn letters(name: &str) -> impl Iterator<Item = char> {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
}

/// The letters of a name that somebody typed: read once, since it may be a megabyte of
/// something else.
struct Letters {
    first: [char; LONGEST],
    /// As many as are in `first`, or one more if the name goes on.
    length: usize,
}

impl Letters {
    fn new(name: &str) -> Self {
        let mut first = [' '; LONGEST];
        let mut length = 0;
        for letter in letters(name).take(LONGEST + 1) {
            if let Some(place) = first.get_mut(length) {
                *place = letter;
            }
            length += 1;
        }
        Self { first, length }
    }

    fn as_slice(&self) -> &[char] {
        &self.first[..self.length.min(LONGEST)]
    }

    fn is_same(&self, known: &str) -> bool {
        self.length <= LONGEST && letters(known).eq(self.as_slice().iter().copied())
    }
}

/// The three formats with the names that take the fewest changes to become `name`.
fn nearest(name: &Letters) -> [&'static str; 3] {
    let mut best = [(usize::MAX, LatentFormat::Sd1); 3];
    for &format in LatentFormat::ALL {
        let distance = format.names().map(|known| distance(known, name)).min();
        let mut candidate = (distance.unwrap_or(usize::MAX), format);
        for place in &mut best {
            if candidate.0 < place.0 {
                core::mem::swap(place, &mut candidate);
            }
        }
    }
    best.map(|(_, format)| format.name())
}

/// Letters to insert, remove, replace or swap with their neighbor (the "optimal
/// string alignment" distance), row by row.
fn distance(a: &str, b: &Letters) -> usize {
    let b = b.as_slice();
    let mut before = [0; LONGEST + 1];
    let mut last: [usize; LONGEST + 1] = core::array::from_fn(|j| j);
    let mut last_from = None;
    for (i, from) in letters(a).take(LONGEST).enumerate() {
        let mut row = [i + 1; LONGEST + 1];
        let mut last_to = None;
        for (j, &to) in b.iter().enumerate() {
            let replaced = last[j] + usize::from(from != to);
            row[j + 1] = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if last_to == Some(from) && last_from == Some(to) {
                row[j + 1] = row[j + 1].min(before[j - 1] + 1);
            }
            last_to = Some(to);
        }
        (before, last, last_from) = (last, row, Some(from));
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_textbooks() {
        for (a, b, expected) in [
            ("kitten", "sitting", 3),
            ("Sunday", "saturday", 3),
            ("", "abc", 3),
            ("flux.1", "FLUX 1", 0),
            ("ab", "ba", 1),
            ("sdlx", "sdxl", 1),
            ("ca", "abc", 3),
        ] {
            assert_eq!(distance(a, &Letters::new(b)), expected, "{a} {b}");
            assert_eq!(distance(b, &Letters::new(a)), expected, "{b} {a}");
        }
    }
}
