//! The descriptors of the contracts.

use std::sync::LazyLock;

use prost_reflect::DescriptorPool;

/// Every file of the contracts with its imports and options, encoded, without comments: for reflection.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/contracts.bin"));

static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the contracts are a descriptor set")
});

/// The descriptors of the contracts, decoded once.
pub fn pool() -> &'static DescriptorPool {
    &POOL
}
