//! The formats whose names are most similar to an unknown name.

use super::LatentFormat;
use super::letters::{LONGEST, Letters, letters};
use crate::format::tables::names::AMBIGUOUS;

/// The three formats with the names that take the fewest changes to become `whole`, or `bare`,
/// the same without qualifiers. A name that several formats share is one of each; the first
/// of them is the nearest.
pub(super) fn nearest(whole: &Letters, bare: &Letters) -> [LatentFormat; 3] {
    let mut best = [((usize::MAX, 0, 0), LatentFormat::Sd1); 3];
    for &format in LatentFormat::ALL {
        let own = format.names().map(|known| (known, 0));
        let shared = AMBIGUOUS.iter().filter_map(|ambiguous| {
            let mut candidates = ambiguous.candidates.iter();
            let place = candidates.position(|&candidate| candidate == format)?;
            Some(ambiguous.names.iter().map(move |&known| (known, 1 + place)))
        });
        let distances = own.chain(shared.flatten()).flat_map(|(known, place)| {
            // Among equally near names, a longer one agrees in more letters.
            let longest_first = LONGEST.saturating_sub(letters(known).count());
            // A shared name says less than a format's own: as much as with one letter wrong.
            let shared = if place > 0 { 4 } else { 0 };
            [whole, bare].map(|name| {
                // A letter of a qualifier costs as much in the middle as at the end.
                let left_out = whole.as_slice().len() - name.as_slice().len();
                (
                    distance(known, name) + left_out + shared,
                    longest_first,
                    place,
                )
            })
        });
        let mut candidate = (distances.min().unwrap_or((usize::MAX, 0, 0)), format);
        for place in &mut best {
            if candidate.0 < place.0 {
                core::mem::swap(place, &mut candidate);
            }
        }
    }
    best.map(|(_, format)| format)
}

/// Four times the letters to insert, remove, replace or swap with their neighbor (the "optimal
/// string alignment" distance), row by row. A digit counts twice, since it distinguishes
/// versions. A letter of a further part is only a fourth of a change: names go on with
/// qualifiers.
fn distance(known: &str, read: &Letters) -> usize {
    let cost = |letter: char| if letter.is_ascii_digit() { 8 } else { 4 };
    let name = read.as_slice();
    let mut before = [0; LONGEST + 1];
    let mut last = [0; LONGEST + 1];
    for (j, &to) in name.iter().enumerate() {
        last[j + 1] = last[j] + cost(to);
    }
    let mut last_from = None;
    for from in letters(known).take(LONGEST) {
        let mut row = [last[0] + cost(from); LONGEST + 1];
        let mut last_to = None;
        for (j, &to) in name.iter().enumerate() {
            let replaced = if from == to {
                0
            } else {
                cost(from).max(cost(to))
            };
            row[j + 1] = (last[j] + replaced)
                .min(last[j + 1] + cost(from))
                .min(row[j] + cost(to));
            if last_to == Some(from) && last_from == Some(to) {
                row[j + 1] = row[j + 1].min(before[j - 1] + cost(from).max(cost(to)));
            }
            last_to = Some(to);
        }
        (before, last, last_from) = (last, row, Some(from));
    }
    let ends = last.iter().enumerate().take(name.len() + 1);
    ends.filter(|(end, _)| read.is_end(*end))
        .map(|(end, cost)| cost + name.len() - end)
        .min()
        .unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_textbooks() {
        for (a, b, expected) in [
            ("kitten", "sitting", 12),
            ("Sunday", "saturday", 12),
            ("abc", "", 12),
            ("", "abc", 3),
            ("flux.1", "FLUX 1", 0),
            ("flux.1", "FLUX 2", 8),
            ("flux.1", "FLUX", 8),
            ("ab", "ba", 4),
            ("sdlx", "sdxl", 4),
            ("ca", "abc", 11),
            ("ca", "ab c", 9),
            ("LTX-2", "LTX-2 Pipleine", 8),
        ] {
            assert_eq!(distance(a, &Letters::new(b)), expected, "{a} {b}");
        }
    }
}
