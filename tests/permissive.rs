//! Promise: a program that asks for permissive previewers only does not contain numbers from files
//! under other licenses. This program is one, and looks into itself.

#![cfg(all(feature = "std", target_os = "linux", target_endian = "little"))]

use std::path::Path;
use std::{env, fs};

use latent_preview::{LatentFormat, LatentPreview, Latents, PreviewError};

/// The first rows of a table in the data, as bytes of a program.
fn rows_of(family: &str, format: &str, origin: &str) -> Vec<u8> {
    let path = format!("src/format/data/{family}.toml");
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let data: toml::Table = toml::from_str(&text).unwrap();
    let all = |table: &toml::Table, key: &str| table[key].as_array().unwrap().clone();
    let find = |tables: Vec<toml::Value>, key: &str, name: &str| -> toml::Table {
        let mut tables = tables
            .into_iter()
            .map(|table| table.as_table().unwrap().clone());
        tables
            .find(|table| table[key].as_str() == Some(name))
            .unwrap()
    };
    let format = find(all(&data, "format"), "name", format);
    let projection = find(all(&format, "projection"), "origin", origin);
    assert_eq!(projection["output"].as_str(), Some("decoder"));
    let rows = all(&projection, "factors").into_iter().take(4);
    let values = rows.flat_map(|row| row.as_array().unwrap().clone());
    let bytes = values.flat_map(|value| (value.as_float().unwrap() as f32).to_le_bytes());
    bytes.collect()
}

#[test]
fn this_program_contains_permissive_numbers_only() {
    let samples = [0.5_f32; 16 * 4];
    let latents = Latents::planar(&samples, [16, 2, 2]).unwrap();
    for format in LatentFormat::ALL {
        match format.permissive_previewer() {
            Ok(previewer) if previewer.channels() == 16 => {
                assert!(previewer.preview_rgb(&latents).is_ok(), "{format}");
                assert!(format.inspect(&latents).is_ok(), "{format}");
            }
            Ok(_) => {}
            Err(error) => assert!(matches!(
                error,
                PreviewError::NotPermissive { .. } | PreviewError::NoProjection { .. }
            )),
        }
        let _ = format.previewer_2x();
    }
    let program = fs::read(env::current_exe().unwrap()).unwrap();
    let contains = |rows: &[u8]| program.windows(rows.len()).any(|bytes| bytes == rows);
    for (family, format, origin, is_there) in [
        ("wan", "wan22", "stable-diffusion.cpp", true),
        ("cog", "cogview4", "InvokeAI", true),
        ("wan", "wan22", "ComfyUI", false),
        ("wan", "wan21", "ComfyUI", false),
        ("mochi", "mochi", "ComfyUI", false),
        ("cosmos", "cosmos1", "ComfyUI", false),
        ("hunyuan", "hunyuan-video", "ComfyUI", false),
        ("ltx", "ltx2", "Wan2GP", false),
        ("stable_diffusion", "sd1", "ComfyUI", false),
        ("flux", "flux1", "ComfyUI", false),
    ] {
        let rows = rows_of(family, format, origin);
        assert_eq!(contains(&rows), is_there, "{format} {origin}");
    }
}
