//! The command `fastvenv`, which needs no Python.

use std::process::ExitCode;

fn main() -> ExitCode {
    fastvenv::command::main()
}
