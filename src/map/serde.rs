//! Projections as data, for any serde format.
//!
//! A version comes first, to tell data of this release from data of a later one. Loading passes
//! the numbers through the constructors: data that they refuse does not load.

use alloc::vec::Vec;

use ::serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::{Coefficients, Polynomial, Projection, Refined};
use crate::PreviewError;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: Version<1>,
    projection: Kind,
}

/// The version of stored data. A wrong one is refused before anything after it is read.
pub(crate) struct Version<const N: u32>;

impl<const N: u32> Serialize for Version<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        N.serialize(serializer)
    }
}

impl<'de, const N: u32> Deserialize<'de> for Version<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let version = u32::deserialize(deserializer)?;
        if version == N {
            return Ok(Self);
        }
        Err(D::Error::custom(format_args!(
            "this release reads data of version {N}, not {version}"
        )))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Kind {
    Linear {
        factors: Coefficients,
    },
    Affine {
        factors: Coefficients,
        bias: [f32; 3],
    },
    Quadratic {
        constant: [f32; 3],
        linear: Coefficients,
        pairs: Coefficients,
    },
    Cubic(Cubic),
    Refined {
        is_3x3: bool,
        factors: Coefficients,
        bias: [f32; 3],
        filter: Option<[f32; 3]>,
        colors: Option<Cubic>,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cubic {
    constant: [f32; 3],
    linear: Coefficients,
    pairs: Coefficients,
    triples: Coefficients,
}

impl Serialize for Coefficients {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Coefficients {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from)
    }
}

impl From<Polynomial> for Cubic {
    fn from(polynomial: Polynomial) -> Self {
        Self {
            constant: polynomial.constant,
            linear: polynomial.linear,
            pairs: polynomial.pairs,
            triples: polynomial.triples,
        }
    }
}

impl From<Projection> for Kind {
    /// Chooses the kind by the numbers of the polynomial, so that none is lost.
    fn from(projection: Projection) -> Self {
        let is_linear = matches!(projection, Projection::Linear(_));
        let polynomial = match projection {
            Projection::Refined(refined) => {
                return Self::Refined {
                    is_3x3: refined.is_3x3,
                    factors: refined.factors,
                    bias: refined.bias,
                    filter: refined.filter,
                    colors: refined.colors.map(Cubic::from),
                };
            }
            Projection::Linear(polynomial)
            | Projection::Affine(polynomial)
            | Projection::Quadratic(polynomial)
            | Projection::Cubic(polynomial) => polynomial,
        };
        let (degree, constant) = (polynomial.degree(), polynomial.constant);
        match degree {
            1 if is_linear && constant == [0.0; 3] => Self::Linear {
                factors: polynomial.linear,
            },
            1 => Self::Affine {
                factors: polynomial.linear,
                bias: constant,
            },
            2 => Self::Quadratic {
                constant,
                linear: polynomial.linear,
                pairs: polynomial.pairs,
            },
            _ => Self::Cubic(polynomial.into()),
        }
    }
}

impl TryFrom<Kind> for Projection {
    type Error = PreviewError;

    fn try_from(kind: Kind) -> Result<Self, PreviewError> {
        match kind {
            Kind::Linear { factors } => Self::linear(factors),
            Kind::Affine { factors, bias } => Self::affine(factors, bias),
            Kind::Quadratic {
                constant,
                linear,
                pairs,
            } => Self::quadratic(constant, linear, pairs),
            Kind::Cubic(c) => Self::cubic(c.constant, c.linear, c.pairs, c.triples),
            Kind::Refined {
                is_3x3,
                factors,
                bias,
                filter,
                colors,
            } => {
                let mut refined = Refined::begin(factors, bias, is_3x3)?;
                if let Some([center, edge, corner]) = filter {
                    refined = refined.with_filter(center, edge, corner)?;
                }
                if let Some(c) = colors {
                    refined = refined.with_colors(c.constant, c.linear, c.pairs, c.triples)?;
                }
                Ok(refined.into())
            }
        }
    }
}

impl Serialize for Projection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Stored {
            version: Version,
            projection: Kind::from(self.clone()),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Projection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        Self::try_from(stored.projection).map_err(D::Error::custom)
    }
}
