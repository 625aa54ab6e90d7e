//! Projections as data, for any format that serde knows.
//!
//! A version comes first, so that what is stored today can be told from what a
//! later release stores. Numbers pass through the constructors when they are
//! loaded: what they refuse does not load.

use alloc::vec::Vec;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::{Cubic, Projection, Refined};
use crate::PreviewError;

const VERSION: u32 = 1;

type Rows = Vec<[f32; 3]>;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    projection: Kind,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Kind {
    Linear {
        factors: Rows,
    },
    Affine {
        factors: Rows,
        bias: [f32; 3],
    },
    Quadratic {
        constant: [f32; 3],
        linear: Rows,
        pairs: Rows,
    },
    Cubic(Polynomial),
    Refined {
        neighborhood: bool,
        factors: Rows,
        bias: [f32; 3],
        kernel: Option<Kernel>,
        colors: Option<Polynomial>,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Polynomial {
    constant: [f32; 3],
    linear: Rows,
    pairs: Rows,
    triples: Rows,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kernel {
    Symmetric([f32; 3]),
    Full(Rows),
}

impl From<&Cubic> for Polynomial {
    fn from(cubic: &Cubic) -> Self {
        Self {
            constant: cubic.constant(),
            linear: cubic.linear().to_vec(),
            pairs: cubic.pairs().to_vec(),
            triples: cubic.triples().to_vec(),
        }
    }
}

impl From<&Projection> for Kind {
    fn from(projection: &Projection) -> Self {
        match projection {
            Projection::Linear(linear) => Self::Linear {
                factors: linear.factors().to_vec(),
            },
            Projection::Affine(affine) => Self::Affine {
                factors: affine.factors().to_vec(),
                bias: affine.bias(),
            },
            Projection::Quadratic(quadratic) => Self::Quadratic {
                constant: quadratic.constant(),
                linear: quadratic.linear().to_vec(),
                pairs: quadratic.pairs().to_vec(),
            },
            Projection::Cubic(cubic) => Self::Cubic(cubic.into()),
            Projection::Refined(refined) => Self::Refined {
                neighborhood: refined.is_neighborhood(),
                factors: refined.factors().to_vec(),
                bias: refined.bias(),
                kernel: match (refined.symmetric_kernel(), refined.kernel()) {
                    (Some(weights), _) => Some(Kernel::Symmetric(weights)),
                    (None, rows) => rows.map(|rows| Kernel::Full(rows.to_vec())),
                },
                colors: refined.colors().map(Polynomial::from),
            },
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
            Kind::Cubic(Polynomial {
                constant,
                linear,
                pairs,
                triples,
            }) => Self::cubic(constant, linear, pairs, triples),
            Kind::Refined {
                neighborhood,
                factors,
                bias,
                kernel,
                colors,
            } => {
                let begun = if neighborhood {
                    Refined::neighborhood(factors, bias)?
                } else {
                    Refined::pixelwise(factors, bias)?
                };
                let smoothed = match kernel {
                    None => begun,
                    Some(Kernel::Symmetric([center, edge, corner])) => {
                        begun.with_symmetric_kernel(center, edge, corner)?
                    }
                    Some(Kernel::Full(rows)) => begun.with_kernel(rows)?,
                };
                let refined = match colors {
                    None => smoothed,
                    Some(cubic) => smoothed.with_colors(
                        cubic.constant,
                        cubic.linear,
                        cubic.pairs,
                        cubic.triples,
                    )?,
                };
                Ok(refined.into())
            }
        }
    }
}

impl Serialize for Projection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (version, projection) = (VERSION, Kind::from(self));
        Stored {
            version,
            projection,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Projection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        if stored.version != VERSION {
            return Err(D::Error::custom(format_args!(
                "this release reads projections of version {VERSION}, not {}",
                stored.version
            )));
        }
        Self::try_from(stored.projection).map_err(D::Error::custom)
    }
}
