//! The choice of the map that is best on unseen pictures, if it is surely better than the
//! start.

use alloc::{vec, vec::Vec};

use super::candidates::Fitter;
use super::lesson::{Inputs, Lesson};
use super::map::Addition;
use super::table::Table;
use crate::fit::weights::Weights;

/// The number of groups of scenes. The scenes of a group are left out together.
const FOLDS: usize = 8;

/// How many pictures the start counts as in the linear part. Less than one picture's share is
/// not tried.
const PULLS: [f64; 5] = [0.1, 0.3, 1.0, 3.0, 10.0];

/// The same without a start: the linear part is drawn towards gray, and less strongly.
const PULLS_TO_GRAY: [f64; 4] = [0.001, 0.01, 0.1, 1.0];

/// How many pictures of all colors hold the color correction.
const COLOR_PULLS: [f64; 2] = [1.0, 3.0];

/// Among candidates within this share of the best, the one with the least pull is chosen:
/// candidates are fitted on fewer pictures than the final map, which needs less pull.
const TIE: f64 = 0.02;

/// The gain on unseen pictures (natural logarithm) must exceed a doubt: this over the square
/// root of their number ...
const DOUBT: f64 = 0.15;
/// ... and this many standard errors ...
const ERRORS: f64 = 0.5;
/// ... and, as a share of the start's error, this many times [`Fitter::reach`] over their number.
const REACH: f64 = 2.0;

/// The doubts of two pictures count this many times: two gains hardly show how much gains vary.
const OF_TWO: f64 = 2.0;

/// Pictures whose chroma varies less than this say little about colors, so the reach counts
/// more. It is the variance in the direction of the plane of R - G and B - G in which it is
/// smallest, in decoder range: a red picture and a gray one say nothing about blue. Half of the
/// sets of four varied pictures have more than 0.06, gray pictures have 0.
const COLORFUL: f64 = 0.02;

/// Errors below this share of the start's mean count as equal.
const GOOD: f64 = 0.02;

/// The chosen map and its errors.
pub(super) struct Choice {
    /// `None`: the start.
    pub(super) addition: Option<Addition>,
    /// The mean squared errors on unseen pictures, in decoder range.
    pub(super) start_error: f64,
    pub(super) error: f64,
    /// `true` if the errors are those of whole pictures, not of parts of the only one.
    pub(super) is_of_unseen: bool,
}

/// The strength of a map's pull towards the start.
#[derive(Clone, Copy)]
struct Candidate {
    /// `None`: there is no linear part.
    pull: Option<f64>,
    color_pull: Option<f64>,
}

/// A candidate and its error on each scene, fitted without that scene.
type Scored = (Candidate, Vec<f64>);

struct Learning {
    fitter: Fitter,
    tables: Vec<Table>,
    /// The scene of each picture. Variants of one picture are one scene and count as one.
    scenes: Vec<usize>,
    /// The weight of each picture. Pictures that the start shows badly weigh less, or one
    /// picture alone would decide.
    weights: Vec<f64>,
    /// The start's errors on the scenes.
    start: Vec<f64>,
    /// The least variance of the chroma of all scenes.
    chroma: f64,
    /// The sums of each fold, and of all.
    folds: Vec<Vec<f64>>,
    all: Vec<f64>,
}

/// Chooses a map by all lessons (at least one); `None` if numbers overflow.
pub(super) fn choose(
    lessons: &[Lesson],
    inputs: Inputs,
    count: usize,
    has_start: bool,
) -> Option<Choice> {
    let mut tables: Vec<_> = lessons.iter().map(|l| Table::new(l, count)).collect();
    let mut scenes: Vec<usize> = Vec::new();
    for (i, table) in tables.iter().enumerate() {
        let like = tables[..i].iter().position(|other| other.is_like(table));
        let next = scenes.iter().max().map_or(0, |last| last + 1);
        scenes.push(like.map_or(next, |i| scenes[i]));
    }
    if !has_start && scenes.iter().all(|&scene| scene == 0) {
        // Without a start, bands of the only scene take the place of scenes.
        let bands: Vec<_> = tables.iter().map(Table::bands).collect();
        scenes = bands.iter().flat_map(|bands| 0..bands.len()).collect();
        tables = bands.into_iter().flatten().collect();
    }
    let is_of_unseen = tables.len() == lessons.len();
    let learning = Learning::new(tables, scenes, inputs, count, has_start);
    let start_error = mean(&learning.start);
    let found = match has_start {
        true => learning.choose_beside_start(),
        false => Some(learning.choose_from_nothing()?),
    };
    let (addition, error) = found.map_or((None, start_error), |(map, error)| (Some(map), error));
    Some(Choice {
        addition,
        start_error,
        error,
        is_of_unseen,
    })
}

