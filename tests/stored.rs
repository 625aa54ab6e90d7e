//! Promise: a stored projection loads unchanged, and a wrong one does not load.

#![cfg(feature = "serde")]

mod support;

use latent_preview::{Projection, Refined};
use serde_json::{Value, json};
use support::Random;

/// One of every kind and with every stage.
fn projections() -> Vec<Projection> {
    let mut random = Random(1);
    let mut rows = |count| random.rows(count, 1.0);
    let bias = [0.1, -0.2, 1e-7];
    let pixelwise = Refined::conv1x1(rows(4), bias).unwrap();
    let neighborhood = Refined::conv3x3(rows(9 * 16), bias).unwrap();
    let symmetric = pixelwise.clone().with_filter(0.5, 0.1, 0.025).unwrap();
    let colors = (rows(3), rows(6), rows(10));
    vec![
        Projection::linear(rows(4)).unwrap(),
        Projection::affine(rows(128), bias).unwrap(),
        Projection::quadratic(bias, rows(3), rows(6)).unwrap(),
        Projection::cubic(bias, rows(4), rows(10), rows(20)).unwrap(),
        pixelwise.clone().into(),
        neighborhood.clone().into(),
        symmetric.into(),
        pixelwise
            .with_colors(bias, rows(3), rows(6), rows(10))
            .unwrap()
            .into(),
        neighborhood
            .with_filter(1.5, -0.1, -0.025)
            .unwrap()
            .with_colors(bias, colors.0, colors.1, colors.2)
            .unwrap()
            .into(),
    ]
}

