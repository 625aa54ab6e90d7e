//! The letters of a name that a user typed, and the parts of it that are qualifiers.

use super::super::tables::names::{QUALIFIERS, VIDEO_QUALIFIERS};

/// The largest number of letters read: no model's name is half as long. Each position has a bit
/// of a `u128`, the last one stands for the end.
pub(super) const LONGEST: usize = 127;

/// The letters and digits of a name, in lower case.
pub(super) fn letters(name: &str) -> impl Iterator<Item = char> {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
}

/// A name, read only once, since it may be a megabyte of anything.
pub(super) struct Letters {
    first: [char; LONGEST],
    /// As many as are in `first`, or one more if the name goes on.
    length: usize,
    /// The positions at which a part begins or ends.
    ends: u128,
    /// Those of them that only a capital letter marks.
    capitals: u128,
}

impl Letters {
    pub(super) fn new(name: &str) -> Self {
        let mut read = Self {
            first: [' '; LONGEST],
            length: 0,
            ends: 1,
            capitals: 0,
        };
        let mut before = [' '; 2];
        for c in name.chars() {
            if c.is_alphanumeric() {
                let [of_two, last] = before;
                // `2.1` is one part; `flux-dev` is two, as are `FluxDev` and `XLPipeline`.
                let is_decimal = last == '.' && of_two.is_ascii_digit() && c.is_ascii_digit();
                if last.is_lowercase() && c.is_uppercase() {
                    read.end_part_at_capital(read.length);
                } else if !(last.is_alphanumeric() || is_decimal) {
                    read.end_part();
                }
                // The `v` of `v0.9.5` is optional.
                let is_v = matches!(last, 'v' | 'V') && !of_two.is_alphanumeric();
                if is_v && c.is_ascii_digit() {
                    read.end_part();
                }
                if c.is_lowercase()
                    && last.is_uppercase()
                    && (of_two.is_uppercase() || of_two.is_numeric())
                {
                    read.end_part_at_capital(read.length.saturating_sub(1));
                }
                for letter in c.to_lowercase() {
                    read.push(letter);
                }
            }
            if read.length > LONGEST {
                break;
            }
            before = [before[1], c];
        }
        read.end_part();
        read
    }

    /// The same without the longest qualifiers, and without any letter that is not `kept`.
    pub(super) fn without(&self, qualifiers: &[u128; LONGEST], kept: fn(char) -> bool) -> Self {
        let mut rest = Self {
            first: [' '; LONGEST],
            length: 0,
            ends: 1,
            capitals: 0,
        };
        let mut at = 0;
        while let Some(&letter) = self.as_slice().get(at) {
            if self.is_end(at) {
                rest.end_part();
            }
            match qualifiers[at] {
                0 => {
                    if kept(letter) {
                        rest.push(letter);
                    }
                    at += 1;
                }
                ends => at = ends.ilog2() as usize,
            }
        }
        rest.end_part();
        rest
    }

    fn push(&mut self, letter: char) {
        if let Some(place) = self.first.get_mut(self.length) {
            *place = letter;
        }
        self.length = (self.length + 1).min(LONGEST + 1);
    }

    fn end_part(&mut self) {
        if self.length <= LONGEST {
            self.ends |= 1 << self.length;
        }
    }

    fn end_part_at_capital(&mut self, at: usize) {
        if at <= LONGEST && !self.is_end(at) {
            self.ends |= 1 << at;
            self.capitals |= 1 << at;
        }
    }

    /// `true` if a part ends or begins there.
    pub(super) fn is_end(&self, at: usize) -> bool {
        self.ends >> at & 1 == 1
    }

    pub(super) fn as_slice(&self) -> &[char] {
        &self.first[..self.length.min(LONGEST)]
    }

