//! Headers of checkpoints, as programs write them: names and shapes, no weights.

use latent_preview::LatentFormat;

/// The tensors of a model, and the formats that it may have.
pub struct Model {
    pub title: String,
    pub formats: Vec<LatentFormat>,
    pub tensors: Vec<(String, Vec<u64>)>,
}

/// The checkpoints of `checkpoints.txt`.
pub fn models() -> Vec<Model> {
    let mut models: Vec<Model> = Vec::new();
    for line in include_str!("checkpoints.txt").lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some((formats, title)) = line.split_once(": ") {
            models.push(Model {
                title: title.to_owned(),
                formats: formats
                    .split(", ")
                    .map(|name| name.parse().unwrap())
                    .collect(),
                tensors: Vec::new(),
            });
            continue;
        }
        let (name, shape) = line.split_once(" [").unwrap();
        let sizes = shape.trim_end_matches(']').split(", ");
        let shape = sizes.map(|size| size.parse().unwrap()).collect();
        models
            .last_mut()
            .unwrap()
            .tensors
            .push((name.to_owned(), shape));
    }
    models
}

/// The header of a safetensors file with these tensors and others.
pub fn safetensors(tensors: &[(String, Vec<u64>)]) -> Vec<u8> {
    let mut entries = vec![r#""__metadata__": {"format": "pt", "x": "\u0041{}[]"}"#.to_owned()];
    let mut offset = 0;
    for (name, shape) in tensors.iter().cloned().chain(others()) {
        let end = offset + 2 * shape.iter().product::<u64>();
        entries.push(format!(
            r#""{name}": {{"dtype": "F8_OF_TOMORROW", "shape": {shape:?}, "data_offsets": [{offset}, {end}]}}"#
        ));
        offset = end;
    }
    let json = format!("{{{}}}  ", entries.join(",\n"));
    let mut bytes = (json.len() as u64).to_le_bytes().to_vec();
    bytes.extend(json.bytes());
    bytes
}

/// The header of a GGUF file with these tensors and others. GGUF has at most four axes: more
/// are stored as city96's converter stores them.
pub fn gguf(tensors: &[(String, Vec<u64>)]) -> Vec<u8> {
    let mut values = vec![
        ("general.architecture".to_owned(), 8, string("flux")),
        (
            "general.quantization_version".to_owned(),
            4,
            2_u32.to_le_bytes().to_vec(),
        ),
        (
            "tokenizer.ggml.tokens".to_owned(),
            9,
            array(8, 3, &[string("a"), string(""), string("b")].concat()),
        ),
        ("tokenizer.ggml.scores".to_owned(), 9, array(6, 2, &[0; 8])),
        // Neither is a shape, though the key says so.
        (
            format!("comfy.gguf.orig_shape.{}", tensors[0].0),
            9,
            array(8, 1, &string("not sizes")),
        ),
        (
            format!("comfy.gguf.orig_shape.{}", tensors[0].0),
            4,
            vec![1; 4],
        ),
    ];
    // A value of every type that has a fixed size, alone and in an array.
    for (kind, size) in (0..).zip([1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8]) {
        if size > 0 {
            let two = array(kind, 2, &vec![7; 2 * size]);
            values.push((format!("any.{kind}"), kind, vec![7; size]));
            values.push((format!("any.{kind}s"), 9, two));
        }
    }
    let mut infos = Vec::new();
    for (name, shape) in tensors.iter().cloned().chain(others()) {
        let mut stored = shape.clone();
        if stored.len() > 4 {
            let sizes: Vec<u8> = shape
                .iter()
                .flat_map(|&size| (size as u32).to_le_bytes())
                .collect();
            values.push((
                format!("comfy.gguf.orig_shape.{name}"),
                9,
                array(5, shape.len() as u64, &sizes),
            ));
            stored = vec![shape[0], shape[1..].iter().product()];
        }
        infos.extend(string(&name));
        infos.extend((stored.len() as u32).to_le_bytes());
        infos.extend(stored.iter().rev().flat_map(|size| size.to_le_bytes()));
        infos.extend(12_u32.to_le_bytes());
        infos.extend(0_u64.to_le_bytes());
    }
    let count = (tensors.len() + others().count()) as u64;
    let mut bytes = b"GGUF".to_vec();
    bytes.extend(3_u32.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend((values.len() as u64).to_le_bytes());
    for (key, kind, value) in values {
        bytes.extend(string(&key));
        bytes.extend(kind.to_le_bytes());
        bytes.extend(value);
    }
    bytes.extend(infos);
    bytes
}

fn string(text: &str) -> Vec<u8> {
    let mut bytes = (text.len() as u64).to_le_bytes().to_vec();
    bytes.extend(text.bytes());
    bytes
}

fn array(kind: u32, length: u64, values: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &length.to_le_bytes(), values].concat()
}

/// Tensors that do not help: a text encoder, and later blocks.
fn others() -> impl Iterator<Item = (String, Vec<u64>)> {
    let encoder = (0..24).map(|block| {
        let name = format!(
            "text_encoders.t5xxl.transformer.encoder.block.{block}.layer.0.SelfAttention.q.weight"
        );
        (name, vec![4096, 4096])
    });
    let blocks = (7..57).map(|block| (format!("some_blocks.{block}.weight"), vec![64, 64]));
    encoder.chain(blocks)
}
