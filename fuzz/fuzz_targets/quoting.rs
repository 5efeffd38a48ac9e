//! Whatever the value, its literal reads back as the value, and nothing in it is more than data.
#![no_main]

use fastvenv::environment::scripts::quoting::Shell;
use fastvenv_fuzz as reader;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|value: &[u8]| {
    let has_nul = value.contains(&0);
    let is_text = !has_nul && std::str::from_utf8(value).is_ok();
    let fits_batch = is_text && !value.iter().any(|byte| *byte == b'"' || byte.is_ascii_control());
    for (shell, read, representable) in [
        (Shell::Sh, reader::sh as fn(&[u8]) -> Option<Vec<u8>>, !has_nul),
        (Shell::Fish, reader::fish, !has_nul),
        (Shell::Csh, reader::csh, !has_nul),
        (Shell::PowerShell, reader::powershell, is_text),
        (Shell::Batch, reader::batch, fits_batch),
    ] {
        let literal = shell.quote(value);
        assert_eq!(literal.is_ok(), representable, "{shell:?}");
        if let Ok(literal) = literal {
            assert_eq!(
                read(&literal).as_deref(),
                Some(value),
                "{shell:?}: {:?}",
                String::from_utf8_lossy(&literal)
            );
        }
    }
});