    /// For each position, the ends of the qualifiers that start there, with those of videos or
    /// without.
    pub(super) fn qualifiers(&self, of_videos: bool) -> [u128; LONGEST] {
        let all = self.as_slice();
        core::array::from_fn(|from| {
            if !self.is_end(from) {
                return 0;
            }
            let mut found = 0;
            let mut is_one_part = true;
            for to in from + 1..=all.len() {
                if self.is_end(to) {
                    let part = &all[from..to];
                    if is_in(QUALIFIERS, part)
                        || of_videos && is_in(VIDEO_QUALIFIERS, part)
                        || is_quantization(part)
                        || is_one_part && is_measure(part)
                    {
                        found |= 1 << to;
                    }
                    // `8Steps` is one measure, `8 steps` may be the end of a version.
                    is_one_part &= self.capitals >> to & 1 == 1;
                }
            }
            found
        })
    }

    /// `true` if it is `known` with qualifiers in between.
    pub(super) fn is_qualified(&self, known: &str, qualifiers: &[u128; LONGEST]) -> bool {
        let mut rest = self.as_slice().iter();
        let is_within = letters(known).all(|letter| rest.any(|&own| own == letter));
        if self.length > LONGEST || !is_within {
            return false;
        }
        // Bit k of an element: the first k letters of `known` are found up to that position.
        let mut found = [0_u128; LONGEST + 1];
        found[0] = 1;
        for (at, &letter) in self.as_slice().iter().enumerate() {
            let here = found[at];
            if here == 0 {
                continue;
            }
            for (k, expected) in letters(known).take(LONGEST).enumerate() {
                if expected == letter && here >> k & 1 == 1 {
                    found[at + 1] |= 1 << (k + 1);
                }
            }
            let mut ends = qualifiers[at];
            while ends != 0 {
                found[ends.trailing_zeros() as usize] |= here;
                ends &= ends - 1;
            }
        }
        found[self.length] >> letters(known).count() & 1 == 1
    }
}

fn is_in(words: &[&str], part: &[char]) -> bool {
    words
        .binary_search_by(|word| word.chars().cmp(part.iter().copied()))
        .is_ok()
}

/// Sizes, resolutions, lengths and numbers of steps: `14b`, `600m`, `480p`, `1024px`,
/// `1024`, `1024x576`, `5s`, `8step`, `8steps`.
fn is_measure(part: &[char]) -> bool {
    let digits = |part: &[char]| part.iter().take_while(|c| c.is_ascii_digit()).count();
    match part.split_at(digits(part)) {
        ([], _) => false,
        (number, []) => matches!(
            number,
            ['2', '5', '6']
                | ['5', '1', '2']
                | ['7', '6', '8']
                | ['1', '0', '2', '4']
                | ['1', '2', '8', '0']
                | ['1', '5', '3', '6']
                | ['2', '0', '4', '8']
                | ['4', '0', '9', '6']
        ),
        (_, ['x', height @ ..]) => !height.is_empty() && digits(height) == height.len(),
        (_, unit) => matches!(
            unit,
            ['b' | 'm' | 'p' | 's']
                | ['p' | 'k', 'x' | 'p']
                | ['k', 'p', 'x']
                | ['s', 't', 'e', 'p']
                | ['s', 't', 'e', 'p', 's']
        ),
    }
}

/// The names of GGUF's quantizations, such as `q4_k_m`, `q8_0`, `iq4_xs` and `ud-q4_k_xl`.
fn is_quantization(part: &[char]) -> bool {
    let rest = match part {
        ['u', 'd', 'q', rest @ ..] | ['i', 'q', rest @ ..] | ['t', 'q', rest @ ..] => rest,
        ['q', rest @ ..] => rest,
        _ => return false,
    };
    matches!(
        rest,
        ['1'..='8']
            | ['1'..='8', '0' | '1']
            | ['1'..='8', 'k']
            | ['1'..='8', 'k', 's' | 'm' | 'l']
            | ['1'..='8', 'k', 'x', 'l' | 's']
            | ['1'..='8', 's' | 'm']
            | ['1'..='8', 'x', 's']
            | ['1'..='8', 'x', 'x', 's']
            | ['1'..='8', 'n', 'l']
    )
}
