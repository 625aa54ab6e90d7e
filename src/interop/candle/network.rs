//! Every previewer as tensor operations, for devices whose memory is not ours.

use std::vec::Vec;

use ::candle_core::{DType, Device, Result, Tensor};

use crate::projection::{COLOR_LIMIT, Plan, Polynomial, Smoothing, Stages, TAPS};
use crate::tiny::{Dense, LATENT_LIMIT, Net};

/// What a previewer computes of planes `[images, channels, height, width]` of `f32`.
#[derive(Clone, Debug)]
pub(super) enum Network {
    Products(Products),
    Stages(StageTensors),
    Net(NetTensors),
}

impl Network {
    pub(super) fn of_plan(plan: &Plan<'_>, device: &Device) -> Result<Self> {
        Ok(match plan {
            Plan::Polynomial(polynomial) => Self::Products(Products::new(polynomial, device)?),
            Plan::Stages(stages) => Self::Stages(StageTensors::new(stages, device)?),
        })
    }

    pub(super) fn of_net(net: &Net<'_>, device: &Device) -> Result<Self> {
        NetTensors::new(net, device).map(Self::Net)
    }

    pub(super) const fn scale(&self) -> usize {
        match self {
            Self::Products(_) | Self::Stages(_) => 1,
            Self::Net(net) => net.scale,
        }
    }

    /// `[images, height, width, 4]` of `u8`: the pictures, and 0 where a latent is not finite.
    pub(super) fn rgba(&self, planes: &Tensor) -> Result<Tensor> {
        let is_finite = is_finite(planes)?;
        let display = match self {
            Self::Products(products) => display(&products.apply(planes)?)?,
            Self::Stages(stages) => display(&stages.apply(planes)?)?,
            Self::Net(net) => net.apply(planes, &is_finite)?,
        };
        let levels = (display.clamp(0.0, 1.0)? * 255.0)?.round()?;
        let alpha = enlarged(&(is_finite * 255.0)?, self.scale())?;
        Tensor::cat(&[&levels, &alpha], 1)?
            .to_dtype(DType::U8)?
            .permute((0, 2, 3, 1))?
            .contiguous()
    }
}

/// Decoder range to display values; what is not a number is black.
fn display(decoded: &Tensor) -> Result<Tensor> {
    let is_nan = decoded.ne(decoded)?;
    is_nan.where_cond(&decoded.zeros_like()?, &((decoded + 1.0)? * 0.5)?)
}

/// 1 where all channels of a pixel are finite, 0 elsewhere: `[images, 1, height, width]`.
fn is_finite(planes: &Tensor) -> Result<Tensor> {
    // Any other number times zero is not a number.
    (planes * 0.0)?
        .eq(0.0)?
        .to_dtype(DType::F32)?
        .min_keepdim(1)
}

/// Each pixel as a square of pixels.
fn enlarged(planes: &Tensor, scale: usize) -> Result<Tensor> {
    match scale {
        1 => Ok(planes.clone()),
        _ => {
            let (_, _, height, width) = planes.dims4()?;
            planes.upsample_nearest2d(scale * height, scale * width)
        }
    }
}

/// A convolution of 1x1 or 3x3 whose input repeats its edges.
#[derive(Clone, Debug)]
struct Convolution {
    weights: Tensor,
    bias: Option<Tensor>,
    reach: usize,
}

impl Convolution {
    /// `weight(output, input, tap)`, taps in rows.
    fn new(
        [outputs, inputs, side]: [usize; 3],
        weight: impl Fn(usize, usize, usize) -> f32,
        bias: &[f32],
        device: &Device,
    ) -> Result<Self> {
        let mut weights = Vec::with_capacity(outputs * inputs * side * side);
        for output in 0..outputs {
            for input in 0..inputs {
                weights.extend((0..side * side).map(|tap| weight(output, input, tap)));
            }
        }
        let bias = match bias {
            [] => None,
            bias => Some(Tensor::new(bias, device)?.reshape((1, bias.len(), 1, 1))?),
        };
        Ok(Self {
            weights: Tensor::from_vec(weights, (outputs, inputs, side, side), device)?,
            bias,
            reach: side / 2,
        })
    }

