//! Promise: a projection that is stored comes back the same, and one that is
//! not right does not load.

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
    let pixelwise = Refined::pixelwise(rows(4), bias).unwrap();
    let neighborhood = Refined::neighborhood(rows(9 * 16), bias).unwrap();
    let symmetric = pixelwise
        .clone()
        .with_symmetric_kernel(0.5, 0.1, 0.025)
        .unwrap();
    let colors = (rows(3), rows(6), rows(10));
    vec![
        Projection::linear(rows(4)).unwrap(),
        Projection::affine(rows(128), bias).unwrap(),
        Projection::quadratic(bias, rows(3), rows(6)).unwrap(),
        Projection::cubic(bias, rows(4), rows(10), rows(20)).unwrap(),
        pixelwise.clone().into(),
        neighborhood.clone().into(),
        symmetric.into(),
        pixelwise.with_kernel(rows(27)).unwrap().into(),
        neighborhood
            .with_symmetric_kernel(1.5, -0.1, -0.025)
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

#[test]
fn the_layout_of_version_1_is_this() {
    let stored = json!({
        "version": 1,
        "projection": { "refined": {
            "neighborhood": false,
            "factors": [[0.5, 0.25, 0.125]],
            "bias": [0.0, 0.5, 1.0],
            "kernel": { "symmetric": [0.5, 0.125, 0.0] },
            "colors": null,
        }},
    });
    let refined = Refined::pixelwise(vec![[0.5, 0.25, 0.125]], [0.0, 0.5, 1.0]).unwrap();
    let projection = refined.with_symmetric_kernel(0.5, 0.125, 0.0).unwrap();
    let projection = Projection::from(projection);
    assert_eq!(serde_json::to_value(&projection).unwrap(), stored);
    assert_eq!(
        serde_json::from_value::<Projection>(stored).unwrap(),
        projection
    );
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
        "neighborhood": true,
        "factors": [[0.5, 0.25, 0.125]],
        "bias": [0.0, 0.5, 1.0],
        "kernel": null,
        "colors": null,
    }});
    assert!(error(stored(1, &few_taps)).contains('9'));
    let unknown_field = json!({ "linear": { "factors": [[0.5, 0.25, 0.125]], "gamma": 2.2 } });
    assert!(error(stored(1, &unknown_field)).contains("gamma"));
    assert!(error(stored(1, &json!({ "sigmoid": {} }))).contains("sigmoid"));
    error(json!({ "version": 1 }));

    // Cut off anywhere.
    let [projection, ..] = &projections()[..] else {
        unreachable!()
    };
    let bytes = postcard::to_allocvec(projection).unwrap();
    for length in 0..bytes.len() {
        assert!(postcard::from_bytes::<Projection>(&bytes[..length]).is_err());
    }
}
