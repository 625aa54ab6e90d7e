//! A stored learner.

use latent_preview::fit::{FitError, Learner, Target};
use latent_preview::{LatentFormat, LatentPreview, Latents, Projection};
use serde_json::{Value, json};

use super::{Random, decoder, pairs_of, previews, published, samples, teach};

fn json(learner: &Learner) -> Value {
    serde_json::to_value(learner).unwrap()
}

#[test]
fn a_stored_learner_goes_on_as_if_nothing_had_been() {
    let tiny = LatentFormat::Sd1.previewer().unwrap();
    let rescaled = LatentFormat::Sd1
        .fast_previewer()
        .unwrap()
        .for_vae_space()
        .unwrap();
    let starts = [Some(published(4)), Some(tiny), Some(rescaled), None];
    for start in starts {
        let pairs = pairs_of(&decoder(4), 4, 1200);
        let begin = || {
            start
                .clone()
                .map_or_else(|| Learner::new(4).unwrap(), Learner::from)
        };
        let mut learner = begin();
        let text = serde_json::to_string(&learner).unwrap();
        let untaught: Learner = serde_json::from_str(&text).unwrap();
        assert_eq!(untaught.learned(), learner.learned());
        teach(&mut learner, &pairs[..2]);
        let (learned, shown) = (*learner.learned(), previews(&learner));
        let text = serde_json::to_string(&learner).unwrap();
        let bytes = postcard::to_allocvec(&learner).unwrap();
        let from_json: Learner = serde_json::from_str(&text).unwrap();
        let from_bytes: Learner = postcard::from_bytes(&bytes).unwrap();
        teach(&mut learner, &pairs[2..]);
        for stored in [from_json, from_bytes] {
            let mut again = begin();
            again.resume(stored).unwrap();
            assert_eq!(
                (*again.learned(), previews(&again)),
                (learned, shown.clone())
            );
            teach(&mut again, &pairs[2..]);
            assert_eq!(again.learned(), learner.learned());
            assert_eq!(previews(&again), previews(&learner));
            assert_eq!(json(&again), json(&learner));
        }
    }
}

#[test]
fn another_format_is_refused() {
    let [sd1, sdxl] = [LatentFormat::Sd1, LatentFormat::Sdxl]
        .map(|format| Learner::from(format.previewer().unwrap()));
    let error = sd1.clone().resume(sdxl.clone()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("sd1 with 4 channels, the stored one for sdxl")
    );
    assert!(sd1.clone().resume(Learner::new(4).unwrap()).is_err());
    assert!(
        Learner::new(4)
            .unwrap()
            .resume(Learner::new(8).unwrap())
            .is_err()
    );
    assert!(sd1.clone().resume(sd1).is_ok());
}

/// The format is the same, but the space or the size is another: previews would be wrong.
#[test]
fn another_kind_of_start_is_refused() {
    let format = LatentFormat::Flux1;
    let model = format.previewer().unwrap();
    let kinds = [
        model.clone(),
        model.for_vae_space().unwrap(),
        model.for_sigma(5.0).unwrap(),
        model.for_sigma(1.0).unwrap(),
        format.previewer_2x().unwrap(),
    ]
    .map(Learner::from);
    for (i, ours) in kinds.iter().enumerate() {
        for (j, theirs) in kinds.iter().enumerate() {
            let resumed = ours.clone().resume(theirs.clone());
            let expected = if i == j {
                Ok(())
            } else {
                Err(FitError::OtherStart)
            };
            assert_eq!(resumed, expected, "{i} {j}");
        }
    }
    // Another map of the same kind is accepted: the stored learner continues.
    let fast = Learner::from(format.fast_previewer().unwrap());
    assert_eq!(kinds[0].clone().resume(fast), Ok(()));
}

#[test]
fn a_corrupt_state_is_refused() {
    let mut learner = Learner::from(published(4));
    teach(&mut learner, &pairs_of(&decoder(4), 2, 1300));
    let good = json(&learner);
    let infinite = 0x7c00;
    type Change = fn(&mut Value);
    let wrong: [(&str, Change); 8] = [
        ("version 1, not 2", |state| {
            state["version"] = json!(2);
        }),
        ("another number of channels", |state| {
            state["channels"] = json!(5);
        }),
        ("more or fewer lessons", |state| {
            state["pictures"] = json!(3);
        }),
        ("a lesson is broken", |state| {
            state["lessons"][0].as_array_mut().unwrap().pop();
        }),
        ("a lesson is broken", |state| {
            state["lessons"][1] = json!([]);
        }),
        ("no latent format", |state| {
            state["start"]["format"] = json!("sd17");
        }),
        ("another number of channels", |state| {
            state["start"]["format"] = json!("flux1");
        }),
        ("unknown field", |state| {
            state["more"] = json!(1);
        }),
    ];
    for (reason, change) in wrong {
        let mut state = good.clone();
        change(&mut state);
        let error = serde_json::from_value::<Learner>(state).unwrap_err();
        assert!(error.to_string().contains(reason), "{error}");
    }
    let mut state = good.clone();
    state["lessons"][0][7] = json!(infinite);
    assert!(serde_json::from_value::<Learner>(state).is_err());
    assert!(serde_json::from_value::<Learner>(good).is_ok());
}

/// A count that no one can check does no harm either.
#[test]
fn the_largest_count_is_no_overflow() {
    let decoder = Projection::affine(vec![[0.5, 0.3, -0.2]], [0.0; 3]).unwrap();
    let mut learner = Learner::new(1).unwrap();
    teach(&mut learner, &pairs_of(&decoder, 32, 1600));
    let mut state = json(&learner);
    state["pictures"] = json!(usize::MAX);
    let mut learner: Learner = serde_json::from_value(state).unwrap();
    teach(&mut learner, &pairs_of(&decoder, 2, 1700));
    assert_eq!(learner.learned().pictures, usize::MAX);
}

#[test]
fn its_size_is_bounded() {
    // Small pictures: the choice takes most of the time.
    let decoder = Projection::affine(vec![[0.5, 0.3, -0.2]], [0.0; 3]).unwrap();
    let mut learner = Learner::new(1).unwrap();
    let mut sizes = Vec::new();
    for seed in 0..40 {
        let samples: Vec<f32> = samples(&mut Random(seed), 1)[..32].to_vec();
        let latents = Latents::planar(&samples, [1, 2, 16]).unwrap();
        let picture = decoder.preview_rgb(&latents).unwrap();
        let target = Target::rgb8(picture.as_bytes(), [2, 16]).unwrap();
        learner.learn(&latents, target).unwrap();
        sizes.push(json(&learner)["lessons"].as_array().unwrap().len());
    }
    assert_eq!(
        (sizes[31], sizes[39], learner.learned().pictures),
        (32, 32, 40)
    );
}
