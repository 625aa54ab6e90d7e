//! Promise: the program `preview` previews the bundled latents and files of the formats that it
//! names, and reports what is wrong with others.

mod support;

use std::fs;
use std::path::Path;

use latent_preview::{LatentFormat, f16};
use support::{folder, read_png};

const PREVIEW: &str = env!("CARGO_BIN_EXE_preview");

fn succeeds(folder: &Path, arguments: &[&str]) -> String {
    support::succeeds(PREVIEW, folder, arguments)
}

fn fails(folder: &Path, arguments: &[&str]) -> String {
    support::fails(PREVIEW, folder, arguments)
}

/// Width, height and pixels of the first matrix's picture of a latent of SD1.
fn preview_of_sd1(folder: &Path, name: &str, scale: &str) -> (u32, u32, Vec<u8>) {
    let matrix = ["--format", "sd1", "--previewer", "forum v1.4"];
    let arguments = ["--output", "a.png", "--scale", scale];
    succeeds(folder, &[&[name][..], &matrix, &arguments].concat());
    read_png(&folder.join("a.png"))
}

/// A `.npy` file of version 1.0.
fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    while !(10 + header.len() + 1).is_multiple_of(64) {
        header.push(' ');
    }
    header.push('\n');
    let length = u16::try_from(header.len()).unwrap().to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), data].concat()
}

/// A safetensors file of one tensor and perhaps an empty one.
fn safetensors(name: &str, shape: &str, data: &[f32], marker: Option<&str>) -> Vec<u8> {
    let bytes: Vec<u8> = data.iter().flat_map(|x| x.to_le_bytes()).collect();
    let end = bytes.len();
    let marker = marker.map_or_else(String::new, |marker| {
        format!(",\"{marker}\":{{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[{end},{end}]}}")
    });
    let header = format!(
        "{{\"{name}\":{{\"dtype\":\"F32\",\"shape\":{shape},\"data_offsets\":[0,{end}]}}{marker}}}"
    );
    let length = (header.len() as u64).to_le_bytes();
    [&length[..], header.as_bytes(), &bytes].concat()
}

#[test]
fn the_bundled_latents_become_a_sheet_and_a_picture_each() {
    let folder = folder("bundled");
    let table = succeeds(&folder, &["--scale", "2"]);
    let out = folder.join("preview-out");
    let pictures = fs::read_dir(&out).unwrap().count();
    let rows = table.lines().filter(|line| line.contains(".lat ")).count();
    // A sheet for each of nine files, and a 2x sheet for each of five formats.
    assert_eq!(pictures, rows + 14, "{table}");

    let (width, height, _) = read_png(&out.join("sd1-astronaut-forum-v1-4.png"));
    assert_eq!((width, height), (128, 128));
    // A tiny decoder's picture has four pixels for each latent pixel.
    let (width, height, _) = read_png(&out.join("sd1-astronaut-tiny-2x.png"));
    assert_eq!((width, height), (128, 128));

    // The sheet's first picture is the decoder's: the bundled target itself.
    let data = latent_preview_apps::data().join("sd1.safetensors");
    let bytes = fs::read(data).unwrap();
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let target = file.tensor("astronaut.rgb").unwrap().data().to_vec();
    let (width, _, sheet) = read_png(&out.join("sd1-sheet.png"));
    let row = |y: usize| -> Vec<u8> {
        // 8 pixels of margin, 18 more of title above, every pixel twice as large.
        let start = ((26 + 2 * y) * width as usize + 8) * 3;
        sheet[start..start + 128 * 3]
            .as_chunks::<6>()
            .0
            .iter()
            .flat_map(|twice| [twice[0], twice[1], twice[2]])
            .collect()
    };
    for y in 0..64 {
        assert_eq!(row(y), target[y * 192..][..192], "row {y}");
    }
}

#[test]
fn numpy_arrays_of_every_float_type_are_read() {
    let folder = folder("npy");
    let values = [0.5_f32, -1.0, 2.0, 0.25];
    let halves = values.map(f16::from_f32);
    let files: [(&str, Vec<u8>); 3] = [
        ("<f2", halves.iter().flat_map(|x| x.to_le_bytes()).collect()),
        ("<f4", values.iter().flat_map(|x| x.to_le_bytes()).collect()),
        (
            "<f8",
            values
                .iter()
                .flat_map(|&x| f64::from(x).to_le_bytes())
                .collect(),
        ),
    ];
    for (descr, data) in files {
        fs::write(folder.join("a.npy"), npy(descr, "(1, 4, 1, 1)", &data)).unwrap();
        let (width, height, pixels) = preview_of_sd1(&folder, "a.npy", "3");
        assert_eq!((width, height), (3, 3));
        // 0.149 - 0.187 - 0.316 - 0.046 = -0.4; 0.1035 - 0.286 + 0.378 - 0.06775 = 0.12775;
        // 0.104 - 0.173 + 0.528 - 0.11825 = 0.34075; times 127.5 plus 127.5
        assert_eq!(pixels, [76, 144, 171].repeat(9), "{descr}");
    }
}

