//! Reading a diffusers configuration.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;

use serde_json::{Map, Value as Json};

use super::IdentifyError;
use super::error::excerpt;

/// No diffusers configuration is a hundredth as long.
pub(super) const LONGEST_CONFIG: usize = 1 << 20;

pub(super) fn object(file: &'static str, text: &str) -> Result<Map<String, Json>, IdentifyError> {
    let fault = |reason: String| IdentifyError::Config { file, reason };
    if text.len() > LONGEST_CONFIG {
        return Err(fault(format!(
            "{} bytes are not a configuration",
            text.len()
        )));
    }
    serde_json::from_str(text).map_err(|error| fault(excerpt(&error)))
}

pub(super) fn class_of<'a>(
    file: &'static str,
    config: &'a Map<String, Json>,
) -> Result<&'a str, IdentifyError> {
    let class = config.get("_class_name").and_then(Json::as_str);
    class.ok_or_else(|| IdentifyError::Config {
        file,
        reason: "it has no _class_name, which every diffusers configuration has".to_owned(),
    })
}
