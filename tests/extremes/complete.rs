//! The other files call every public function that takes sizes or numbers.

use std::fs;
use std::path::Path;

const CALLS: &str = concat!(include_str!("main.rs"), include_str!("fits.rs"));

/// Called with ordinary numbers alone.
const ELSEWHERE: [&str; 2] = [
    // A step is only handed on: tests/background.rs.
    ".show(",
    // The shape is that of an array: tests/interop_ndarray.rs.
    ".images_of(",
];

/// The calls of public functions with sizes or numbers in a part of a file, whose functions are
/// those of a type.
fn calls(functions: &str, of: Option<&str>) -> Vec<String> {
    let functions = functions.replace("pub const fn ", "pub fn ");
    let heads = functions.split("pub fn ").skip(1).map(|function| {
        let (head, _) = function.split_once('{').expect("a body");
        let name = head.split(['(', '<']).next().expect("a name");
        let (_, parameters) = head.split_once('(').expect("parameters");
        let end = parameters.rfind("->").unwrap_or(parameters.len());
        (name, &parameters[..end])
    });
    let numbers = ["usize", "f32", "f64", "u32", "Coefficients", "Element"];
    let with_numbers =
        heads.filter(|(_, parameters)| numbers.iter().any(|number| parameters.contains(number)));
    let call = |(name, parameters): (&str, &str)| match of {
        None => format!("{name}("),
        Some(_) if parameters.contains("self,") => format!(".{name}("),
        Some(of) => format!("{of}::{name}("),
    };
    with_numbers.map(call).collect()
}

/// `impl<'a> From<X> for Samples<'a>`: `Samples`
fn type_of(implementation: &str) -> &str {
    let (head, _) = implementation.split_once('{').expect("a body");
    let head = match head.strip_prefix('<') {
        Some(generic) => generic.split_once("> ").expect("a type").1,
        None => head,
    };
    let name = head.rsplit_once(" for ").map_or(head, |(_, name)| name);
    name.trim().split(['<', ' ', '\n']).next().expect("a name")
}

fn walk(folder: &Path, see: &mut dyn FnMut(&str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, see);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !path.ends_with("testing.rs")
        {
            see(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_call_that_takes_numbers_is_here() {
    let mut all = Vec::new();
    let source = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    walk(source, &mut |file| {
        let mut parts = file.split("\nimpl");
        all.extend(calls(parts.next().expect("a part"), None));
        for implementation in parts {
            let (methods, after) = implementation
                .split_once("\n}")
                .unwrap_or((implementation, ""));
            all.extend(calls(methods, Some(type_of(implementation))));
            all.extend(calls(after, None));
        }
    });
    for known in [
        "Latents::planar(",
        "Fit::ridge",
        ".ridge(",
        "linear_decode(",
        "Learner::new(",
    ] {
        assert_eq!(
            all.contains(&known.to_owned()),
            known.ends_with('('),
            "{known}"
        );
    }
    all.retain(|call| !CALLS.contains(call.as_str()) && !ELSEWHERE.contains(&call.as_str()));
    assert_eq!(all, [""; 0]);
}