    /// Rows `[R, G, B]` for each input of each tap.
    fn of_rows(rows: &[[f32; 3]], taps: usize, bias: [f32; 3], device: &Device) -> Result<Self> {
        let inputs = rows.len() / taps;
        let side = if taps == 1 { 1 } else { 3 };
        let weight = |color: usize, input: usize, tap: usize| rows[tap * inputs + input][color];
        Self::new([3, inputs, side], weight, &bias, device)
    }

    fn of_dense(dense: &Dense<'_>, inputs: usize, device: &Device) -> Result<Self> {
        let taps = dense.side * dense.side;
        let weight = |output, input, tap| dense.row(output)[input * taps + tap];
        let outputs = dense.bias.len();
        Self::new([outputs, inputs, dense.side], weight, dense.bias, device)
    }

    fn apply(&self, planes: &Tensor) -> Result<Tensor> {
        let padded = planes
            .pad_with_same(2, self.reach, self.reach)?
            .pad_with_same(3, self.reach, self.reach)?;
        let sums = padded.conv2d(&self.weights, 0, 1, 1, 1)?;
        match &self.bias {
            None => Ok(sums),
            Some(bias) => sums.broadcast_add(bias),
        }
    }
}

/// A polynomial: a 1x1 convolution over products of channels.
#[derive(Clone, Debug)]
pub(super) struct Products {
    /// The channels that each product of two, then of three, is made of.
    factors: Vec<Vec<Tensor>>,
    sums: Convolution,
}

impl Products {
    fn new(polynomial: &Polynomial<'_>, device: &Device) -> Result<Self> {
        let channels = polynomial.channels() as u32;
        let mut products = Vec::new();
        if polynomial.degree() >= 2 {
            let pairs = (0..channels).flat_map(|i| (i..channels).map(move |j| [i, j]));
            let pairs: Vec<_> = pairs.collect();
            products.push(columns(&pairs, device)?);
        }
        if polynomial.degree() >= 3 {
            let triples = (0..channels).flat_map(|i| {
                (i..channels).flat_map(move |j| (j..channels).map(move |k| [i, j, k]))
            });
            let triples: Vec<_> = triples.collect();
            products.push(columns(&triples, device)?);
        }
        let rows = [polynomial.linear, polynomial.pairs, polynomial.triples].concat();
        Ok(Self {
            factors: products,
            sums: Convolution::of_rows(&rows, 1, polynomial.constant, device)?,
        })
    }

    /// RGB in decoder range, not clamped.
    fn apply(&self, planes: &Tensor) -> Result<Tensor> {
        let mut features = std::vec![planes.clone()];
        for factors in &self.factors {
            let mut product: Option<Tensor> = None;
            for channels in factors {
                let factor = planes.index_select(channels, 1)?;
                product = Some(match product {
                    None => factor,
                    Some(product) => (product * factor)?,
                });
            }
            features.extend(product);
        }
        self.sums.apply(&Tensor::cat(&features, 1)?)
    }
}

/// The first channel of every product, the second, and so on.
fn columns<const N: usize>(products: &[[u32; N]], device: &Device) -> Result<Vec<Tensor>> {
    let column = |at: usize| -> Vec<u32> { products.iter().map(|product| product[at]).collect() };
    (0..N).map(|at| Tensor::new(column(at), device)).collect()
}

/// The stages of a refined projection.
#[derive(Clone, Debug)]
pub(super) struct StageTensors {
    affine: Convolution,
    smoothing: Option<Convolution>,
    colors: Option<Products>,
}

