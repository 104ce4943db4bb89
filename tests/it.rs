//! The one integration binary.

mod architecture;
mod cli;
mod golden;
mod readme;
mod report;
