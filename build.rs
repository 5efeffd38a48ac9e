//! Builds the command `fastvenv` too when a wheel is built, so that the wheel can carry it.
//!
//! Wheels have either an extension module or programs for maturin, not both from one build. So this runs cargo once
//! more, for the program, and leaves it where `include` in `pyproject.toml` finds it. Every other build of this crate
//! is left alone: that of the program itself, of the core, of its tests.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// maturin sets it when it builds an extension module, and so does anybody else who builds one with pyo3.
const BUILDS_EXTENSION: &str = "PYO3_BUILD_EXTENSION_MODULE";

/// What the program is made of. Without such lines, cargo would run this after a change of any file.
const SOURCES: [&str; 5] =
    ["Cargo.toml", "Cargo.lock", "src", "python/fastvenv/scripts", "python/fastvenv/_pip.py"];

/// What cargo says of the outer build, to its compilers and to this program, and what a cargo in the nested build
/// would take for its own.
const OF_OUTER_BUILD: [&str; 3] = [BUILDS_EXTENSION, "CARGO_ENCODED_RUSTFLAGS", "RUSTC_WORKSPACE_WRAPPER"];

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={BUILDS_EXTENSION}");
    if env::var_os("CARGO_FEATURE_PYTHON").is_none() || env::var_os(BUILDS_EXTENSION).is_none() {
        return ExitCode::SUCCESS;
    }
    // maturin makes debug builds for editable installations, and leaves such files out of these.
    if env::var("PROFILE").is_ok_and(|profile| profile == "debug") {
        println!("cargo::warning=the command fastvenv comes with release builds only");
        return ExitCode::SUCCESS;
    }
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
    }
    if let Err(error) = add_command() {
        println!("cargo::error=the wheel's command fastvenv could not be built: {error}");
        // cargo shows what the nested build has printed only if this fails.
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Builds the command and copies it to where maturin looks for it.
fn add_command() -> io::Result<()> {
    let out_dir = PathBuf::from(of_cargo("OUT_DIR")?);
    let name = if env::var_os("CARGO_CFG_WINDOWS").is_some() { "fastvenv.exe" } else { "fastvenv" };
    let program = build(&target_directory(&out_dir))?.join(name);
    let scripts = out_dir.join("scripts");
    fs::create_dir_all(&scripts)?;
    fs::copy(program, scripts.join(name)).map(drop)
}

/// The target directory of the nested build. It has its own, since the outer cargo holds the lock of the usual one.
fn target_directory(out_dir: &Path) -> PathBuf {
    // Where all builds share a directory, as `nox -s dist` does with two from an sdist, these share what they compile.
    let shared = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from).filter(|path| path.is_absolute());
    shared.map_or_else(|| out_dir.join("nested"), |shared| shared.join("fastvenv-command"))
}

/// Builds the command. Returns the directory with the program.
fn build(directory: &Path) -> io::Result<PathBuf> {
    let target = of_cargo("TARGET")?;
    let mut command = Command::new(of_cargo("CARGO")?);
    command.args([
        "build",
        "--locked",
        "--bin=fastvenv",
        "--no-default-features",
        "--features=cli",
        "--profile=command",
    ]);
    command.arg("--target").arg(&target).arg("--target-dir").arg(directory);
    // cargo may be told to keep intermediate files elsewhere, and would wait there for the outer cargo.
    command.env("CARGO_BUILD_BUILD_DIR", directory);
    for name in OF_OUTER_BUILD {
        command.env_remove(name);
    }
    let status = command.status()?;
    if !status.success() {
        return Err(io::Error::other(format!("its own cargo ended with {status}")));
    }
    Ok(directory.join(target).join("command"))
}

fn of_cargo(name: &str) -> io::Result<OsString> {
    env::var_os(name).ok_or_else(|| io::Error::other(format!("cargo has not set {name}")))
}