/// ComfyUI saves the latents that its VAE nodes exchange: the sampler's latent divided by the
/// scale of the format. Files of its first version have no marker and hold the sampler's
/// latent.
#[test]
fn comfyui_latents_are_brought_into_model_space() {
    let folder = folder("comfyui");
    let model_space = [0.5_f32, -1.0, 2.0, 0.25];
    let vae_space = model_space.map(|x| x / 0.18215);
    let preview = |name: &str, data: &[f32], marker| {
        let bytes = safetensors("latent_tensor", "[1,4,1,1]", data, marker);
        fs::write(folder.join(name), bytes).unwrap();
        preview_of_sd1(&folder, name, "1").2
    };
    let marker = Some("latent_format_version_0");
    assert_eq!(preview("new.latent", &vae_space, marker), [76, 144, 171]);
    assert_eq!(preview("old.latent", &model_space, None), [76, 144, 171]);
}

#[test]
fn every_format_is_listed_and_taken_by_name() {
    let folder = folder("formats");
    let list = succeeds(&folder, &["--list-formats"]);
    for &format in LatentFormat::ALL {
        let name = format!("{format} ");
        assert!(list.lines().any(|line| line.starts_with(&name)), "{name}");
        if format.recommendation().is_none() {
            continue;
        }
        let channels = format.channels();
        let bytes = safetensors(
            "x",
            &format!("[1,{channels},2,3]"),
            &vec![0.5; channels * 6],
            None,
        );
        fs::write(folder.join("x.safetensors"), bytes).unwrap();
        for name in [format.name(), format.models()[0]] {
            let arguments = [
                "x.safetensors",
                "--format",
                name,
                "--output",
                "x.png",
                "--scale",
                "1",
            ];
            succeeds(&folder, &arguments);
            let (width, height, _) = read_png(&folder.join("x.png"));
            assert_eq!((width, height), (3, 2), "{name}");
        }
    }
}

#[test]
fn batches_and_videos_become_one_picture_each() {
    let folder = folder("batch");
    for (shape, images) in [("[3,4,2,2]", 3), ("[1,4,3,2,2]", 3)] {
        let bytes = safetensors("x", shape, &[0.0; 48], None);
        fs::write(folder.join("x.safetensors"), bytes).unwrap();
        succeeds(
            &folder,
            &["x.safetensors", "--format", "sd1", "--output", "x.png"],
        );
        for index in 0..images {
            let picture = folder.join(format!("x.{index:03}.png"));
            assert_eq!(read_png(&picture).0, 8, "{shape}");
            fs::remove_file(picture).unwrap();
        }
    }
}

