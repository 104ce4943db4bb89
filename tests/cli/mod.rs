//! The program as its users meet it.

mod init;
mod score;