impl Learning {
    fn new(
        tables: Vec<Table>,
        scenes: Vec<usize>,
        inputs: Inputs,
        count: usize,
        has_start: bool,
    ) -> Self {
        let error = |table: &Table| table.error(table.pixels().map(|(_, start)| start));
        let errors: Vec<_> = tables.iter().map(error).collect();
        let start = by_scene(&scenes, &errors);
        let floor = 0.1 * mean(&start) + f64::MIN_POSITIVE;
        let weight = |(&error, scene): (&f64, &usize)| {
            let variants = scenes.iter().filter(|other| *other == scene).count() as f64;
            match has_start {
                true => 1.0 / (variants * libm::sqrt(error + floor)),
                false => 1.0 / variants,
            }
        };
        let mut weights: Vec<_> = errors.iter().zip(&scenes).map(weight).collect();
        let scale = start.len() as f64 / weights.iter().sum::<f64>();
        weights.iter_mut().for_each(|weight| *weight *= scale);
        let fitter = Fitter::new(inputs, count, &tables);
        let mut folds: Vec<Vec<f64>> = Vec::new();
        for (i, table) in tables.iter().enumerate() {
            let sums = fitter.sums(table, weights[i]);
            match folds.get_mut(scenes[i] % FOLDS) {
                Some(fold) => add(fold, &sums, 1.0),
                None => folds.push(sums),
            }
        }
        let all = total(&folds);
        let chroma: Vec<_> = tables.iter().map(Table::chroma).collect();
        let [r, b, rr, bb, rb] = [0, 1, 2, 3, 4].map(|i| {
            let moments: Vec<_> = chroma.iter().map(|moments| moments[i]).collect();
            mean(&by_scene(&scenes, &moments))
        });
        let (red, blue, both) = (rr - r * r, bb - b * b, rb - r * b);
        Self {
            chroma: (red + blue) / 2.0 - libm::hypot((red - blue) / 2.0, both),
            fitter,
            tables,
            scenes,
            weights,
            start,
            folds,
            all,
        }
    }

    fn choose_from_nothing(&self) -> Option<(Addition, f64)> {
        let mut scored = Vec::new();
        self.score(&PULLS_TO_GRAY, &mut scored);
        self.finish(&scored)
    }

    /// `None`: the start.
    fn choose_beside_start(&self) -> Option<(Addition, f64)> {
        // One scene says nothing about others: some lose 6 dB by the lesson of another one.
        if self.start.len() < 2 {
            return None;
        }
        let least = 1.0 / self.start.len() as f64;
        let pulls: Vec<_> = PULLS.into_iter().filter(|&pull| pull >= least).collect();
        let mut scored = Vec::new();
        self.score(&pulls, &mut scored);
        if self.fitter.can_correct_colors() {
            scored.extend(self.errors(None, &COLOR_PULLS.map(Some)));
        }
        scored.retain(|scored| self.is_sure(scored));
        self.finish(&scored)
    }

    /// Scores the linear maps, and the best of them with corrected colors.
    fn score(&self, pulls: &[f64], scored: &mut Vec<Scored>) {
        for &pull in pulls {
            scored.extend(self.errors(Some(pull), &[None]));
        }
        let best = scored
            .iter()
            .min_by(|a, b| mean(&a.1).total_cmp(&mean(&b.1)));
        if let (Some((best, _)), true) = (best, self.fitter.can_correct_colors()) {
            scored.extend(self.errors(best.pull, &COLOR_PULLS.map(Some)));
        }
    }

    /// The error on each scene of a fit on the others, for some pulls on colors; empty if
    /// numbers overflow.
    fn errors(&self, pull: Option<f64>, color_pulls: &[Option<f64>]) -> Vec<Scored> {
        let unscored = |_: &Option<f64>| vec![0.0; self.tables.len()];
        let mut errors: Vec<_> = color_pulls.iter().map(unscored).collect();
        for fold in 0..self.folds.len() {
            let Some(additions) = self.fit(pull, color_pulls, Some(fold)) else {
                return Vec::new();
            };
            for (errors, addition) in errors.iter_mut().zip(additions) {
                for (i, error) in errors.iter_mut().enumerate() {
                    if self.scenes[i] % FOLDS == fold {
                        *error = self.fitter.error(&self.tables[i], &addition);
                    }
                }
            }
        }
        let scored = |(&color_pull, errors): (&Option<f64>, Vec<f64>)| {
            let candidate = Candidate { pull, color_pull };
            (candidate, by_scene(&self.scenes, &errors))
        };
        color_pulls.iter().zip(errors).map(scored).collect()
    }