/// A terminal obeys the text after an escape, which can make it show something false.
#[test]
fn what_a_file_says_is_shown_escaped() {
    let folder = folder("escapes");
    let (hostile, shown) = (r"\u001b[31mred\u0007\u202e", r"\u{1b}[31mred\u{7}\u{202e}");
    let write = |name: &str, file: &[u8]| fs::write(folder.join(name), file).unwrap();
    let four = safetensors(hostile, "[4,1,1]", &[0.0; 4], None);
    write("four.safetensors", &four);
    let five = safetensors(hostile, "[5,1,1]", &[0.0; 5], None);
    write("five.safetensors", &five);
    let mut header = format!(r#"{{"__metadata__":{{"format":"{hostile}"}}"#).into_bytes();
    header.push(b',');
    header.extend_from_slice(&safetensors("x", "[4,1,1]", &[0.0; 4], None)[9..]);
    let length = (header.len() as u64 - 16).to_le_bytes();
    write("format.safetensors", &[&length[..], &header].concat());
    let dtype = String::from_utf8_lossy(&four[8..]).replace("F32", hostile);
    let length = (dtype.len() as u64 - 16).to_le_bytes();
    write(
        "dtype.safetensors",
        &[&length[..], dtype.as_bytes()].concat(),
    );
    write(
        "dtype.npy",
        &npy("\u{1b}[31mred\u{7}\u{202e}", "(4, 1, 1)", &[0; 16]),
    );

    let model = format!(r#"{{"_class_name":"{hostile}"}}"#);
    fs::create_dir(folder.join("vae")).unwrap();
    write("vae/config.json", model.as_bytes());

    let table = succeeds(&folder, &["four.safetensors", "--format", "sd1"]);
    let mut said = vec![table];
    said.push(fails(&folder, &["four.safetensors", "--tensor", "y"]));
    said.push(fails(&folder, &["five.safetensors"]));
    said.push(fails(&folder, &["five.safetensors", "--format", "sd1"]));
    said.push(fails(&folder, &["format.safetensors"]));
    said.push(fails(&folder, &["dtype.safetensors"]));
    said.push(fails(&folder, &["four.safetensors", "--model", "vae"]));
    for said in said {
        assert!(said.contains(shown), "{said:?}");
        let is_safe = |c: char| c == '\n' || !(c.is_control() || c == '\u{202e}');
        assert!(said.chars().all(is_safe), "{said:?}");
    }
    assert!(!fails(&folder, &["dtype.npy"]).contains('\u{1b}'));
    // The shown name chooses the tensor.
    succeeds(
        &folder,
        &["four.safetensors", "--format", "sd1", "--tensor", shown],
    );
}

#[test]
fn what_is_wrong_is_said() {
    let folder = folder("wrong");
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    write(
        "four.safetensors",
        &safetensors("x", "[4,1,1]", &[0.0; 4], None),
    );
    write(
        "five.safetensors",
        &safetensors("x", "[5,1,1]", &[0.0; 5], None),
    );
    write(
        "sixteen.safetensors",
        &safetensors("x", "[16,1,1]", &[0.0; 16], None),
    );
    write("short.npy", &npy("<f4", "(4, 1000000000000)", &[0; 16]));
    write("integers.npy", &npy("<i4", "(4, 1, 1)", &[0; 16]));
    write("cut.safetensors", &[0xff; 9]);
    write("picture.jpg", &[]);

    let cases: [(&[&str], &[&str]); 11] = [
        // Without a format, the message lists the formats that fit.
        (&["four.safetensors"], &["--format", "sd1", "sdxl"]),
        (&["five.safetensors"], &["which no format has"]),
        (
            &["four.safetensors", "--format", "flux1"],
            &["flux1 latents have 16 channels, these have 4", "sdxl"],
        ),
        (
            &["four.safetensors", "--format", "sd9"],
            &["sd9", "is known by the name", "sd1", "--list-formats"],
        ),
        (
            &["four.safetensors", "--format", "sd1", "--previewer", "best"],
            &["no previewer of best", "forum v1.4"],
        ),
        (
            &["four.safetensors", "--tensor", "y"],
            &["no latent tensor y", "there are: x"],
        ),
        (
            &["four.safetensors", "--format", "kandinsky-2.1"],
            &["nobody has published a projection for kandinsky21"],
        ),
        (
            &[
                "sixteen.safetensors",
                "--format",
                "cosmos1",
                "--space",
                "vae",
            ],
            &["no source states", "--space model"],
        ),
        (&["short.npy"], &["does not match the 16 bytes"]),
        (&["integers.npy"], &["not floats"]),
        (&["cut.safetensors"], &["cut.safetensors"]),
    ];
    for (arguments, expected) in cases {
        let message = fails(&folder, arguments);
        for part in expected {
            assert!(message.contains(part), "{arguments:?}: {message}");
        }
    }
    assert!(fails(&folder, &["picture.jpg"]).contains(".safetensors, .latent or .npy"));
}

/// The model's own files determine the format, whatever their names are.
#[test]
fn a_model_beside_the_latents_tells_the_format() {
    let folder = folder("model");
    let latents = safetensors("latents", "[1,4,2,2]", &[0.5; 16], None);
    fs::write(folder.join("a.safetensors"), latents).unwrap();
    let model = folder.join("my finetune");
    fs::create_dir_all(model.join("vae")).unwrap();
    let index = r#"{"_class_name": "StableDiffusionXLPipeline"}"#;
    fs::write(model.join("model_index.json"), index).unwrap();
    let config = |scale: &str| {
        let config = format!(r#"{{"_class_name": "AutoencoderKL", "scaling_factor": {scale}}}"#);
        fs::write(model.join("vae/config.json"), config).unwrap();
    };
    config("0.13025");
    let by_model = [
        "a.safetensors",
        "--model",
        "my finetune",
        "--output",
        "a.png",
    ];
    let said = succeeds(&folder, &by_model);
    assert!(said.contains("sdxl, by vae/config.json"), "{said}");
    let by_name = ["a.safetensors", "--format", "sdxl", "--output", "b.png"];
    succeeds(&folder, &by_name);
    let [a, b] = ["a.png", "b.png"].map(|name| read_png(&folder.join(name)));
    assert_eq!(a, b);

    config("0.18215");
    let said = fails(&folder, &by_model);
    assert!(
        said.contains(
            "differs from that of sdxl (model_index.json: StableDiffusionXLPipeline): scaling_factor is 0.18215"
        ),
        "{said}"
    );

    // A checkpoint of other latents.
    let tensor = r#"{"dtype": "BF16", "shape": [3072, 128], "data_offsets": [0, 786432]}"#;
    let header = format!(
        r#"{{"img_in.weight": {tensor}, "double_stream_modulation_img.lin.weight": {tensor}}}"#
    );
    let length = (header.len() as u64).to_le_bytes();
    fs::write(
        folder.join("b.safetensors"),
        [&length[..], header.as_bytes()].concat(),
    )
    .unwrap();
    let said = fails(&folder, &["a.safetensors", "--model", "b.safetensors"]);
    assert!(
        said.contains("flux2 latents have 32 channels, these have 4"),
        "{said}"
    );
}
