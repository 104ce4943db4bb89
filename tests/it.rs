//! The one integration binary.

mod architecture;
mod backend;
mod cli;
mod golden;
mod readme;
mod report;
