//! Who may do what with merchants and manufacturers.

use crate::kernel::access::Allow;
use crate::kernel::access::Rule;

/// Rows of the access table.
pub const RULES: &[Rule] = &[
    Rule::new("create_merchant", Allow::Verified),
    Rule::new("list_my_merchants", Allow::Verified),
    Rule::new("read_merchant", Allow::MerchantStaff),
    Rule::new("change_merchant", Allow::MerchantStaff).if_match(),
    Rule::new("list_merchant_staff", Allow::MerchantStaff),
    Rule::new("add_merchant_staff", Allow::MerchantStaff),
    Rule::new("remove_merchant_staff", Allow::MerchantStaff),
    Rule::new("declare_size", Allow::MerchantStaff),
    Rule::new("create_manufacturer", Allow::Verified),
    Rule::new("list_my_manufacturers", Allow::Verified),
    Rule::new("read_manufacturer", Allow::Manufacturer),
    Rule::new("change_manufacturer", Allow::Manufacturer).if_match(),
    Rule::new("list_manufacturer_staff", Allow::Manufacturer),
    Rule::new("add_manufacturer_staff", Allow::Manufacturer),
    Rule::new("remove_manufacturer_staff", Allow::Manufacturer),
    Rule::new("create_api_key", Allow::Manufacturer).idempotent(),
    Rule::new("list_api_keys", Allow::Manufacturer),
    Rule::new("revoke_api_key", Allow::Manufacturer),
];
