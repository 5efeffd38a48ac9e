//! Whatever the paths and the prompt, `pyvenv.cfg` has its own keys, once each, with the values that were meant.
#![no_main]

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use arbitrary::Arbitrary;
use fastvenv::base::{Platform, Version};
use fastvenv::environment::config::{Configuration, Options, check_home};
use fastvenv_fuzz::{python_lines, site_pair};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    home: &'a [u8],
    executable: &'a [u8],
    real_executable: &'a [u8],
    env_dir: &'a [u8],
    prompt: Option<String>,
    prompt_repr: Option<String>,
    minor: u8,
    flags: [bool; 8],
}

fn path(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

fuzz_target!(|input: Input| {
    let [symlinks, with_pip, system_site_packages, clear, upgrade, upgrade_deps, scm_ignore_files, nt] =
        input.flags;
    let prompt = input.prompt;
    let options = Options {
        symlinks,
        with_pip,
        system_site_packages,
        clear,
        upgrade,
        upgrade_deps,
        prompt,
        scm_ignore_files,
    };
    let configuration = Configuration {
        home: path(input.home),
        version: Version { major: 3, minor: input.minor, micro: 0 },
        prompt_repr: input.prompt_repr.as_deref(),
        real_executable: path(input.real_executable),
        executable: path(input.executable),
        env_dir: path(input.env_dir),
        platform: if nt { Platform::Nt } else { Platform::Posix },
        options: &options,
    };
    let Ok(text) = configuration.render() else {
        assert!(check_home(configuration.home).is_err());
        return;
    };
    let pairs: Option<Vec<_>> = python_lines(&text).into_iter().map(site_pair).collect();
    let pairs = pairs.expect("each line is a pair");
    let keys: Vec<_> = pairs.iter().map(|(key, _)| key.as_str()).collect();
    let prompt = configuration.prompt_repr.is_some().then_some("prompt");
    let expected = ["home", "include-system-site-packages", "version"].into_iter().chain(prompt);
    assert_eq!(keys, expected.chain(["executable", "command"]).collect::<Vec<_>>());
    assert_eq!(pairs[0].1.as_bytes(), input.home);
    assert_eq!(pairs[1].1, system_site_packages.to_string());
});