    /// Fits on all pictures, or on all but those of a fold, for some pulls on colors.
    fn fit(
        &self,
        pull: Option<f64>,
        color_pulls: &[Option<f64>],
        without: Option<usize>,
    ) -> Option<Vec<Addition>> {
        let linear = match pull {
            Some(pull) => {
                let mut sums = self.all.clone();
                if let Some(fold) = without {
                    add(&mut sums, &self.folds[fold], -1.0);
                }
                self.fitter.linear(&sums, pull)?
            }
            None => Weights::zero(self.fitter.count()),
        };
        let mut sums = Vec::new();
        if color_pulls.iter().any(Option::is_some) {
            let seen = (0..self.tables.len()).filter(|&i| Some(self.scenes[i] % FOLDS) != without);
            let of_picture = |i: usize| {
                self.fitter
                    .color_sums(&self.tables[i], &linear, self.weights[i])
            };
            sums = total(&seen.map(of_picture).collect::<Vec<_>>());
        }
        let corrected = |color_pull: &Option<f64>| {
            let linear = linear.clone();
            let colors = match color_pull {
                Some(pull) => Some(self.fitter.colors(&sums, *pull)?),
                None => None,
            };
            Some(Addition { linear, colors })
        };
        color_pulls.iter().map(corrected).collect()
    }

    fn fit_on_all(&self, candidate: Candidate) -> Option<Addition> {
        let fitted = self.fit(candidate.pull, &[candidate.color_pull], None)?;
        fitted.into_iter().next()
    }

    /// `true` if a candidate is surely better than the start.
    fn is_sure(&self, (candidate, errors): &Scored) -> bool {
        let Some(addition) = self.fit_on_all(*candidate) else {
            return false;
        };
        let (count, usual) = (errors.len() as f64, mean(&self.start));
        let good = GOOD * usual + f64::MIN_POSITIVE;
        let pairs = errors.iter().zip(&self.start);
        let gains: Vec<_> = pairs
            .map(|(e, s)| libm::log((s + good) / (e + good)))
            .collect();
        let gain = mean(&gains);
        let squares: f64 = gains.iter().map(|g| (g - gain) * (g - gain)).sum();
        let standard_error = libm::sqrt(squares / (count - 1.0) / count);
        let reach = self.fitter.reach(&addition) / (usual + f64::MIN_POSITIVE);
        let gray = (COLORFUL / self.chroma.max(f64::MIN_POSITIVE)).max(1.0);
        let doubt =
            DOUBT / libm::sqrt(count) + ERRORS * standard_error + REACH * reach * gray / count;
        gain > if count < 3.0 { OF_TWO * doubt } else { doubt }
    }

    /// The best of the candidates, fitted on all pictures, and its error on unseen ones.
    fn finish(&self, scored: &[Scored]) -> Option<(Addition, f64)> {
        let best = scored
            .iter()
            .map(|(_, errors)| mean(errors))
            .fold(f64::INFINITY, f64::min);
        let near = scored
            .iter()
            .filter(|(_, errors)| mean(errors) <= best * (1.0 + TIE));
        // The least pull first; among equal pulls, the smallest error.
        let pull = |candidate: &Candidate| candidate.pull.unwrap_or(f64::INFINITY);
        let (candidate, errors) = near.min_by(|a, b| {
            let pulls = pull(&a.0).total_cmp(&pull(&b.0));
            pulls.then(mean(&a.1).total_cmp(&mean(&b.1)))
        })?;
        Some((self.fit_on_all(*candidate)?, mean(errors)))
    }
}

/// The mean of each scene.
fn by_scene(scenes: &[usize], values: &[f64]) -> Vec<f64> {
    let count = scenes.iter().max().map_or(0, |last| last + 1);
    let of = |scene: usize| {
        let own = scenes
            .iter()
            .zip(values)
            .filter(|(other, _)| **other == scene);
        mean(&own.map(|(_, &value)| value).collect::<Vec<_>>())
    };
    (0..count).map(of).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn add(sums: &mut [f64], others: &[f64], times: f64) {
    for (sum, other) in sums.iter_mut().zip(others) {
        *sum += times * other;
    }
}

/// The sum of one or more parts.
fn total(parts: &[Vec<f64>]) -> Vec<f64> {
    let mut sums = parts[0].clone();
    parts[1..].iter().for_each(|part| add(&mut sums, part, 1.0));
    sums
}
