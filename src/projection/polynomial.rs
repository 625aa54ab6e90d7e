//! The one form that every kind of projection is computed in.

/// A polynomial of the latent channels with RGB coefficients, borrowed.
///
/// `pairs` and `triples` are empty below degree 2 and 3. Their rows follow the
/// unique products in nested order, `for i { for j in i.. { for k in j.. } }`,
/// so that a nested evaluation reads them front to back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Polynomial<'a> {
    pub(crate) constant: [f32; 3],
    pub(crate) linear: &'a [[f32; 3]],
    pub(crate) pairs: &'a [[f32; 3]],
    pub(crate) triples: &'a [[f32; 3]],
}

impl Polynomial<'_> {
    pub(crate) const fn channels(&self) -> usize {
        self.linear.len()
    }

    pub(crate) const fn degree(&self) -> u32 {
        match (self.pairs, self.triples) {
            ([], _) => 1,
            (_, []) => 2,
            _ => 3,
        }
    }
}

/// Unique products of two of `channels` channels, or `usize::MAX` if that
/// overflows: a number of rows that no slice has.
pub(super) fn pair_count(channels: usize) -> usize {
    channels
        .checked_add(1)
        .and_then(|next| channels.checked_mul(next))
        .map_or(usize::MAX, |product| product / 2)
}

/// Unique products of three of `channels` channels, or `usize::MAX`.
pub(super) fn triple_count(channels: usize) -> usize {
    channels
        .checked_add(1)
        .and_then(|next| channels.checked_mul(next))
        .and_then(|product| product.checked_mul(channels + 2))
        .map_or(usize::MAX, |product| product / 6)
}
