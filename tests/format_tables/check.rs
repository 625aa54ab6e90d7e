//! The rules for the data of a format.

use latent_preview::Evidence;

use crate::data::{Format, Map, Polynomial, Space};

pub fn format(format: &Format) {
    let name = &format.name;
    if let Some(vae) = &format.vae {
        assert!(!vae.source.is_empty(), "{name}");
        assert_eq!(vae.mean.len(), vae.std.len(), "{name}");
        let packed = if format.packing.is_some() { 4 } else { 1 };
        assert!(
            [0, format.channels, packed * format.channels].contains(&vae.mean.len()),
            "{name}"
        );
        assert!(
            vae.std.iter().all(|&std| std > 0.0) && vae.scale > 0.0,
            "{name}"
        );
    }
    for projection in &format.projections {
        let origin = &projection.origin;
        assert_eq!(projection.factors.len(), format.channels, "{name} {origin}");
        assert!(
            projection.space == Space::Model || format.vae.is_some(),
            "{name} {origin}"
        );
        let is_hash = |text: &str| text.len() == 40 && text.chars().all(|c| c.is_ascii_hexdigit());
        let commit = &projection.source.commit;
        assert!(commit.is_empty() || is_hash(commit), "{name} {origin}");
        let cited = [
            &projection.source.repository,
            &projection.source.path,
            &projection.source.license,
        ];
        assert!(cited.iter().all(|text| !text.is_empty()), "{name} {origin}");
    }
    for fitted in &format.fitted {
        let kind = format!("--kind {} ", fitted.kind);
        assert!(fitted.made_with.starts_with(&kind), "{name} {kind}");
        map(fitted.map.as_ref().unwrap(), format.channels, name);
    }
    let origins = format.origins();
    match &format.recommended {
        None => assert!(origins.is_empty(), "{name}: nothing is recommended"),
        Some(recommended) => {
            let is_there = |origin: &&String| **origin == recommended.origin;
            assert_eq!(origins.iter().filter(is_there).count(), 1, "{name}");
        }
    }
    for known in format.recommended.iter().chain(&format.tiny) {
        assert!(!known.reason.is_empty(), "{name}");
        // A figure is one of this crate's measurements.
        let is_measured = matches!(
            known.evidence,
            Evidence::TinyAutoencoder | Evidence::FullVae
        );
        assert!(known.psnr.is_none() || is_measured, "{name}");
    }
    if let Some(mean) = &format.mean {
        let is_there = |origin: &String| format.projections.iter().any(|p| p.origin == *origin);
        assert!(mean.of.len() > 1 && mean.of.iter().all(is_there), "{name}");
    }
    assert!(format.period != Some(0), "{name}");
    for left_out in &format.left_out {
        assert!(
            !left_out.source.is_empty() && !left_out.reason.is_empty(),
            "{name}"
        );
    }
}

/// As the constructors of the crate check it.
fn map(map: &Map, channels: usize, name: &str) {
    let pairs = |n: usize| n * (n + 1) / 2;
    let triples = |n: usize| n * (n + 1) * (n + 2) / 6;
    let check_polynomial = |p: &Polynomial, n: usize| {
        let counts = [p.linear.len(), p.pairs.len(), p.triples.len()];
        assert_eq!(counts, [n, pairs(n), triples(n)], "{name}");
    };
    match map {
        Map::Affine { factors, .. } => assert_eq!(factors.len(), channels, "{name}"),
        Map::Quadratic {
            linear, pairs: p, ..
        } => {
            assert_eq!(
                [linear.len(), p.len()],
                [channels, pairs(channels)],
                "{name}"
            );
        }
        Map::Cubic(polynomial) => check_polynomial(polynomial, channels),
        Map::Refined {
            is_3x3,
            factors,
            colors,
            ..
        } => {
            let taps = if *is_3x3 { 9 } else { 1 };
            assert_eq!(factors.len(), taps * channels, "{name}");
            check_polynomial(colors, 3);
        }
    }
}
