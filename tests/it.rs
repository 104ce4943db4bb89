//! The one integration binary.

mod architecture;
mod backend;
mod cli;
mod docs;
mod golden;
mod readme;
mod report;
