//! Memory that the caller fills and reads: `fits_alloc` and `fits_free`.

use std::alloc::{alloc, dealloc, Layout};

/// One alignment for all.
const ALIGN: usize = 16;

fn layout(bytes: usize) -> Option<Layout> {
    Layout::from_size_align(bytes.max(ALIGN), ALIGN).ok()
}

/// Address of `bytes` new bytes, 16-byte aligned; null if there is no room.
#[no_mangle]
pub extern "C" fn fits_alloc(bytes: usize) -> *mut u8 {
    match layout(bytes) {
        // SAFETY: the layout's size is never zero.
        Some(layout) => unsafe { alloc(layout) },
        None => std::ptr::null_mut(),
    }
}

/// Gives back what [`fits_alloc`] returned for the same number of bytes.
///
/// # Safety
/// `address` came from `fits_alloc(bytes)` and was not freed since.
#[no_mangle]
pub unsafe extern "C" fn fits_free(address: *mut u8, bytes: usize) {
    if let Some(layout) = layout(bytes) {
        if !address.is_null() {
            dealloc(address, layout);
        }
    }
}
