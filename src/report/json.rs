//! `report.json`: what every other format shows, for programs. Its schema is [`View`]'s.

use std::io;

#[cfg(doc)]
use super::View;
use super::{Format, RenderError, Report};

/// The registry entry.
pub static FORMAT: Format = Format {
    name: "json",
    about: "what the report shows, for programs; `epitome schema report` prints its schema",
    file: "report.json",
    render,
};

fn render(report: &Report<'_>, out: &mut dyn io::Write) -> Result<(), RenderError> {
    serde_json::to_writer_pretty(&mut *out, report.view).map_err(io::Error::from)?;
    Ok(out.write_all(b"\n")?)
}
