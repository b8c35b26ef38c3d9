//! Mail as files, where no mail server is named: one `.eml` per message.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::kernel::ids::DeliveryId;

/// Writes a message so that it is complete or absent, also after a power cut.
///
/// # Errors
/// When the folder or the file cannot be written.
pub fn write(folder: &Path, id: DeliveryId, bytes: &[u8]) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    let partial = folder.join(format!(".{id}.part"));
    let mut file = fs::File::create(&partial)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&partial, folder.join(format!("{id}.eml")))?;
    sync_folder(folder)
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}