#[test]
fn projections_survive_json_and_a_binary_format() {
    for projection in projections() {
        let json = serde_json::to_string(&projection).unwrap();
        assert!(json.starts_with(r#"{"version":1,"projection":{"#), "{json}");
        assert_eq!(
            serde_json::from_str::<Projection>(&json).unwrap(),
            projection
        );
        let bytes = postcard::to_allocvec(&projection).unwrap();
        assert_eq!(
            postcard::from_bytes::<Projection>(&bytes).unwrap(),
            projection
        );
    }
}

fn is_stored_as(projection: &Projection, stored: Value) {
    assert_eq!(serde_json::to_value(projection).unwrap(), stored);
    assert_eq!(
        serde_json::from_value::<Projection>(stored).unwrap(),
        *projection
    );
}

#[test]
fn the_layout_of_version_1_is_this() {
    let stored = json!({
        "version": 1,
        "projection": { "refined": {
            "is_3x3": false,
            "factors": [[0.5, 0.25, 0.125]],
            "bias": [0.0, 0.5, 1.0],
            "filter": [0.5, 0.125, 0.0],
            "colors": null,
        }},
    });
    let row: &'static [[f32; 3]] = &[[0.5, 0.25, 0.125]];
    let bias = [0.0, 0.5, 1.0];
    let refined = Refined::conv1x1(row, bias).unwrap();
    let projection = refined.with_filter(0.5, 0.125, 0.0).unwrap();
    is_stored_as(&projection.into(), stored);

    let stored = json!({
        "version": 1,
        "projection": { "refined": {
            "is_3x3": true,
            "factors": vec![row[0]; 9],
            "bias": bias,
            "filter": null,
            "colors": {
                "constant": bias,
                "linear": vec![row[0]; 3],
                "pairs": vec![row[0]; 6],
                "triples": vec![row[0]; 10],
            },
        }},
    });
    let rows = |count| vec![row[0]; count];
    let refined = Refined::conv3x3(rows(9), bias).unwrap();
    let projection = refined
        .with_colors(bias, rows(3), rows(6), rows(10))
        .unwrap();
    is_stored_as(&projection.into(), stored);

    let stored = |kind| json!({ "version": 1, "projection": kind });
    let linear = json!({ "linear": { "factors": row } });
    is_stored_as(&Projection::linear(row).unwrap(), stored(linear));
    let affine = json!({ "affine": { "factors": row, "bias": bias } });
    is_stored_as(&Projection::affine(row, bias).unwrap(), stored(affine));
    let quadratic = json!({ "quadratic": { "constant": bias, "linear": row, "pairs": row } });
    let projection = Projection::quadratic(bias, row, row).unwrap();
    is_stored_as(&projection, stored(quadratic));
    let cubic = json!({
        "cubic": { "constant": bias, "linear": row, "pairs": row, "triples": row }
    });
    let projection = Projection::cubic(bias, row, row, row).unwrap();
    is_stored_as(&projection, stored(cubic));
}

#[test]
fn what_is_not_right_does_not_load() {
    let affine = json!({ "affine": { "factors": [[0.5, 0.25, 0.125]], "bias": [0.0, 0.5, 1.0] } });
    let stored =
        |version: u32, projection: &Value| json!({ "version": version, "projection": projection });
    let error = |value: Value| {
        let error = serde_json::from_value::<Projection>(value).unwrap_err();
        error.to_string()
    };
    assert!(serde_json::from_value::<Projection>(stored(1, &affine)).is_ok());
    for version in [0, 2] {
        let message = error(stored(version, &affine));
        assert!(message.contains("version 1, not"), "{message}");
    }
    let empty = json!({ "linear": { "factors": [] } });
    assert!(error(stored(1, &empty)).contains("coefficient"));
    let two_columns = json!({ "linear": { "factors": [[0.5, 0.25]] } });
    error(stored(1, &two_columns));
    // JSON has no infinity, but this is one in f32.
    let huge = json!({ "linear": { "factors": [[1e300, 0.0, 0.0]] } });
    assert!(error(stored(1, &huge)).contains("not a finite number"));
    let few_pairs = json!({ "quadratic": {
        "constant": [0.0, 0.0, 0.0],
        "linear": [[0.5, 0.25, 0.125], [0.5, 0.25, 0.125]],
        "pairs": [[0.5, 0.25, 0.125], [0.5, 0.25, 0.125]],
    }});
    assert!(error(stored(1, &few_pairs)).contains('3'));
    let few_taps = json!({ "refined": {
        "is_3x3": true,
        "factors": [[0.5, 0.25, 0.125]],
        "bias": [0.0, 0.5, 1.0],
        "filter": null,
        "colors": null,
    }});
    assert!(error(stored(1, &few_taps)).contains('9'));
    let two_weights = json!({ "refined": {
        "is_3x3": false,
        "factors": [[0.5, 0.25, 0.125]],
        "bias": [0.0, 0.5, 1.0],
        "filter": [0.5, 0.125],
        "colors": null,
    }});
    error(stored(1, &two_weights));
    let many_channels = json!({ "linear": { "factors": vec![[0.5, 0.25, 0.125]; 129] } });
    assert!(error(stored(1, &many_channels)).contains("129 channels"));
    let unknown_field = json!({ "linear": { "factors": [[0.5, 0.25, 0.125]], "gamma": 2.2 } });
    assert!(error(stored(1, &unknown_field)).contains("gamma"));
    assert!(error(stored(1, &json!({ "sigmoid": {} }))).contains("sigmoid"));
    error(json!({ "version": 1 }));

    // Truncated anywhere.
    let [projection, ..] = &projections()[..] else {
        unreachable!()
    };
    let bytes = postcard::to_allocvec(projection).unwrap();
    for length in 0..bytes.len() {
        assert!(postcard::from_bytes::<Projection>(&bytes[..length]).is_err());
    }
}

/// Fields that only a later release knows are no reason to call a file broken.
#[test]
fn the_version_is_looked_at_first() {
    fn check<T: serde::de::DeserializeOwned + std::fmt::Debug>() {
        let later = r#"{"version":2,"of_version_2":1}"#;
        let error = serde_json::from_str::<T>(later).unwrap_err();
        let message = error.to_string();
        assert!(message.contains("of version 1, not 2"), "{message}");
    }
    check::<Projection>();
    #[cfg(feature = "fit")]
    check::<latent_preview::fit::Learner>();
}
