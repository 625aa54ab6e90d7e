//! The monomials of a polynomial.

use alloc::vec::Vec;

/// The monomials of a polynomial without its constant, in the order of a projection's
/// coefficients: the variables, their unique products by two, then by three.
#[derive(Clone)]
pub(super) struct Monomials {
    variables: usize,
    /// Each product is an earlier monomial times a variable.
    products: Vec<(usize, usize)>,
}

impl Monomials {
    pub(super) fn new(variables: usize, degree: usize) -> Self {
        let mut products = Vec::new();
        // The monomials of the previous degree, with the last variable of each.
        let mut before: Vec<_> = (0..variables).map(|v| (v, v)).collect();
        for _ in 1..degree {
            let mut next = Vec::new();
            for (monomial, last) in before {
                for variable in last..variables {
                    next.push((variables + products.len(), variable));
                    products.push((monomial, variable));
                }
            }
            before = next;
        }
        Self {
            variables,
            products,
        }
    }

    /// The number of monomials up to a degree, with the constant. It saturates at a count that
    /// no memory holds.
    pub(super) fn count(variables: usize, degree: usize) -> usize {
        let next = |count: usize, n| count.saturating_mul(variables.saturating_add(n)) / n;
        (1..=degree).fold(1, next)
    }

    pub(super) fn len(&self) -> usize {
        self.variables + self.products.len()
    }

    /// The last variable of a monomial.
    pub(super) fn last_variable(&self, monomial: usize) -> usize {
        match monomial.checked_sub(self.variables) {
            Some(product) => self.products[product].1,
            None => monomial,
        }
    }

    /// Writes the products after the variables, which are the first `values`.
    pub(super) fn complete(&self, values: &mut [f64]) {
        // Hot: see `Gram`.
        let (products, values) = (&self.products[..], &mut values[..self.len()]);
        let mut i = 0;
        while i < products.len() {
            let (monomial, variable) = products[i];
            values[self.variables + i] = values[monomial] * values[variable];
            i += 1;
        }
    }

    /// Writes how the monomials change with one variable.
    pub(super) fn derive(&self, values: &[f64], by: usize, slopes: &mut [f64]) {
        slopes[..self.variables].fill(0.0);
        slopes[by] = 1.0;
        for (at, &(monomial, variable)) in (self.variables..).zip(&self.products) {
            slopes[at] = slopes[monomial] * values[variable] + values[monomial] * slopes[variable];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_that_of_coefficients() {
        let monomials = Monomials::new(3, 3);
        assert_eq!(monomials.len() + 1, Monomials::count(3, 3));
        let mut values = [2.0, 3.0, 5.0].to_vec();
        values.resize(monomials.len(), 0.0);
        let mut slopes = values.clone();
        monomials.complete(&mut values);
        let pairs = [4.0, 6.0, 10.0, 9.0, 15.0, 25.0];
        let triples = [8.0, 12.0, 20.0, 18.0, 30.0, 50.0, 27.0, 45.0, 75.0, 125.0];
        assert_eq!(values[3..], [&pairs[..], &triples].concat());
        let last: Vec<_> = (0..9).map(|i| monomials.last_variable(i)).collect();
        assert_eq!(last, [0, 1, 2, 0, 1, 2, 1, 2, 2]);
        monomials.derive(&values, 1, &mut slopes);
        assert_eq!(slopes[..9], [0.0, 1.0, 0.0, 0.0, 2.0, 0.0, 6.0, 5.0, 0.0]);
        assert_eq!(slopes[15..], [27.0, 30.0, 25.0, 0.0]);
    }
}