impl StageTensors {
    fn new(stages: &Stages<'_>, device: &Device) -> Result<Self> {
        let taps = if stages.is_neighborhood { TAPS } else { 1 };
        let smoothing = match stages.smoothing {
            Smoothing::None => None,
            Smoothing::Symmetric([center, edge, corner]) => {
                let kernel = [
                    corner, edge, corner, edge, center, edge, corner, edge, corner,
                ];
                let weight = |output, input, tap: usize| match output == input {
                    true => kernel[tap],
                    false => 0.0,
                };
                Some(Convolution::new([3, 3, 3], weight, &[], device)?)
            }
            Smoothing::Full(rows) => Some(Convolution::of_rows(rows, TAPS, [0.0; 3], device)?),
        };
        let colors = stages.colors.as_ref();
        Ok(Self {
            affine: Convolution::of_rows(stages.factors, taps, stages.bias, device)?,
            smoothing,
            colors: colors
                .map(|colors| Products::new(colors, device))
                .transpose()?,
        })
    }

    /// RGB in decoder range, not clamped.
    fn apply(&self, planes: &Tensor) -> Result<Tensor> {
        let mut rgb = self.affine.apply(planes)?;
        if let Some(smoothing) = &self.smoothing {
            rgb = smoothing.apply(&rgb)?;
        }
        let Some(colors) = &self.colors else {
            return Ok(rgb);
        };
        // Clamping may hide what is not a number.
        let is_nan = rgb.ne(&rgb)?.to_dtype(DType::F32)?.max_keepdim(1)?;
        let nan = (rgb.zeros_like()? + f64::NAN)?;
        let limit = f64::from(COLOR_LIMIT);
        let corrected = colors.apply(&rgb.clamp(-limit, limit)?)?;
        is_nan
            .ne(0.0)?
            .broadcast_as(rgb.shape())?
            .where_cond(&nan, &corrected)
    }
}

/// A tiny decoder.
#[derive(Clone, Debug)]
pub(super) struct NetTensors {
    layers: Vec<Convolution>,
    head: Convolution,
    skip: Convolution,
    /// Ones: whether anything near a pixel is not finite.
    near: Tensor,
    scale: usize,
}

impl NetTensors {
    fn new(net: &Net<'_>, device: &Device) -> Result<Self> {
        let depth = net.layers().len();
        let layers =
            (0..depth).map(|at| Convolution::of_dense(&net.dense(at), net.planes(at), device));
        // Every place of a block gets the same skip.
        let places = net.scale * net.scale;
        let weight = |output: usize, input, _| net.skip().row(output / places)[input];
        let side = 2 * net.reach() + 1;
        Ok(Self {
            layers: layers.collect::<Result<_>>()?,
            head: Convolution::of_dense(&net.head(), net.planes(depth), device)?,
            skip: Convolution::new([3 * places, net.channels, 1], weight, &[], device)?,
            near: Tensor::ones((1, 1, side, side), DType::F32, device)?,
            scale: net.scale,
        })
    }

    /// Display values, not clamped; black what looks at a latent that is not finite.
    fn apply(&self, planes: &Tensor, is_finite: &Tensor) -> Result<Tensor> {
        let limit = f64::from(LATENT_LIMIT);
        let planes = is_finite
            .ne(0.0)?
            .broadcast_as(planes.shape())?
            .where_cond(planes, &planes.zeros_like()?)?
            .clamp(-limit, limit)?;
        let mut hidden = planes.clone();
        for layer in &self.layers {
            hidden = layer.apply(&hidden)?.relu()?;
        }
        let rgb = self.shuffled(&(self.head.apply(&hidden)? + self.skip.apply(&planes)?)?)?;

        let reach = self.near.dim(2)? / 2;
        let not_finite = (1.0 - is_finite)?.conv2d(&self.near, reach, 1, 1, 1)?;
        enlarged(&not_finite, self.scale)?
            .ne(0.0)?
            .broadcast_as(rgb.shape())?
            .where_cond(&rgb.zeros_like()?, &rgb)
    }

    /// Four planes of each color as the pixels of 2x2 blocks.
    fn shuffled(&self, planes: &Tensor) -> Result<Tensor> {
        let scale = self.scale;
        let (images, _, height, width) = planes.dims4()?;
        planes
            .reshape((images, 3, scale, scale, height, width))?
            .permute((0, 1, 4, 2, 5, 3))?
            .reshape((images, 3, scale * height, scale * width))
    }
}
