pub struct Values<'a> {
    pub env_dir: &'a [u8],
    pub env_name: &'a [u8],
    pub prompt: &'a [u8],
    pub bin_name: &'a [u8],
    pub env_exe: &'a [u8],
}
pub fn replace(t: &[u8], _: &Values, _: super::quoting::Shell) -> crate::error::Result<Vec<u8>> {
    Ok(t.to_vec())
}
